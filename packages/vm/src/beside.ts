import type { ReleaseId } from '@slipway/kernel/release';
import type { Observation } from '@slipway/rollout/target';
import { describeHook } from './hooks/hook.ts';
import type { HostView } from './host-view.ts';
import { releaseFolder } from './layout.ts';
import type { VmRun } from './vm-run.ts';

type Beside = Pick<Observation, 'beside' | 'migrates' | 'settings'>;

/** What this run does that no step of a plan shows, and how it wants its release to be run. */
export function besideOf(run: VmRun): Beside {
  const { hooks, brings, service } = run.options;
  const told = [...hooks.map(describeHook), ...ownHooks([...run.seen().views.values()], brings?.release)];
  return {
    ...(told.length === 0 ? {} : { beside: told }),
    ...(brings === undefined ? {} : { settings: { ...service.kept, shared: brings.shared.join(' ') } }),
    ...(brings?.migrate === undefined ? {} : { migrates: true }),
  };
}

/** Known as soon as one host has the release. */
function ownHooks(views: readonly HostView[], release: ReleaseId | undefined): readonly string[] {
  if (release === undefined) return [];
  const names = new Set(views.flatMap((view) => view.hooks.get(releaseFolder(release)) ?? []));
  return [...names].map((name) => `${name} on host: the release's own hook, .slipway/hooks/${name}`);
}
