import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { packTree } from '@slipway/archive/pack';
import { systemClock } from '@slipway/effects/clock';
import { formatRelease, RELEASE_SCHEMA, type ReleaseRecord, TREE_MEDIA_TYPE } from '@slipway/kernel/release';
import { openStore } from '@slipway/store/open';
import type { StepKind } from '@slipway/strategy/plan';
import { liveVersion } from '../demo/live.ts';
import { LAB_MARK } from '../lab/processes.ts';
import { type Fleet, type FleetHost, type FleetOptions, startFleet } from '../lab/ssh-fleet.ts';
import { ask } from './haproxy.ts';
import { type Listing, listing, withoutLeases } from './host-files.ts';
import { keptLog } from './kept-log.ts';
import { runnerFolders } from './lab-processes.ts';
import { type Load, type LoadResult, startLoad } from './load.ts';
import { requirePart } from './require.ts';
import { createJob, type Job, type RunningStep, type StepResult } from './runner/job.ts';
import { makeShop } from './shop.ts';
import { until } from './until.ts';
import { journalOf } from './vm-host-state.ts';

export type Inputs = Readonly<Record<string, string>>;

/** What the actions and the tests need of a fleet, whatever its hosts are made of. */
export interface LabFleet extends Pick<Fleet, 'folder' | 'url' | 'appPort' | 'inputs'> {
  readonly hosts: readonly LabHost[];
  readonly balancer: LabHost;
  readonly haproxy: Pick<Fleet['haproxy'], 'socket'>;
}

type LabHost = Pick<FleetHost, 'name' | 'address' | 'root'>;

/** A fleet with a store beside it, and the actions that work on it; what a test file shares. */
export interface VmLab<F extends LabFleet = Fleet> {
  readonly fleet: F;
  /** Of the store. */
  readonly storeFolder: string;
  /** Where the hosts keep everything, the balancer's host last. */
  readonly roots: readonly string[];
  /** The record of a version of the shop, published when it is asked for first. */
  release(version: string, draft?: Draft): Promise<ReleaseRecord>;
  /** A job's whole life with one step: main and post. Inputs that are empty count as not given. */
  deploy(release: string | ReleaseRecord, more?: Inputs): Promise<StepResult>;
  rollBack(more?: Inputs): Promise<StepResult>;
  /** A step that is on its way; its post is the caller's. */
  start(action: 'deploy-vm' | 'rollback', inputs: Inputs): Started;
  /** The inputs that every run here has. */
  readonly inputs: Inputs;
  /** Makes this version live everywhere, whatever was before. */
  bring(version: string): Promise<void>;
  /** What every host and the balancer serve. */
  served(): Promise<string>;
  /** What the balancer has each server do, such as `web-1-blue up 1`; `out` is drained or in maintenance. */
  traffic(): Promise<readonly string[]>;
  /** Everything on the hosts but leases. */
  files(): Listing;
}

export interface Draft {
  /** What is wrong: its health check never passes, its start script ends at once with status 3, or its users get 500. */
  readonly flaw?: 'unhealthy' | 'ends' | 'failing';
  /** More files, by their paths; those in `bin` and the hooks are programs. */
  readonly files?: Readonly<Record<string, string>>;
  /** Bytes that no compressor makes fewer. */
  readonly ballast?: number;
  /** Releases of one ref have an order: by run. Default: a ref of its own. */
  readonly ref?: string;
  readonly run?: number;
}

export interface Started extends RunningStep {
  readonly job: Job;
  /** As journals and ledgers name it. */
  readonly runId: string;
}

export interface JobOptions {
  /** Default: the TypeScript. */
  readonly code?: 'dist' | 'source';
  /** `env:` of the jobs. */
  readonly env?: Inputs;
  /** Each slot has a port of its own, which the health check names. */
  readonly slots?: boolean;
}

