import { messageOf, type Problem, UserError } from '@slipway/kernel/errors';
import { forAll, settleAll } from '@slipway/kernel/parallel';
import { drainedByUs, unfinished } from '@slipway/rollout/journal';
import { isBehind, parseLedger, union } from '@slipway/rollout/ledger';
import type { Observation } from '@slipway/rollout/target';
import type { Capabilities, Member, SlotName, SlotState } from '@slipway/strategy/topology';
import { type HostView, installed, parseHostView, running, unfit } from './host-view.ts';
import type { Prober } from './probe.ts';
import { requireWhole, runStep, type Site } from './remote.ts';
import type { Service } from './services/service.ts';
import type { Sites } from './sites.ts';
import { type BalancerHost, readShares, serverKey } from './traffic.ts';

const JOURNAL_LINES = 200;
/** Far enough back for every release that is kept, with failed deployments in between. */
const LEDGER_LINES_PER_KEPT = 10;

export interface ObserveOptions {
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
  /** Members that could not be looked at again: they count as failed, and what is told of them is old. */
  readonly lost: ReadonlySet<Site>;
}

/** Looks at every host and balancer, and writes nothing. A host that could not take a release is a UserError. */
export async function observe(options: ObserveOptions, signal: AbortSignal): Promise<Observed> {
  const { sites, slots, balancers } = options;
  const members = [...sites.members];
  const servers = members.flatMap(([member]) => slots.map((slot) => ({ member, slot })));
  const [{ views, lost }, shares] = await Promise.all([
    lookAtAll(options, signal),
    readShares(balancers, servers, signal),
  ]);
  const viewOf = (site: Site): HostView => views.get(site) as HostView;
  refuseUnfit(members.map(([name, site]) => [name, site, viewOf(site)]));

  const copies = sites.all.map((site) => {
    return { host: site.session.host.name, ...parseLedger(viewOf(site).ledger, 'end') };
  });
  const entries = union(copies.map((copy) => copy.entries));
  const topology = {
    capabilities: options.capabilities,
    members: await forAll(members, options.atOnce, ([name, site]) => memberOf(name, viewOf(site))),
  };
  const memberViews = members.map(([name, site]) => [name, viewOf(site)] as const);
  return {
    views,
    shares,
    lost,
    observation: {
      topology,
      entries,
      unfinished: memberViews.filter(([, view]) => unfinished(view.journal).length > 0).map(([name]) => name),
      behind: copies.filter((copy) => isBehind(copy.entries, entries)).map(({ host }) => host),
      notes: copies.flatMap(({ host, problems }) => problems.map((problem) => `${host}: ${problem}`)),
      balancers: sites.balancers.map(({ session }) => session.host.name),
    },
  };

  async function memberOf(name: string, view: HostView): Promise<Member> {
    const states = await Promise.all(slots.map(async (slot) => [slot, await stateOf(name, slot, view)] as const));
    const drained = balancers.length > 0 && states.every(([, state]) => state.share === 0);
    const ours = drainedByUs([...balancerJournal(), ...view.journal], name);
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

  /** A member that lost its own journal is still known to its balancers. */
  function balancerJournal(): HostView['journal'] {
    return sites.balancers.flatMap((site) => viewOf(site).journal);
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

function refuseUnfit(members: readonly (readonly [string, Site, HostView])[]): void {
  const problems: readonly Problem[] = members.flatMap(([name, site, view]) => unfit(name, site.base, view));
  if (problems.length > 0) throw new UserError(problems);
}
