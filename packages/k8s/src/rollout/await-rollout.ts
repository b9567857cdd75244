import type { Clock } from '@slipway/effects/clock';
import { formatDuration } from '@slipway/kernel/duration';
import { userError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { KubeApi } from '../api.ts';
import type { KubeObject } from '../object.ts';
import { type Bell, createBell } from './bell.ts';
import { failureOf } from './failure.ts';
import { type Finding, findingKey } from './finding.ts';
import { kindsFor, type View, viewNamespace } from './live.ts';
import { createLogKeeper } from './log-keeper.ts';
import { byNamespace, type Look, look } from './look.ts';
import { narrator } from './narrate.ts';
import type { Awaited } from './scene.ts';
import { createStopwatch } from './stopwatch.ts';
import { unblock } from './unblock.ts';

export type RolloutApi = Pick<KubeApi, 'watch' | 'list' | 'logs' | 'remove'>;

export interface RolloutOptions {
  /** For all of them together, whatever Kubernetes itself thinks of their progress. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
}

/** Each change is looked at as it comes; what only time can tell, this often. */
const TICK_MS = 250;

/**
 * Watches the namespaces of these workloads until all of them are ready at once. Rejects with a `RolloutFailure` as soon
 * as one of them cannot get there any more, and when the time is over.
 */
export async function awaitRollout(
  workloads: readonly Awaited[],
  api: RolloutApi,
  options: RolloutOptions,
): Promise<void> {
  const namespaces = byNamespace(workloads);
  if (namespaces.size === 0) return;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const bell = createBell(options.clock);
  const ports = { api, log: options.log, signal, changed: bell.ring };
  const places = [...namespaces].map(([namespace, awaited]) => ({
    awaited,
    view: viewNamespace(namespace, kindsFor(awaited), ports),
  }));
  const ended = Promise.all(places.map(({ view }) => view.over));
  try {
    const broken = ended.then(() => new Promise<never>(() => {}));
    await Promise.race([untilReady(places, bell, api, { ...options, signal }), broken]);
  } finally {
    over.abort(new Error('nobody waits for the rollout any longer'));
    await ended.catch(() => {});
  }
}

interface Place {
  readonly awaited: readonly Awaited[];
  readonly view: View;
}

async function untilReady(
  places: readonly Place[],
  bell: Bell,
  api: RolloutApi,
  options: RolloutOptions,
): Promise<void> {
  const { clock, log, signal, timeoutMs } = options;
  const deadline = clock.monotonic() + timeoutMs;
  await untilSeen(places, bell, deadline, options);
  const pinned = places.map(pin);
  const tell = narrator(
    pinned.flatMap(({ awaited }) => awaited),
    log,
  );
  const stopwatch = createStopwatch(clock);
  const isDue = (finding: Finding): boolean => stopwatch.since(findingKey(finding)) >= finding.terminalAfterMs;
  const nodes = nodeReader(api, bell.ring);
  const freed = new Set<string>();
  const logs = createLogKeeper(api);
  const explaining = { api, clock, kept: logs.kept };

  for (;;) {
    stopwatch.nextRound();
    const looks = pinned.flatMap(({ awaited, view }) => awaited.map((each) => look(each, view, nodes.known())));
    tell(looks);
    const late = looks.filter(({ readiness }) => readiness.kind !== 'ready');
    if (late.length === 0) return;

    const lost = late.filter(
      ({ readiness, findings }) => readiness.kind === 'failed' || findings.filter(isDue).length > 0,
    );
    if (lost.length > 0) throw await failureOf(lost, isDue, undefined, explaining);
    const rest = deadline - clock.monotonic();
    if (rest <= 0) throw await failureOf(late, isDue, timeoutMs, explaining);

    logs.keep(late.filter(({ scene }) => scene.workload.kind === 'Job').flatMap(({ findings }) => findings));
    for (const { scene } of late) await unblock(scene, freed, { api, log, since: stopwatch.since });
    if (late.some(findsNoNode)) nodes.ask();
    await bell.wait(Math.min(TICK_MS, rest), signal);
  }
}

async function untilSeen(
  places: readonly Place[],
  bell: Bell,
  deadline: number,
  { clock, signal, timeoutMs }: RolloutOptions,
): Promise<void> {
  while (!places.every(({ view }) => view.isComplete())) {
    const rest = deadline - clock.monotonic();
    if (rest <= 0) throw userError(`The cluster did not show its objects within ${formatDuration(timeoutMs)}.`);
    await bell.wait(rest, signal);
  }
}

/** From now on it is about the very objects that are there. */
function pin({ awaited, view }: Place): Place {
  const pinned = awaited.map((each): Awaited => {
    const uid = each.uid ?? view.last(each.ref)?.object.metadata.uid;
    return uid === undefined ? each : { ...each, uid };
  });
  return { awaited: pinned, view };
}

function findsNoNode({ findings }: Look): boolean {
  return findings.some(({ cause }) => cause === 'unschedulable');
}

interface NodeReader {
  /** Undefined until it was asked, and where we may not see them. */
  known(): readonly KubeObject[] | undefined;
  ask(): void;
}

/** Nodes are read once, and only for pods that find none. */
function nodeReader(api: RolloutApi, changed: () => void): NodeReader {
  let known: readonly KubeObject[] | undefined;
  let isAsked = false;
  const read = async (): Promise<void> => {
    known = await api.list({ apiVersion: 'v1', kind: 'Node' }).then(
      ({ items }) => items,
      () => undefined,
    );
    changed();
  };
  return {
    known: () => known,
    ask: () => {
      if (!isAsked) void read();
      isAsked = true;
    },
  };
}
