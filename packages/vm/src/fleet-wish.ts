import { type Health, parseHealth, parseVersionFrom, usesPort, type VersionFrom } from '@slipway/health/health';
import { isProblems, orThrow, type Problem } from '@slipway/kernel/errors';
import { type BalancerUri, parseBalancer } from './balancers/uri.ts';
import { broughtProblems } from './brought-wish.ts';
import type { Host } from './host.ts';
import { parseHosts } from './hosts.ts';
import type { FleetInputs } from './inputs.ts';
import type { Place } from './layout.ts';
import type { ServiceWish } from './services/choose.ts';
import { type ServiceTexts, serviceProblems } from './services/problems.ts';

/** The fleet that the inputs ask for, every text read. Durations in milliseconds. */
export interface FleetWish {
  readonly place: Place;
  readonly hosts: readonly Host[];
  readonly balancers: readonly BalancerUri[];
  readonly knownHosts: string | undefined;
  readonly sshKey: string | undefined;
  readonly connectTimeoutMs: number;
  readonly service: ServiceWish;
  readonly health: Health;
  readonly versionFrom: VersionFrom;
  readonly passes: number;
  readonly intervalMs: number;
  /** For a started member to become healthy. */
  readonly deadlineMs: number;
  readonly drainMs: number;
  readonly leaseMs: number;
  readonly keep: number;
}

type Texts = {
  readonly [K in 'hosts' | 'root' | 'balancer' | 'health' | 'versionFrom']: FleetInputs[K] | undefined;
} & ServiceTexts;

/** What is wrong with the inputs that have a language of their own; what is missing is said elsewhere. */
export function fleetProblems(inputs: Texts & Parameters<typeof broughtProblems>[0]): readonly Problem[] {
  const texts = readTexts(inputs);
  const problems = [
    ...Object.values(texts).flatMap((result) => (result !== undefined && isProblems(result) ? result : [])),
    ...serviceProblems(inputs),
    ...broughtProblems(inputs),
  ];
  const { hosts, health } = texts;
  if (hosts === undefined || isProblems(hosts) || health === undefined || isProblems(health)) return problems;
  return [...problems, ...portProblems(hosts.hosts, health)];
}

function portProblems(hosts: readonly Host[], health: Health): readonly Problem[] {
  const [first, ...more] = hosts.filter(({ servicePort }) => usesPort(health) && servicePort === undefined);
  if (first === undefined) return [];
  return [
    {
      what: 'health: {port} stands for "port=" of each host, and some have none.',
      got: [first, ...more].map(({ name }) => name).join(', '),
      allowed: 'port= on each line of "hosts", or one port for all in "health"',
      fix: `${first.address} port=8080`,
    },
  ];
}

/** Reads inputs in which `fleetProblems` found nothing. */
export function readFleetWish(inputs: FleetInputs): FleetWish {
  const { app, environment, root, balancer } = inputs;
  const { hosts } = orThrow(parseHosts(inputs.hosts, root));
  return {
    place: { app, environment },
    hosts,
    balancers: balancer === undefined ? [] : [orThrow(parseBalancer(balancer, hosts.length, root))],
    knownHosts: inputs.knownHosts,
    sshKey: inputs.sshKey,
    connectTimeoutMs: inputs.connectTimeout,
    service: {
      kind: inputs.service,
      start: inputs.start,
      stop: inputs.stop,
      stopMs: inputs.stopTimeout,
      unit: inputs.unit,
      become: inputs.become,
      tomcatBase: inputs.tomcatBase,
      tomcatContext: inputs.tomcatContext,
      engine: inputs.engine,
      containerPort: inputs.containerPort,
      containerOptions: inputs.containerOptions ?? [],
      command: inputs.command ?? '',
    },
    health: orThrow(parseHealth(inputs.health)),
    versionFrom: orThrow(parseVersionFrom(inputs.versionFrom)),
    passes: inputs.healthPasses,
    intervalMs: inputs.healthInterval,
    deadlineMs: inputs.healthTimeout,
    drainMs: inputs.drainTimeout,
    leaseMs: inputs.lease,
    keep: inputs.keep,
  };
}

function readTexts({ hosts, root = '/opt/slipway', balancer, health, versionFrom }: Texts) {
  const list = hosts === undefined ? undefined : parseHosts(hosts, root);
  const members = list === undefined || isProblems(list) ? 1 : list.hosts.length;
  return {
    hosts: list,
    balancer: balancer === undefined ? undefined : parseBalancer(balancer, members, root),
    health: health === undefined ? undefined : parseHealth(health),
    versionFrom: versionFrom === undefined ? undefined : parseVersionFrom(versionFrom),
  };
}
