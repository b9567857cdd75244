import { type Health, parseHealth, parseVersionFrom, usesPort, type VersionFrom } from '@slipway/health/health';
import { isProblems, orThrow, type Problem, UserError } from '@slipway/kernel/errors';
import { type BalancerUri, parseBalancer } from './balancers/uri.ts';
import { broughtProblems } from './brought-wish.ts';
import type { Host } from './host.ts';
import { JUMP_RULE, parseHosts } from './hosts.ts';
import type { FleetInputs } from './inputs.ts';
import { parseSelection } from './inventory/select.ts';
import { parseSource } from './inventory/source.ts';
import { parseJump } from './jump.ts';
import type { Place } from './layout.ts';
import type { Reach } from './reach.ts';
import type { ServiceWish } from './services/choose.ts';
import { type ServiceTexts, serviceProblems } from './services/problems.ts';
import { hostSlotProblems, slotProblems } from './slot-problems.ts';
import { ONE_SLOT, parseSlots, type Slots } from './slots.ts';
import { strategyProblems } from './strategy-problems.ts';

/** The fleet that the inputs ask for, every text read. Durations in milliseconds. */
export interface FleetWish {
  readonly place: Place;
  readonly hosts: readonly Host[];
  readonly balancers: readonly BalancerUri[];
  readonly knownHosts: string | undefined;
  readonly sshKey: string | undefined;
  readonly certificate: string | undefined;
  readonly userConfig: string | undefined;
  readonly connectTimeoutMs: number;
  readonly service: ServiceWish;
  readonly slots: Slots;
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
  readonly [K in 'hosts' | 'root' | 'balancer' | 'health' | 'versionFrom']?: FleetInputs[K] | undefined;
} & {
  readonly [K in 'inventory' | 'select' | 'jump' | 'slots']?: FleetInputs[K] | undefined;
} & ServiceTexts;

/** What is wrong with the inputs that have a language of their own; what is missing is said elsewhere. */
export function fleetProblems(
  inputs: Texts & Parameters<typeof broughtProblems>[0] & Parameters<typeof strategyProblems>[0],
): readonly Problem[] {
  const texts = readTexts(inputs);
  const problems = [
    ...Object.values(texts).flatMap((result) => (result !== undefined && isProblems(result) ? result : [])),
    ...serviceProblems(inputs),
    ...broughtProblems(inputs),
    ...slotProblems(inputs, texts),
    ...strategyProblems(inputs),
  ];
  const { hosts, health } = texts;
  const all = [...whichProblems(inputs), ...problems, ...jumpProblems(inputs.jump)];
  if (hosts === undefined || isProblems(hosts) || health === undefined || isProblems(health)) return all;
  return [...all, ...portProblems(hosts.hosts, health, inputs.slots !== undefined)];
}

/** Of `hosts` and `inventory` there is exactly one, and only an inventory can be chosen from. */
function whichProblems({ hosts, inventory, select }: Texts): readonly Problem[] {
  const allowed = '`hosts`, or `inventory` with or without `select`';
  if (hosts !== undefined && inventory !== undefined) {
    return [{ what: 'Both `hosts` and `inventory` name the fleet.', allowed, fix: 'remove one of them' }];
  }
  if (hosts === undefined && inventory === undefined) {
    const fix = 'hosts: |\n  deploy@web-1.example.com\n  deploy@web-2.example.com';
    return [{ what: 'Input "hosts" is missing, and there is no "inventory" either.', allowed, fix }];
  }
  if (inventory !== undefined || select === undefined) return [];
  const what = '`select` chooses from an `inventory`, and there is none: all hosts of `hosts` are meant.';
  return [{ what, got: select.join('; '), allowed, fix: 'remove select, or write an inventory' }];
}

function jumpProblems(texts: readonly string[] | undefined): readonly Problem[] {
  const jump = texts === undefined ? undefined : parseJump(texts);
  if (jump === undefined || !('wrong' in jump)) return [];
  return [{ what: `jump: ${jump.wrong}`, got: jump.got, allowed: JUMP_RULE, fix: 'jump: ops@jump-1.example.com' }];
}

function portProblems(hosts: readonly Host[], health: Health, bySlot: boolean): readonly Problem[] {
  if (bySlot) return hostSlotProblems(hosts);
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

/** Reads inputs in which `fleetProblems` found nothing; what only shows with the hosts is a UserError. */
export function readFleetWish(inputs: FleetInputs, { hosts, userConfig }: Reach): FleetWish {
  const { app, environment, root, jump } = inputs;
  const health = orThrow(parseHealth(inputs.health));
  const problems = portProblems(hosts, health, inputs.slots !== undefined);
  if (problems.length > 0) throw new UserError(problems);
  const balancers = inputs.balancer === undefined ? [] : [orThrow(parseBalancer(inputs.balancer, hosts.length, root))];
  const hops = jump === undefined ? undefined : parseJump(jump);
  const through = (host: Host): Host =>
    host.jump !== undefined || hops === undefined || 'wrong' in hops ? host : { ...host, jump: hops.hops };
  return {
    place: { app, environment },
    hosts: hosts.map(through),
    balancers: balancers.map((uri) => ({ ...uri, host: through(uri.host) })),
    knownHosts: inputs.knownHosts,
    sshKey: inputs.sshKey,
    certificate: inputs.sshCertificate,
    userConfig,
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
    slots: inputs.slots === undefined ? ONE_SLOT : orThrow(parseSlots(inputs.slots)),
    health,
    versionFrom: orThrow(parseVersionFrom(inputs.versionFrom)),
    passes: inputs.healthPasses,
    intervalMs: inputs.healthInterval,
    deadlineMs: inputs.healthTimeout,
    drainMs: inputs.drainTimeout,
    leaseMs: inputs.lease,
    keep: inputs.keep,
  };
}

function readTexts({ hosts, root = '/opt/slipway', balancer, health, versionFrom, inventory, select, slots }: Texts) {
  const list = hosts === undefined ? undefined : parseHosts(hosts, root);
  const members = list === undefined || isProblems(list) ? 1 : list.hosts.length;
  return {
    hosts: list,
    inventory: inventory === undefined ? undefined : listed(parseSource(inventory)),
    select: select === undefined ? undefined : parseSelection(select),
    balancer: balancer === undefined ? undefined : parseBalancer(balancer, members, root),
    slots: slots === undefined ? undefined : parseSlots(slots),
    health: health === undefined ? undefined : parseHealth(health),
    versionFrom: versionFrom === undefined ? undefined : parseVersionFrom(versionFrom),
  };
}

function listed<T extends object>(result: T | Problem): T | readonly Problem[] {
  return 'what' in result ? [result] : result;
}
