import type { Log } from '@slipway/kernel/log';
import { describeRef } from '../object.ts';
import type { Look } from './look.ts';
import type { Awaited } from './scene.ts';

/** Tells how far each rollout is: `web: 2 of 4 updated, 1 available`, and again only when that has changed. */
export function narrator(workloads: readonly Awaited[], log: Log): (looks: readonly Look[]) => void {
  const told = new Map<string, string>();
  const count = (name: string): number => workloads.filter(({ ref }) => ref.name === name).length;
  return (looks) => {
    for (const { scene, readiness } of looks) {
      const { ref } = scene.awaited;
      const label = count(ref.name) === 1 ? ref.name : describeRef(ref);
      const line = `${label}: ${readiness.kind === 'ready' ? `ready (${readiness.why})` : readiness.why}`;
      if (told.get(label) === line) continue;
      told.set(label, line);
      log.info(line);
    }
  };
}
