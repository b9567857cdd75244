import type { Result } from '@slipway/rollout/result';
import { addedBy } from './leftovers.ts';
import { describeRef, refOf } from './object.ts';
import { isRecordedSecret } from './release-set.ts';
import { isJob } from './render/job-names.ts';
import type { ClusterSession } from './session.ts';

/** What the planned release would change in the cluster, as the server itself says; nothing is written. */
export async function planChanges(
  { api, sets, recorded, returning }: ClusterSession,
  { plan, outcome }: Result,
  force: boolean,
): Promise<readonly string[]> {
  if (plan === null || outcome !== 'planned') return [];
  const { installed, found } = recorded;
  const [{ compareAll }, { renderChanges }, objects, before] = await Promise.all([
    import('./plan/compare.ts'),
    import('./plan/render.ts'),
    sets.objects(plan.release.digest),
    installed === null ? [] : sets.find(installed),
  ]);
  const asked = objects.filter((object) => !isRecordedSecret(object) && !(returning && isJob(object)));
  const changes = await compareAll(asked, { force }, api, before ?? []);
  const gone = returning && installed !== null ? addedBy(before ?? [], objects, found[installed] ?? []) : [];
  return [...renderChanges(changes), ...gone.map((object) => `- ${describeRef(refOf(object))}`)];
}

/** The changes as a part of a job summary; nothing when there are none. */
export function changesMarkdown(changes: readonly string[]): string {
  if (changes.length === 0) return '';
  const text = changes.join('\n');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `\n#### What would change\n\n${fence}diff\n${text}\n${fence}\n`;
}
