import { messageOf, type Problem, UserError } from '@slipway/kernel/errors';
import { forAll, settleAll } from '@slipway/kernel/parallel';
import { drainedByUs, unfinished } from '@slipway/rollout/journal';
import { isBehind, parseLedger, union } from '@slipway/rollout/ledger';
import type { Observation } from '@slipway/rollout/target';
import type { Capabilities, Member, SlotName, SlotState } from '@slipway/strategy/topology';
import type { Naming } from './configuration.ts';
import {
  type HostView,
  holdsLinked,
  holdsWhole,
  installed,
  parseHostView,
  running,
  serviceHost,
  unfit,
} from './host-view.ts';
import { releaseFolder } from './layout.ts';
import type { Prober } from './probe.ts';
import { requireWhole, runStep, type Site } from './remote.ts';
import type { Service } from './services/service.ts';
import type { Sites } from './sites.ts';
import { type BalancerHost, readShares, serverKey } from './traffic.ts';
import type { Brought } from './vm-run.ts';

const JOURNAL_LINES = 200;
/** Far enough back for every release that is kept, with failed deployments in between. */
const LEDGER_LINES_PER_KEPT = 10;

export interface ObserveOptions {
  readonly brings: Brought | undefined;
  readonly sites: Sites;
  readonly balancers: readonly BalancerHost[];
  readonly service: Service;
  readonly prober: Prober;
  readonly slots: readonly SlotName[];
  readonly capabilities: Capabilities;
  readonly keep: number;
  readonly atOnce: number;
  readonly stepMs: number;
  /** What was seen before: all that is known of a member whose connection is lost since. */
  readonly former: ReadonlyMap<Site, HostView> | undefined;
}

export interface Observed {
  readonly observation: Observation;
  readonly views: ReadonlyMap<Site, HostView>;
  readonly shares: ReadonlyMap<string, number>;
  /** What an administrator does once, and the members where it is done so. */
  readonly setups: ReadonlyMap<string, readonly string[]>;
  /** Members that could not be looked at again: they count as failed, and what is told of them is old. */
  readonly lost: ReadonlySet<Site>;
}

/** Looks at every host and balancer, and writes nothing. A host that could not take a release is a UserError. */
export async function observe(options: ObserveOptions, naming: Naming, signal: AbortSignal): Promise<Observed> {
  const { sites, slots, balancers } = options;
  const members = [...sites.members];
  const servers = members.flatMap(([member]) => slots.map((slot) => ({ member, slot })));
  const [{ views, lost }, shares] = await Promise.all([
    lookAtAll(options, signal),
    readShares(balancers, servers, signal),
  ]);
  const viewOf = (site: Site): HostView => views.get(site) as HostView;
  const seen = members.map(([name, site]) => [name, site, viewOf(site)] as const);
  refuseUnfit(seen, options.service);
  refuseOtherLinks(
    members.map(([name, site]) => [name, viewOf(site)]),
    options.brings,
  );

  const copies = sites.all.map((site) => {
    return { host: site.session.host.name, ...parseLedger(viewOf(site).ledger, 'end') };
  });
  const entries = union(copies.map((copy) => copy.entries));
  const topology = {
    capabilities: options.capabilities,
    members: await forAll(members, options.atOnce, ([name, site]) => memberOf(name, viewOf(site))),
  };
  const config = naming.name(sites.all.map((site) => viewOf(site).configKey).find((key) => key !== undefined));
  const memberViews = members.map(([name, site]) => [name, viewOf(site)] as const);
  return {
    views,
    setups: setupsOf(seen, options.service),
    shares,
    lost,
    observation: {
      topology,
      entries,
      unfinished: memberViews.filter(([, view]) => unfinished(view.journal).length > 0).map(([name]) => name),
      behind: copies.filter((copy) => isBehind(copy.entries, entries)).map(({ host }) => host),
      notes: copies.flatMap(({ host, problems }) => problems.map((problem) => `${host}: ${problem}`)),
      balancers: sites.balancers.map(({ session }) => session.host.name),
      ...(config === undefined ? {} : { config }),
    },
  };

  async function memberOf(name: string, view: HostView): Promise<Member> {
    const states = await Promise.all(slots.map(async (slot) => [slot, await stateOf(name, slot, view)] as const));
    const drained = balancers.length > 0 && states.every(([, state]) => state.share === 0);
    const ours = drainedByUs(view.journal, name, balancerJournals());
    return { id: name, name, slots: Object.fromEntries(states), drainedByOperator: drained && !ours };
  }

  async function stateOf(name: string, slot: SlotName, view: HostView): Promise<SlotState> {
    const release = installed(view, slot);
    const alive = release !== null && running(view, slot) !== undefined && !isLost(name);
    return {
      release,
      healthy: alive && (await options.prober.once(name, slot, release, signal)),
      share: balancers.length === 0 ? 100 : (shares.get(serverKey({ member: name, slot })) ?? 0),
    };
  }

  function isLost(name: string): boolean {
    const site = sites.members.get(name);
    return site !== undefined && lost.has(site);
  }

  /** A member that lost its journal, or was lost itself when it was drained, is still known to its balancers. */
  function balancerJournals(): readonly HostView['journal'][] {
    return sites.balancers.map((site) => viewOf(site).journal);
  }
}

