import type { Target } from '@slipway/rollout/target';
import type { Capabilities } from '@slipway/strategy/topology';
import { besideOf } from './beside.ts';
import { createConfiguration } from './configuration.ts';
import { concludeWithHooks } from './hooks/at-moment.ts';
import { createOwed } from './journal.ts';
import { type Observed, observe } from './observe.ts';
import { perform } from './perform.ts';
import { record } from './record.ts';
import { sitesOf } from './sites.ts';
import type { BalancerHost } from './traffic.ts';
import type { Fetch, VmRun, VmTargetOptions } from './vm-run.ts';

/** Hosts that are reached over SSH, with one slot each or two, behind their balancers. */
export function createVmTarget(options: VmTargetOptions): Target {
  const { balancers, service, prober, lease, slots } = options;
  const { keep, atOnce, stepMs } = options.limits;
  const sites = sitesOf(options.place, options.members, balancers);
  const capabilities: Capabilities = {
    weights: weightsOf(balancers),
    slots: slots.length === 2 ? 2 : 1,
    shifts: shiftsOf(balancers),
    replaces: 'stop-start',
  };
  let observed: Observed | undefined;
  const configuration = createConfiguration(options.brings?.environment);
  const run: VmRun = {
    options,
    sites,
    owed: createOwed(),
    shares: new Map(),
    started: new Map(),
    installed: new Map(),
    recorded: new Map(),
    bytes: oncePerRelease(options.fetch),
    stagedHooks: new Map(),
    done: new Set(),
    configuration: configuration.known,
    seen() {
      if (observed === undefined) throw new Error('a target is observed before anything is done to it');
      return observed;
    },
  };
  return {
    capabilities,
    // A member that is lost fails as a member; without a balancer nobody's traffic can be led any more.
    lost: AbortSignal.any(sites.balancers.map(({ session }) => session.lost)),
    lock: (waitMs, signal) => lease.lock(waitMs, signal),
    unlock: () => lease.unlock(),
    async observe(signal) {
      const wanted = {
        brings: options.brings,
        sites,
        balancers,
        service,
        prober,
        slots,
        capabilities,
        keep,
        atOnce,
        stepMs,
        former: observed?.views,
      };
      observed = await observe(wanted, configuration, signal);
      if (options.tellSetup === true) {
        for (const [setup, members] of observed.setups) {
          options.log.info(`Once on ${members.join(', ')}, as root, unless it is there already:\n${setup}`);
        }
      }
      run.recorded.clear();
      for (const [server, share] of observed.shares) run.shares.set(server, share);
      return { ...observed.observation, ...besideOf(run) };
    },
    perform: (step, context) => perform(run, step, context),
    conclude: (conclusion, context) => concludeWithHooks(run, conclusion, context),
    record: (entry, kept) => record(run, entry, kept),
  };
}

/** Several balancers can do together what the weakest of them can. */
function weightsOf(balancers: readonly BalancerHost[]): Capabilities['weights'] {
  if (balancers.length === 0) return 'none';
  return balancers.every(({ balancer }) => balancer.capabilities.weights === 'exact') ? 'exact' : 'by-member';
}

/** One moment for all takes balancers that all have it; a member's own share is told to every kind that has servers. */
function shiftsOf(balancers: readonly BalancerHost[]): Capabilities['shifts'] {
  if (balancers.length === 0) return 'each';
  return balancers.every(({ balancer }) => balancer.capabilities.shifts === 'together') ? 'together' : 'each';
}

/** All hosts get the same file; a fetch that failed may be tried again. */
function oncePerRelease(fetch: Fetch): Fetch {
  const paths = new Map<string, Promise<string>>();
  return async (release, signal) => {
    const path = paths.get(release.digest) ?? fetch(release, signal);
    paths.set(release.digest, path);
    try {
      return await path;
    } catch (cause) {
      paths.delete(release.digest);
      throw cause;
    }
  };
}
