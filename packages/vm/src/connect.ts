import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import type { Http } from '@slipway/effects/http';
import type { LineSocket } from '@slipway/effects/socket';
import { type UserError, userError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord, RunRef } from '@slipway/kernel/release';
import type { Target } from '@slipway/rollout/target';
import type { SlotName } from '@slipway/strategy/topology';
import { formatAuthority } from './authority.ts';
import type { Balancer } from './balancers/balancer.ts';
import { openBalancer } from './balancers/open.ts';
import type { BalancerUri } from './balancers/uri.ts';
import type { FleetWish } from './fleet-wish.ts';
import type { Hook } from './hooks/hook.ts';
import type { Host } from './host.ts';
import { baseFolder, type Place } from './layout.ts';
import { lockFleet, unlockFleet } from './lease/fleet-lock.ts';
import { createProber, doorTo, endpointOf, forwardOf } from './prober.ts';
import { runStep } from './remote.ts';
import type { Door } from './run-checks.ts';
import { chooseService } from './services/choose.ts';
import { openAll } from './ssh/open.ts';
import type { Forward, LeasedSession } from './ssh/session.ts';
import { createVmTarget } from './target.ts';
import type { BalancerHost } from './traffic.ts';
import type { Pull } from './transfer.ts';
import type { Brought, Fetch, RunnerPlace } from './vm-run.ts';

/** What of the machine a fleet needs. */
export interface MachinePorts {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly http: Http;
  readonly socket: LineSocket;
}

export interface FleetPorts extends MachinePorts {
  readonly log: Log;
  /** A private folder with a short path, for sockets. */
  readonly privateFolder: string;
  readonly run: RunRef;
  readonly fetch: Fetch;
  readonly brings: Brought | undefined;
  readonly hooks: readonly Hook[];
  readonly restores: boolean;
  readonly runner: RunnerPlace;
  /** Says what an administrator does once on the hosts. */
  readonly tellSetup: boolean;
  readonly pull: Pull | undefined;
}

export interface ConnectedTarget {
  readonly target: Target;
  readonly balancers: readonly Balancer[];
  /** The way from here to a slot of a member, whoever is sent there. */
  readonly doorTo: (member: string, slot: SlotName) => Door;
  /** The kind of releases that its service runs. */
  readonly runs: ReleaseRecord['kind'];
  /** Whether a connection was lost on the way: what was left there, only another run can see to. */
  isBroken(): boolean;
  close(): Promise<void>;
}

/** At most so many hosts are worked on at once: each has a script running, and the runner two cores. */
const AT_ONCE = 16;
const STEP_MS = 30_000;
const STAGE_MS = 15 * 60_000;
const PING_SHARE = 6;

/** Connects to every host and balancer host, each once, and makes one target of them. */
export async function connectTarget(wish: FleetWish, ports: FleetPorts): Promise<ConnectedTarget> {
  const { clock, log, fetch, pull, brings, hooks, runner } = ports;
  const hosts = distinct([...wish.hosts, ...wish.balancers.map(({ host }) => host)]);
  const fleet = await openAll(hosts, {
    ...ports,
    knownHosts: wish.knownHosts,
    sshKey: wish.sshKey,
    certificate: wish.certificate,
    userConfig: wish.userConfig,
    connectTimeoutMs: wish.connectTimeoutMs,
    forwards: (host) => forwardsFor(wish, host),
    lease: {
      ...wish.place,
      run: ports.run,
      leaseSeconds: Math.ceil(wish.leaseMs / 1_000),
      pingSeconds: Math.max(1, Math.round(wish.leaseMs / 1_000 / PING_SHARE)),
    },
  });
  const sessionOf = (host: Host): LeasedSession => {
    const session = fleet.sessions.find((each) => isSame(each.host, host));
    if (session === undefined) throw new Error(`no session for ${host.name}`);
    return session;
  };
  const members = wish.hosts.map(sessionOf);
  const byName = new Map(members.map((session) => [session.host.name, session]));
  const balancers = wish.balancers.map((uri) => balancerHost(uri, sessionOf(uri.host), wish.place, ports));
  const service = chooseService(wish.service.kind, {
    place: wish.place,
    ...wish.service,
    endpoint: (host, slot) => endpointOf(wish, host, slot),
  });
  const target = createVmTarget({
    place: wish.place,
    slots: [...wish.slots.keys()],
    members,
    balancers,
    service,
    prober: createProber(wish, byName, ports),
    processProof: wish.versionFrom.kind === 'process',
    lease: {
      async lock(waitMs, signal) {
        await lockFleet(fleet.sessions, { waitMs, clock, signal, log });
        const twice = sameHost(members);
        if (twice === undefined) return;
        await unlockFleet(fleet.sessions);
        throw twice;
      },
      unlock: () => unlockFleet(fleet.sessions),
    },
    fetch,
    ...(brings === undefined ? {} : { brings }),
    hooks,
    restores: ports.restores,
    runner,
    tellSetup: ports.tellSetup,
    pull,
    clock,
    log,
    limits: {
      atOnce: AT_ONCE,
      stepMs: STEP_MS,
      stageMs: STAGE_MS,
      drainMs: wish.drainMs,
      upMs: wish.deadlineMs,
      keep: wish.keep,
    },
  });
  const isBroken = (): boolean => fleet.sessions.some(({ lost }) => lost.aborted);
  return {
    target,
    balancers: balancers.map(({ balancer }) => balancer),
    doorTo: (member, slot) => doorTo(wish, byName.get(member), slot),
    runs: service.releases ?? 'file',
    isBroken,
    close: () => fleet.close(),
  };
}

function forwardsFor(wish: FleetWish, host: Host): Forward[] {
  const isMember = wish.hosts.some((member) => isSame(member, host));
  const health = isMember ? [...wish.slots.keys()].map((slot) => forwardOf(wish, host, slot)) : [];
  const sockets = wish.balancers.filter((uri) => isSame(uri.host, host)).map(socketOf);
  return [...health, ...sockets];
}

function balancerHost(uri: BalancerUri, session: LeasedSession, place: Place, ports: FleetPorts): BalancerHost {
  const site = { session, base: baseFolder(session.host, place) };
  const writeFile = async (file: string, text: string, signal: AbortSignal): Promise<void> => {
    await runStep(site, 'put', { vars: { file }, input: text, fence: 'fenced', timeoutMs: STEP_MS, signal });
  };
  return { session, balancer: openBalancer(uri, session.socket(socketOf(uri)), { ...ports, writeFile }) };
}

function socketOf(uri: BalancerUri): Forward {
  return { kind: 'unix', path: uri.socket };
}

/** One host under two names would be drained and restarted twice, and counted as two. */
function sameHost(members: readonly LeasedSession[]): UserError | undefined {
  const seen = new Map<string, string>();
  for (const member of members) {
    const other = seen.get(member.leader());
    if (other !== undefined) {
      return userError(`${other} and ${member.host.name} are one and the same host.`, 'name each host once');
    }
    seen.set(member.leader(), member.host.name);
  }
  return undefined;
}

/** A balancer that runs on a member's host is reached through the member's connection. */
function distinct(hosts: readonly Host[]): Host[] {
  return hosts.filter((host, index) => hosts.findIndex((other) => isSame(other, host)) === index);
}

function isSame(a: Host, b: Host): boolean {
  return (
    a.address === b.address && a.user === b.user && a.port === b.port && a.root === b.root && wayTo(a) === wayTo(b)
  );
}

function wayTo({ jump }: Host): string | undefined {
  return jump?.map(formatAuthority).join();
}