export interface LabOptions extends JobOptions, Pick<FleetOptions, 'network' | 'sshPort' | 'appPort' | 'config'> {
  readonly hosts: number;
}

/** Makes a folder a release of the shop. */
export type ShopMaker = (folder: string, version: string) => Promise<void>;

const PARTS = ['ssh', 'sshd', 'haproxy'];

/** The lab that the tests of a file share: started by the first that asks for it, and ended after the last. */
export function sharedLab(options: LabOptions): (t: TestContext) => Promise<VmLab | undefined> {
  let starting: Promise<VmLab> | undefined;
  after(async () => (await starting)?.fleet.stop());
  return async (t) => {
    if (PARTS.some((part) => requirePart(t, part) === undefined)) return undefined;
    starting ??= startVmLab(options);
    return await starting;
  };
}

/** Its fleet is the caller's to stop. */
export async function startVmLab(options: LabOptions): Promise<VmLab> {
  const fleet = await startFleet({ ...options, folder: mkdtempSync(join(tmpdir(), 'slipway-lab-')) });
  return labOn(fleet, makeShop, options);
}

/** The shop has to be one that the fleet's hosts can run. */
export function labOn<F extends LabFleet>(fleet: F, shop: ShopMaker, options: JobOptions): VmLab<F> {
  const storeFolder = join(fleet.folder, 'store');
  const releases = new Map<string, Promise<ReleaseRecord>>();
  const roots = [...fleet.hosts, fleet.balancer].map(({ root }) => root);
  let runs = 0;
  const inputs: Inputs = {
    ...fleet.inputs,
    app: 'shop',
    environment: 'production',
    service: 'script',
    health: `http://{address}:${options.slots === true ? '{port}' : fleet.appPort}/healthz`,
    'version-from': 'header:x-version',
    'health-timeout': '3s',
    'health-interval': '50ms',
    'drain-timeout': '10s',
    'lock-wait': '30s',
  };

  function start(action: 'deploy-vm' | 'rollback', more: Inputs): Started {
    runs += 1;
    const runId = String(1_000 + runs);
    const job = createJob({
      code: options.code ?? 'source',
      github: { run_id: runId, run_number: String(runs) },
      secrets: [fleet.inputs['ssh-key']],
      env: { ...options.env, [LAB_MARK]: fleet.folder },
    });
    const given = Object.entries({ ...inputs, ...more }).filter(([, value]) => value !== '');
    return { ...job.start({ action, with: Object.fromEntries(given) }), job, runId };
  }

  async function whole(action: 'deploy-vm' | 'rollback', more: Inputs): Promise<StepResult> {
    const { job, step } = start(action, more);
    await using _ = job;
    const result = await step;
    for (const post of await job.post()) assert.equal(post.outcome, 'success', post.log);
    assert.deepEqual(job.orphans(), [], 'the job left processes behind');
    return result;
  }

  const lab: VmLab<F> = {
    fleet,
    storeFolder,
    roots,
    inputs,
    start,
    release(version, draft = {}) {
      const known = releases.get(version) ?? publish({ shop, fleet, storeFolder }, version, draft);
      releases.set(version, known);
      return known;
    },
    async deploy(release, more = {}) {
      const record = typeof release === 'string' ? await lab.release(release) : release;
      return await whole('deploy-vm', { release: formatRelease(record), ...more });
    },
    rollBack: (more = {}) => whole('rollback', more),
    async bring(version) {
      if ((await lab.served()) === version && (await lab.traffic()).every((server) => server.endsWith(' up 1'))) return;
      const step = await lab.deploy(version, { 'allow-older': 'true' });
      assert.match(step.outputs.outcome ?? '', /^(deployed|unchanged)$/, step.log);
      assert.equal(await lab.served(), version);
    },
    served: () => liveVersion(fleet),
    async traffic() {
      const table = await ask(fleet.haproxy.socket, 'show servers state web');
      const rows = table.split('\n').filter((line) => /^\d+ web /.test(line));
      return rows.map((row) => {
        const [, , , name = '', , op = '', admin = '', weight = ''] = row.split(' ');
        const state = Number(admin) !== 0 ? `out (${admin})` : op === '0' ? 'down' : 'up';
        return `${name} ${state} ${weight}`;
      });
    },
    files: () => withoutLeases(listing(roots)),
  };
  return lab;
}