/** All that cannot be seen is told together. */
async function lookAtAll(
  options: ObserveOptions,
  signal: AbortSignal,
): Promise<Pick<Observed, 'lost'> & { readonly views: ReadonlyMap<Site, HostView> }> {
  const { sites, former, atOnce } = options;
  const isGone = (site: Site): boolean => site.session.lost.aborted && !sites.balancers.includes(site);
  const lost = new Set(former === undefined ? [] : sites.all.filter(isGone));
  const results = await settleAll(sites.all, atOnce, async (site) => {
    const known = lost.has(site) ? former?.get(site) : undefined;
    return known ?? (await lookAt(site, options, signal));
  });
  signal.throwIfAborted();
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new UserError(failures.map((failure) => ({ what: messageOf(failure) })));
  const views = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return { views: new Map(sites.all.map((site, index) => [site, views[index] as HostView])), lost };
}

async function lookAt(site: Site, options: ObserveOptions, signal: AbortSignal): Promise<HostView> {
  const said = await runStep(site, 'observe', {
    functions: options.service.functions,
    vars: {
      slot_names: options.slots.join(' '),
      ledger_lines: String(options.keep * LEDGER_LINES_PER_KEPT),
      journal_lines: String(JOURNAL_LINES),
    },
    fence: 'free',
    timeoutMs: options.stepMs,
    signal,
  });
  return parseHostView(requireWhole(said, site));
}

/** The links of a release that runs cannot be changed below it, and nobody would see that they are others. */
function refuseOtherLinks(members: readonly (readonly [string, HostView])[], brings: Brought | undefined): void {
  if (brings === undefined) return;
  const { release, shared } = brings;
  const folder = releaseFolder(release);
  const other = members.filter(
    ([, view]) =>
      [...view.slots.values()].includes(folder) &&
      holdsWhole(view, release) &&
      !holdsLinked(view, release, shared.join(' ')),
  );
  const [first] = other;
  if (first === undefined) return;
  throw new UserError({
    what: `${release.version} runs on ${other.map(([name]) => name).join(', ')} with other shared paths than these.`,
    got: shared.join(', ') || 'none',
    allowed: `what it was staged with: ${first[1].shared.get(folder)?.replaceAll(' ', ', ') || 'none'}`,
    fix: 'change `shared` together with the next release',
  });
}

type Seen = readonly (readonly [member: string, Site, HostView])[];

function refuseUnfit(members: Seen, service: Service): void {
  const problems: readonly Problem[] = members.flatMap(([name, site, view]) => [
    ...unfit(name, site.base, view),
    ...(service.problems?.(serviceHost(name, site.base, view)) ?? []),
  ]);
  if (problems.length > 0) throw new UserError(problems);
}

function setupsOf(members: Seen, service: Service): ReadonlyMap<string, readonly string[]> {
  const setups = new Map<string, readonly string[]>();
  for (const [name, site, view] of members) {
    const setup = service.setup?.(serviceHost(name, site.base, view));
    if (setup !== undefined) setups.set(setup, [...(setups.get(setup) ?? []), name]);
  }
  return setups;
}
