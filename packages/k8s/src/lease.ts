import { type Clock, throwIfAborted } from '@slipway/effects/clock';
import { formatDuration } from '@slipway/kernel/duration';
import { messageOf, UserError, userError } from '@slipway/kernel/errors';
import { isInteger, isString } from '@slipway/kernel/json';
import type { Log } from '@slipway/kernel/log';
import type { RunRef } from '@slipway/kernel/release';
import { ApiRefusal, type KubeApi } from './api.ts';
import type { KubeObject, ObjectRef } from './object.ts';
import { MANAGED_BY } from './place.ts';
import { isRobbed, writeOnce } from './write-once.ts';

export interface LeaseSettings {
  readonly api: KubeApi;
  readonly ref: ObjectRef;
  readonly run: RunRef;
  /** Names this holder among all: a re-run of the same attempt is another one. */
  readonly token: string;
  /** The token of a process of ours that is known to be dead: what it holds is taken over at once. */
  readonly formerToken?: string | undefined;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface KubeLease {
  /** Aborted when somebody else may own the lease. */
  readonly lost: AbortSignal;
  lock(waitMs: number, signal: AbortSignal): Promise<void>;
  unlock(): Promise<void>;
}

const ASK_AGAIN_MS = 500;
const RENEWALS = 6;
/** Share of the lease after which a holder that hears nothing gives up. */
const DEAD = 2 / 3;
const URL_ANNOTATION = 'slipway.dev/run-url';

/**
 * A Lease of coordination.k8s.io that is renewed while we hold it. A holder counts as dead when its lease did not
 * change for `leaseMs` of our own clock: no two clocks are ever compared. Every write names the resourceVersion that it
 * was decided on, so of two takers one wins.
 */
export function createLease(settings: LeaseSettings): KubeLease {
  const { api, ref, clock, log, leaseMs } = settings;
  const lost = new AbortController();
  const done = new AbortController();
  let held: KubeObject | undefined;
  let renewing: Promise<void> = Promise.resolve();

  async function keep(): Promise<void> {
    let lastHeard = clock.monotonic();
    while (!done.signal.aborted) {
      await clock.sleep(leaseMs / RENEWALS, done.signal).catch(() => {});
      if (done.signal.aborted || held === undefined) return;
      const asked = clock.monotonic();
      const answer = await Promise.race([renew(held), silence(lastHeard + DEAD * leaseMs)]);
      if (answer === undefined) continue;
      if (typeof answer !== 'string') {
        held = answer;
        lastHeard = asked;
      } else {
        lost.abort(new Error(`the lease ${ref.name} is lost: ${answer}`));
        return;
      }
    }
  }

  /** The lease, why it is lost, or undefined when it is worth another try. */
  async function renew(current: KubeObject): Promise<KubeObject | string | undefined> {
    try {
      return await write(withHolder(current, settings, false), api);
    } catch (thrown) {
      const gone = thrown instanceof ApiRefusal && thrown.status === 404;
      return isRobbed(thrown) || gone ? messageOf(thrown) : undefined;
    }
  }

  /** Before anybody else may count us as dead, we do so ourselves. */
  async function silence(until: number): Promise<string | undefined> {
    await clock.sleep(Math.max(0, until - clock.monotonic()), done.signal).catch(() => {});
    return done.signal.aborted ? undefined : 'the cluster did not answer in time';
  }

  return {
    lost: lost.signal,

    async lock(waitMs, signal) {
      const deadline = clock.monotonic() + waitMs;
      let watched: { readonly version: string; readonly since: number } | undefined;
      for (;;) {
        throwIfAborted(signal);
        const current = await api.get(ref);
        const version = current?.metadata.resourceVersion ?? '';
        if (current !== undefined && watched === undefined && !isFree(current, settings)) {
          log.info(`The lease is held by ${describe(current)}; waiting.`);
        }
        if (watched?.version !== version) watched = { version, since: clock.monotonic() };
        const stale = clock.monotonic() - watched.since > leaseMs;
        if (current === undefined || isFree(current, settings) || stale) {
          held = await take(current, settings);
          if (held !== undefined) break;
          continue;
        }
        if (clock.monotonic() > deadline) throw stillHeld(current, waitMs);
        await clock.sleep(ASK_AGAIN_MS, signal);
      }
      renewing = keep();
    },

    async unlock() {
      done.abort();
      await renewing;
      if (held === undefined || lost.signal.aborted) return;
      const free = { ...held, spec: { ...held.spec, holderIdentity: '' } };
      held = undefined;
      await write(free, api);
    },
  };
}

/** The lease as ours, or undefined when somebody was faster. */
async function take(current: KubeObject | undefined, settings: LeaseSettings): Promise<KubeObject | undefined> {
  try {
    return await write(withHolder(current ?? fresh(settings.ref), settings, true), settings.api);
  } catch (thrown) {
    if (isRobbed(thrown)) return undefined;
    if (!(thrown instanceof ApiRefusal) || thrown.status !== 404) throw thrown;
    const { namespace = '' } = settings.ref;
    throw userError(`There is no namespace ${namespace}.`, `make it: kubectl create namespace ${namespace}`, thrown);
  }
}

function write(lease: KubeObject, api: KubeApi): Promise<KubeObject> {
  return writeOnce(api, lease, ({ spec }) => [spec?.holderIdentity, spec?.renewTime]);
}

function isFree(lease: KubeObject, { formerToken }: LeaseSettings): boolean {
  const holder = holderOf(lease);
  return holder === '' || (formerToken !== undefined && holder.endsWith(`/${formerToken}`));
}

function fresh({ apiVersion, kind, name, namespace }: ObjectRef): KubeObject {
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: MANAGED_BY },
  };
}

function withHolder(lease: KubeObject, { run, token, leaseMs, clock }: LeaseSettings, taken: boolean): KubeObject {
  const now = new Date(clock.wall()).toISOString().replace(/Z$/, '000Z');
  const transitions = isInteger(lease.spec?.leaseTransitions) ? lease.spec.leaseTransitions : 0;
  return {
    ...lease,
    metadata: { ...lease.metadata, annotations: { ...lease.metadata.annotations, [URL_ANNOTATION]: run.url } },
    spec: {
      ...lease.spec,
      holderIdentity: `${run.id}.${run.attempt}/${token}`,
      leaseDurationSeconds: Math.ceil(leaseMs / 1_000),
      renewTime: now,
      ...(taken ? { acquireTime: now, leaseTransitions: transitions + 1 } : {}),
    },
  };
}

function holderOf(lease: KubeObject): string {
  const holder = lease.spec?.holderIdentity;
  return isString(holder) ? holder : '';
}

function describe(lease: KubeObject): string {
  const [run = '?'] = holderOf(lease).split('/');
  return `run ${run} (${lease.metadata.annotations?.[URL_ANNOTATION] ?? 'no URL'})`;
}

function stillHeld(lease: KubeObject, waitMs: number): UserError {
  return new UserError({
    what: `The lease ${lease.metadata.name} is held by another run, still after ${formatDuration(waitMs)}.`,
    got: describe(lease),
    allowed: 'one run at a time for an app and environment',
    fix: 'wait for that run or end it, then run this again',
  });
}