/** Resolves once a run has announced such a step on its first host. */
export async function untilIntended(lab: VmLab, { runId }: Started, kind: StepKind): Promise<void> {
  const isIntended = (): boolean =>
    journalOf(lab.fleet.hosts[0]).some((line) => line.run === runId && line.kind === kind && line.state === 'intent');
  await until(`run ${runId} begins a ${kind}`, isIntended);
}

/** SIGKILL, which leaves the run no last word: what it started has to end by itself, its folder is ours to remove. */
export async function killRun(lab: VmLab, run: Started): Promise<void> {
  const folders = runnerFolders(lab.fleet);
  await run.kill();
  await until('what the run had started here is gone', () => run.job.orphans().length === 0, 5_000);
  for (const folder of folders) rmSync(folder, { recursive: true });
}

/** Runs it while users send requests that must all be answered well. */
export async function underLoad<T>(
  lab: VmLab<LabFleet>,
  work: (load: Load) => Promise<T>,
): Promise<{ result: T; load: LoadResult }> {
  const running = await startLoad({ url: lab.fleet.url, rate: 100, phase: 'load' });
  let result: T;
  let load: LoadResult;
  try {
    result = await work(running);
  } finally {
    load = await running.stop();
  }
  assert.equal(load.failed, 0, JSON.stringify(load));
  return { result, load };
}

async function publish(
  { shop, fleet, storeFolder }: Pick<VmLab<LabFleet>, 'fleet' | 'storeFolder'> & { readonly shop: ShopMaker },
  version: string,
  { flaw, files = {}, ballast = 0, ref = `refs/tags/${version}`, run = 1 }: Draft,
): Promise<ReleaseRecord> {
  const folder = join(fleet.folder, 'releases', version);
  await shop(folder, version);
  if (flaw === 'unhealthy') await writeFile(join(folder, 'BROKEN'), '');
  if (flaw === 'failing') await writeFile(join(folder, 'FAILING'), '');
  if (flaw === 'ends') await writeFile(join(folder, 'bin', 'start'), '#!/bin/sh\necho cannot go on\nexit 3\n');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: /^(bin|\.slipway\/hooks)\//.test(name) ? 0o755 : 0o644 });
  }
  if (ballast > 0) await writeFile(join(folder, 'ballast'), randomBytes(ballast));
  return await publishTree(folder, version, { storeFolder, ref, run });
}

/** Packs a folder as a version of the shop, and puts it into the store. */
export async function publishTree(
  folder: string,
  version: string,
  { storeFolder, ref, run }: { readonly storeFolder: string; readonly ref: string; readonly run: number },
): Promise<ReleaseRecord> {
  const file = `${folder}.tar.gz`;
  const { digest, contentDigest, size } = await packTree(folder, file);
  await mkdir(storeFolder, { recursive: true });
  const store = openStore(`file://${storeFolder}`, { clock: systemClock, log: keptLog() });
  const { record } = await store.put(
    {
      schema: RELEASE_SCHEMA,
      kind: 'file',
      name: 'shop',
      version,
      digest,
      contentDigest,
      size,
      mediaType: TREE_MEDIA_TYPE,
      fileName: 'shop.tar.gz',
      repository: 'acme/shop',
      ref,
      commit: 'c'.repeat(40),
      commitTime: '2026-01-01T00:00:00Z',
      run: { id: String(run), attempt: 1, number: run, url: `https://github.com/acme/shop/actions/runs/${run}` },
    },
    file,
  );
  return record;
}
