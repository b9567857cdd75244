import { defineInputs } from '@slipway/kit/spec';
import { type InputType, text, version } from '@slipway/kit/types';

const commit: InputType<string> = {
  name: 'commit',
  allowed: '40 or 64 hexadecimal digits',
  yamlExample: '${{ steps.build.outputs.commit }}',
  parse(raw) {
    const digits = raw.trim().toLowerCase();
    return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(digits) ? { ok: true, value: digits } : { ok: false };
  },
};

/** RFC 3339; the value is in UTC. */
const time: InputType<string> = {
  name: 'time',
  allowed: 'a date and time with its zone, like 2026-03-01T12:00:00Z',
  yamlExample: '2026-03-01T12:00:00Z',
  parse(raw) {
    const isWhole = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(raw.trim());
    const ms = isWhole ? Date.parse(raw.trim()) : Number.NaN;
    return Number.isNaN(ms) ? { ok: false } : { ok: true, value: new Date(ms).toISOString().replace('.000Z', 'Z') };
  },
};

/** What an action may be told about the commit that something was made of. */
export const originInputs = defineInputs({
  version: {
    type: version,
    description:
      'Its version. Without it, the tag when the ref is a tag, else what `git describe --tags --always` says; a `/` becomes `-`.',
    example: '1.4.2',
  },
  commit: {
    type: commit,
    description:
      'The commit it was built from. Without it, the one checked out around it or in the workspace, else that of the run.',
  },
  'commit-time': {
    type: time,
    description: 'The time of that commit. Needed only where no repository that has it is checked out.',
  },
  ref: {
    type: text,
    description: 'The full ref it was built from. Without it, that of the run, or of another repository around it.',
    example: 'refs/heads/main',
  },
});
