import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import type { ReleaseId, ReleaseRecord } from '@slipway/kernel/release';
import type { Prober } from '@slipway/vm/probe';
import { scriptService } from '@slipway/vm/services/script';
import type { BalancerHost } from '@slipway/vm/traffic';
import type { VmTargetOptions } from '@slipway/vm/vm-run';
import { freePort } from './free-port.ts';
import { type KeptLog, keptLog } from './kept-log.ts';
import { type MemoryBalancer, memoryBalancer } from './memory-balancer.ts';
import { aRecord } from './releases.ts';
import type { Skippable } from './require.ts';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';
import { type PackedRelease, PLACE, packRelease, type TestHost, TREE, testHost } from './vm-host.ts';

/** Folders on this machine as hosts, with real services on real addresses behind balancers in memory. */
export interface VmFleet extends AsyncDisposable {
  readonly hosts: readonly TestHost[];
  readonly balancerHosts: readonly TestHost[];
  readonly balancers: readonly MemoryBalancer[];
  readonly log: KeptLog;
  /** Releases whose bytes were asked for, in order. */
  readonly fetched: string[];
  readonly options: VmTargetOptions;
  /** Packs a release that serves its version, and makes it known to the store. */
  release(version: string, files?: Readonly<Record<string, string>>): Promise<ReleaseRecord>;
  /** What answers on a member, if anything does. */
  answer(member: string): Promise<string | undefined>;
}

const SERVER = `
import { createServer } from 'node:http';
const { HOST, PORT, SLIPWAY_VERSION } = process.env;
createServer((request, response) => {
  response.writeHead(SLIPWAY_VERSION.includes('broken') ? 500 : 200, { 'x-version': SLIPWAY_VERSION }).end();
}).listen(Number(PORT), HOST, () => console.log(\`\${SLIPWAY_VERSION} listens\`));
`;
const APP = { 'bin/start': '#!/bin/sh\nexec "$NODE" server.mjs\n', 'server.mjs': SERVER };

export async function vmFleet(
  t: Skippable,
  count: number,
  balancerCount = 1,
  addresses = '127.0.35.',
): Promise<VmFleet | undefined> {
  const folder = temporaryFolder();
  const names = Array.from({ length: count }, (_, i) => `web-${i + 1}`);
  const lbs = Array.from({ length: balancerCount }, (_, i) => `lb-${i + 1}`);
  const made = await Promise.all(
    [...names, ...lbs].map((name) => testHost(t, 'dash', name, { NODE: process.execPath })),
  );
  const all = made.filter((host) => host !== undefined);
  if (all.length < made.length) return undefined;
  const hosts = all.slice(0, count);
  const balancerHosts = all.slice(count);
  const balancers = lbs.map((name) => memoryBalancer(name, names));
  const addressOf = (member: string): string => `${addresses}${10 + names.indexOf(member) + 1}`;
  const port = await freePort(addressOf('web-1'));
  const log = keptLog();
  const store = new Map<string, { readonly packed: PackedRelease; readonly path: string }>();
  const fetched: string[] = [];
  const prober = proberFor((member) => `http://${addressOf(member)}:${port}/healthz`);
  const options: VmTargetOptions = {
    place: PLACE,
    slots: ['blue'],
    members: hosts.map(({ session }) => session),
    balancers: balancerHosts.map(
      ({ session }, i): BalancerHost => ({ session, balancer: balancers[i] as MemoryBalancer }),
    ),
    service: scriptService({
      place: PLACE,
      start: 'bin/start',
      stop: 'bin/stop',
      stopMs: 3_000,
      endpoint: (host) => ({ port, address: addressOf(host.name) }),
    }),
    prober,
    processProof: true,
    lease: { lock: () => Promise.resolve(), unlock: () => Promise.resolve() },
    fetch: async (release) => {
      fetched.push(release.version);
      const known = store.get(release.digest);
      if (known === undefined) throw new Error(`the store has no ${release.version}`);
      return known.path;
    },
    hooks: [],
    runner: { exec: systemExec, folder: folder.path, env: process.env },
    clock: systemClock,
    log,
    limits: { atOnce: 8, stepMs: 20_000, stageMs: 20_000, drainMs: 1_000, upMs: 1_000, keep: 3 },
  };
  return {
    hosts,
    balancerHosts,
    balancers,
    log,
    fetched,
    options,
    async release(version, files = {}) {
      const packed = await packRelease(folder, version, { ...APP, VERSION: version, ...files });
      const path = folder.at(`${version}.bytes`);
      writeFileSync(path, packed.bytes);
      store.set(packed.id.digest, { packed, path });
      return aRecord(version, { ...packed.id, size: packed.bytes.length, mediaType: TREE, fileName: 'shop.tar.gz' });
    },
    async answer(member) {
      const url = `http://${addressOf(member)}:${port}/`;
      const answer = await systemHttp.request({ url, timeoutMs: 500 }).catch(() => undefined);
      return answer?.headers['x-version'];
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all, folder].map((each: TestHost | TemporaryFolder) => each[Symbol.asyncDispose]()));
    },
  };
}

function proberFor(urlOf: (member: string) => string): Prober {
  const once = async (member: string, release: ReleaseId, signal: AbortSignal): Promise<boolean> => {
    const answer = await systemHttp.request({ url: urlOf(member), timeoutMs: 500, signal }).catch(() => undefined);
    return answer?.status === 200 && answer.headers['x-version'] === release.version;
  };
  return {
    once: (member, _slot, release, signal) => once(member, release, signal),
    async untilHealthy(member, _slot, release, signal) {
      for (let passes = 0, tries = 0; passes < 3; tries++) {
        passes = (await once(member, release, signal)) ? passes + 1 : 0;
        if (tries > 60) throw new Error(`${member} did not become healthy.`);
        await sleep(20, undefined, { signal });
      }
    },
  };
}
