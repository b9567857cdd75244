import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { type InputType, name, path, text, version } from '@slipway/kit/types';
import { parseStoreUri, STORE_RULE } from '@slipway/store/open';

const storeUri: InputType<string> = {
  name: 'store URI',
  allowed: STORE_RULE,
  yamlExample: 'file:///srv/releases',
  parse(raw) {
    const address = parseStoreUri(raw.trim());
    return address === undefined ? { ok: false } : { ok: true, value: address.uri };
  },
};

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

export const action = defineAction({
  name: 'publish-artifact',
  description: 'Puts a file or folder into a store by its digest, once and for all, and writes its release record.',
  branding: { icon: 'package', color: 'blue' },
  inputs: defineInputs({
    path: {
      type: path,
      required: true,
      description: 'The file or folder to publish. A file is published as it is, a folder as a canonical tar.',
      example: '${{ steps.build.outputs.artifact }}',
    },
    store: {
      type: storeUri,
      required: true,
      description: 'Where releases are kept: `file:///absolute/folder`, on a disk or a network file system.',
      example: 'file:///srv/releases',
    },
    name: {
      type: name,
      description: 'What is published; versions are counted by name. Without it, the name of the repository.',
      example: 'shop',
    },
    version: {
      type: version,
      description:
        'Its version. Without it, the tag when the ref is a tag, else what `git describe --tags --always` says; a `/` becomes `-`.',
      example: '1.4.2',
    },
    commit: {
      type: commit,
      description:
        'The commit it was built from. Without it, the one checked out around `path` or the workspace, else that of the run.',
    },
    'commit-time': {
      type: time,
      description: 'The time of that commit. Needed only where no repository that has it is checked out.',
    },
    ref: {
      type: text,
      description:
        'The full ref it was built from. Without it, that of the run, or of another repository around `path`.',
      example: 'refs/heads/main',
    },
  }),
  outputs: defineOutputs({
    release: { description: 'The release record as compact JSON: what deploys and rollbacks take.' },
    digest: { description: 'The sha256 of the bytes that get transferred, as `sha256:...`.' },
    version: { description: 'The version it was published under.' },
  }),
});

export type Inputs = InputsOf<typeof action.inputs>;
