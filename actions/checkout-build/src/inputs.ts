import { TOOL_NAMES } from '@slipway/build/tools';
import { wishProblems } from '@slipway/build/wish-problems';
import type { Problem } from '@slipway/kernel/errors';
import type { ReadSoFar } from '@slipway/kit/read-inputs';
import { defineAction, defineInputs, defineOutputs, type InputsOf } from '@slipway/kit/spec';
import { choice, duration, lines, path, secretText, text } from '@slipway/kit/types';
import { parseRepository } from '@slipway/source/repository';

export const action = defineAction({
  name: 'checkout-build',
  description: 'Turns a branch, tag or commit into a built and tested artifact; green only on fresh evidence.',
  branding: { icon: 'check-circle', color: 'blue' },
  inputs: defineInputs({
    repository: {
      type: text,
      description:
        'What to build: `owner/name`, or an https, ssh or file address. Without it, the repository of the workflow.',
      example: 'owner/name',
    },
    ref: {
      type: text,
      description:
        'Branch, tag, commit with all its digits, or `refs/...`. Without it, the commit of the event; in another repository, its default branch.',
      example: 'main',
    },
    token: {
      type: secretText,
      secret: true,
      default: '${{ github.token }}',
      description:
        'Reads the repository over https. Sent to the server of the workflow only, never written to disk or argv, and not seen by the build.',
    },
    path: {
      type: path,
      description:
        'The folder to check out into: absent, empty, or a clean checkout of the same repository. Without it, the workspace itself.',
      example: 'source',
    },
    tool: {
      type: choice('auto', ...TOOL_NAMES, 'command'),
      default: 'auto',
      description: 'What builds it; `auto` goes by the files in the top folder, and refuses to guess between two.',
    },
    command: {
      type: text,
      description: 'The whole build as a script for `bash -eo pipefail`, instead of a tool.',
      example: 'make test',
    },
    reports: {
      type: lines,
      description: 'Patterns of the JUnit XML reports, one a line, instead of where the tool writes them.',
      example: 'build/reports/*.xml',
    },
    artifact: {
      type: path,
      description: 'Path or pattern of the file or folder to publish, instead of what the tool makes.',
      example: 'dist',
    },
    untested: {
      type: choice('forbidden', 'allowed'),
      default: 'forbidden',
      description:
        'Whether a build may be green without a test that ran. `allowed` also takes no, or only old, reports; failed tests stay red.',
    },
    timeout: {
      type: duration,
      default: '1h',
      description: 'For all commands of the build together; then they are ended, with every process that they started.',
    },
  }),
  outputs: defineOutputs({
    artifact: {
      description: 'The absolute path of the file or folder that was built; empty when the tool makes none.',
    },
    commit: { description: 'The commit that was built, with all its digits.' },
    ref: { description: 'Its full ref, such as `refs/heads/main`; the commit when only that was asked for.' },
    version: { description: 'The tag that was asked for, else what `git describe --tags` says.' },
    tests: { description: 'The counts as JSON: `tests`, `passed`, `failures`, `errors`, `skipped`, `flaky`.' },
    verdict: {
      description:
        '`passed` or `untested`; when red: `build-failed`, `timed-out`, `tests-failed`, `no-tests`, `no-reports`, `stale-reports` or `unreadable-reports`.',
    },
  }),
});

export type Inputs = InputsOf<typeof action.inputs>;

/** What the inputs do wrong together, or beyond their types. */
export function inputProblems(inputs: ReadSoFar<typeof action.inputs>): readonly Problem[] {
  const repository = parseRepository(inputs.repository ?? 'owner/name', 'https://github.com');
  return [...('what' in repository ? [repository] : []), ...wishProblems(inputs)];
}
