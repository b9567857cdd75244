import type { Transferable } from '@slipway/archive/artifact';
import { UserError } from '@slipway/kernel/errors';
import { isName, NAME_RULE } from '@slipway/kernel/names';
import { RELEASE_SCHEMA } from '@slipway/kernel/release';
import type { RunContext } from '@slipway/kit/run-context';
import { type Origin, originOf } from '@slipway/source/origin';
import type { WorkTree } from '@slipway/source/work-tree';
import type { ReleaseDraft } from '@slipway/store/store';
import type { Inputs } from './inputs.ts';

/** From what, by whom, and as what something is published. */
export type Identity = Origin & Pick<ReleaseDraft, 'name' | 'run'>;

type Given = Pick<Inputs, 'name' | 'version' | 'commit' | 'commitTime' | 'ref'>;

export function identify(given: Given, tree: WorkTree | undefined, context: RunContext): Identity {
  const origin = originOf(given, tree, context);
  return { ...origin, name: given.name ?? nameFrom(origin.repository), run: context.run };
}

export function draftOf(identity: Identity, bytes: Transferable): ReleaseDraft {
  const { file: _, ...described } = bytes;
  return { schema: RELEASE_SCHEMA, kind: 'file', ...identity, ...described };
}

function nameFrom(repository: string): string {
  const name = repository.split(/[/:]/).at(-1) ?? '';
  if (isName(name)) return name;
  throw new UserError({
    what: 'The name of the repository cannot name a release.',
    got: name === '' ? 'no repository' : name,
    allowed: NAME_RULE,
    fix: 'name: shop',
  });
}
