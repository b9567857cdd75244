import type { KubeApi } from '../api.ts';
import { describeRef, type KubeObject } from '../object.ts';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { kindsFor, type Seen, viewOnce } from './live.ts';
import { isAwaitable, judge } from './readiness.ts';
import { type Awaited, type Live, type Scene, sceneOf } from './scene.ts';
import type { Readiness } from './verdict.ts';

/** One workload at one moment. */
export interface Look {
  readonly scene: Scene;
  readonly readiness: Readiness;
  /** What keeps it from being ready, nearest to the root first. */
  readonly findings: readonly Finding[];
}

export function look(awaited: Awaited, { live, last, departed }: Seen, nodes: readonly KubeObject[] | undefined): Look {
  const { apiVersion, kind, ...metadata } = awaited.ref;
  const { object, gone } = last(awaited.ref) ?? { object: { apiVersion, kind, metadata }, gone: true };
  const scene = sceneOf({ awaited, workload: object, gone, nodes }, live);
  const readiness = judge(scene);
  const isForPods = readiness.kind === 'waiting' || (readiness.kind === 'failed' && readiness.blame === 'pods');
  if (!isForPods) return { scene, readiness, findings: [] };
  const isOver = readiness.kind === 'failed' && kind === 'Job';
  if (!isOver) return { scene, readiness, findings: diagnose(scene) };
  // A Job that gives up deletes its pods before it says so.
  const all: Live = (each) => (each === 'Pod' ? [...(live(each) ?? []), ...departed(each)] : live(each));
  const whole = sceneOf({ awaited, workload: object, gone, nodes }, all);
  return { scene: whole, readiness, findings: diagnose(whole, true) };
}

/** What of these is not rolled out right now, in sentences; nothing is waited for. */
export async function whatIsNotReady(
  workloads: readonly Awaited[],
  api: Pick<KubeApi, 'list'>,
): Promise<readonly string[]> {
  const found = [...byNamespace(workloads)].map(async ([namespace, awaited]) => {
    const view = await viewOnce(namespace, kindsFor(awaited), api);
    return awaited.map((each) => look(each, view, undefined));
  });
  return (await Promise.all(found)).flat().flatMap(({ scene, readiness, findings }) => {
    if (readiness.kind === 'ready') return [];
    return `${describeRef(scene.awaited.ref)} is not ready (${readiness.why})${findings[0] === undefined ? '.' : `: ${findings[0].what}`}`;
  });
}

/** Those that can be waited for, by where they are. */
export function byNamespace(workloads: readonly Awaited[]): ReadonlyMap<string | undefined, readonly Awaited[]> {
  return Map.groupBy(
    workloads.filter(({ ref }) => isAwaitable(ref)),
    ({ ref }) => ref.namespace,
  );
}
