import { userError } from '@slipway/kernel/errors';
import { settleAll } from '@slipway/kernel/parallel';
import type { NewEntry } from '@slipway/rollout/entry';
import { continuation, healthyDeployments, idOf, lastDigest, parseLedger } from '@slipway/rollout/ledger';
import { prunable } from '@slipway/rollout/prune';
import { successOf } from '@slipway/rollout/result';
import type { HostView } from './host-view.ts';
import { environmentFile } from './layout.ts';
import { runStep, type Site } from './remote.ts';
import { failure, type VmRun } from './vm-run.ts';

/**
 * Appends the entry to the ledger of every host, behind whatever that host has missed, and prunes releases by it. In
 * the entry hosts stand by their ids: two names of one host are one host.
 */
export async function record(run: VmRun, entry: NewEntry, keep: number): Promise<void> {
  const { views, observation, lost } = run.seen();
  const named = byHostId(run, entry);
  const all = onePerHost(run.sites.all);
  const missed = all.filter((site) => lost.has(site));
  const sites = all.filter((site) => !lost.has(site));
  const results = await settleAll(sites, run.options.limits.atOnce, async (site) => {
    const view = views.get(site);
    const before = run.recorded.get(site) ?? view?.ledger ?? '';
    const added = continuation(before, observation.entries, named);
    const journal = run.owed.take(site);
    if (added === '') return await closeJournal(run, site, journal);
    const said = await runStep(site, 'record', {
      vars: {
        prev: lastDigest(before),
        last: added.trimEnd().split('\n').at(-1) ?? '',
        journal,
        prune_env: view === undefined ? '' : environmentsToPrune(view, before + added, keep).join(' '),
        failed: entry.outcome === successOf(entry.kind) ? '' : 'yes',
        prune: view === undefined ? '' : foldersToPrune(view, before + added, keep).join(' '),
      },
      input: added,
      fence: 'fenced',
      timeoutMs: run.options.limits.stepMs,
    });
    run.recorded.set(site, before + added);
    for (const [what, folder] of said) run.options.log.debug(`${site.session.host.name}: ${folder} (${what})`);
  });
  const failures = results.flatMap((result, index) =>
    result.status === 'rejected' ? [failure(sites[index]?.session.host.name ?? '', result.reason)] : [],
  );
  // The next run meets more than half of the hosts as well, so it reads the entry and brings the others up to date.
  if (failures.length === 0 && 2 * missed.length < all.length) return tellMissed(run, missed);
  const words = failures.map(({ name, what, lastLines }) => [`${name}: ${what}`, ...lastLines].join('\n'));
  const told = [...words, ...missed.map(({ session }) => `${session.host.name}: its connection is lost.`)].join('\n');
  throw userError(
    `The ledger could not be written on ${failures.length + missed.length} of ${all.length} hosts.\n${told}`,
    'repair what is said, and run it again: the ledgers are brought up to date first',
  );
}

function tellMissed({ options: { log } }: VmRun, missed: readonly Site[]): void {
  if (missed.length === 0) return;
  const names = missed.map(({ session }) => session.host.name).join(', ');
  log.warning(`${names}: the connection is lost, so the entry is missing there until the next run.`);
}

/** A host that has the entry already, as after a restore, still lacks the ends of the last steps. */
async function closeJournal(run: VmRun, site: Site, lines: string): Promise<void> {
  if (lines === '') return;
  await runStep(site, 'note', { vars: { lines }, fence: 'fenced', timeoutMs: run.options.limits.stepMs });
}

/** Folders of this host that its ledger lets go; the host itself spares what a slot or a process still uses. */
function foldersToPrune(view: HostView, ledger: string, keep: number): readonly string[] {
  const { entries } = parseLedger(ledger, 'end');
  const present = [...view.releases].map(([folder, { digest }]) => ({ folder, digest }));
  const digests = present.map(({ digest }) => digest);
  const unwanted = new Set(prunable(digests, entries, keep, []));
  return present.filter(({ digest }) => unwanted.has(digest)).map(({ folder }) => folder);
}

/**
 * Environments of deployments that are no longer kept. Not what a slot has, nor the newest of a release, which stays as
 * long as the release; others are not ours.
 */
function environmentsToPrune(view: HostView, ledger: string, keep: number): readonly string[] {
  const { entries } = parseLedger(ledger, 'end');
  const inSlots = [...view.slots].map(([slot, folder]) => `${folder}+${view.configs.get(slot) ?? ''}`);
  const healthy = healthyDeployments(entries).map(idOf);
  const newest = healthy.filter(({ digest }, at) => healthy.findIndex((other) => other.digest === digest) === at);
  const kept = new Set([...[...healthy.slice(0, keep), ...newest].map(environmentFile), ...inSlots]);
  const known = new Set(entries.map(idOf).map(environmentFile));
  return [...view.environments].filter((name) => known.has(name) && !kept.has(name));
}

function byHostId(run: VmRun, entry: NewEntry): NewEntry {
  const ids = new Map(run.sites.all.map(({ session }) => [session.host.name, session.hostId() ?? session.host.name]));
  const hostId = (name: string): string => ids.get(name) ?? name;
  return { ...entry, hosts: entry.hosts.map(hostId), balancers: entry.balancers.map(hostId) };
}

function onePerHost(sites: readonly Site[]): readonly Site[] {
  const hosts = sites.map((site) => [site.session.hostId() ?? site.session.host.name, site] as const);
  return [...new Map(hosts).values()];
}
