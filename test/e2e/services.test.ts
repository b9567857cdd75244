import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { firstOf, HostError, type Said } from '@slipway/vm/remote';
import { parseService, type ServiceState } from '@slipway/vm/services/service';
import { startVmFleet, type VmFleet, type VmFleetOptions } from '../lab/vm/fleet.ts';
import { requireVmLab } from '../lab/vm/with-lab.ts';
import { until } from '../support/until.ts';
import { optionsOf, type ServiceBench, STOP_MS, serviceBench } from './services/bench.ts';
import { KINDS, type KindCase } from './services/kinds.ts';

const NOTIFIES = '[ -z "${NOTIFY_SOCKET-}" ] || systemd-notify --ready\n';
const STAYS = `#!/bin/sh\necho "hello from $SLIPWAY_VERSION"\n${NOTIFIES}exec sleep 600\n`;
const DEAF = `#!/bin/sh\ntrap "" TERM\necho deaf\n${NOTIFIES}while :; do sleep 0.1; done\n`;
const CRASHES =
  '#!/bin/sh\ni=0\nwhile [ $i -lt 70 ]; do i=$((i + 1)); echo "line $i"; done\necho fatal: no database\nexit 3\n';

let starting: Promise<VmFleet> | undefined;
after(async () => (await starting)?.stop());

/** A host for each entry, all started by the first test. */
async function fleetFor(t: TestContext): Promise<VmFleet | undefined> {
  if (!requireVmLab(t)) return undefined;
  starting ??= startVmFleet(fleetOptions((line) => t.diagnostic(line)));
  return await starting;
}

function fleetOptions(say: (line: string) => void): VmFleetOptions {
  return {
    hosts: KINDS.length,
    folder: mkdtempSync(join(tmpdir(), 'slipway-vm-')),
    traits: Object.fromEntries(KINDS.map((kind, index) => [index + 1, kind.traits ?? {}])),
    recipe: { packages: [...new Set(KINDS.flatMap(({ packages = [] }) => packages))] },
    say,
  };
}

/** Most of their time they wait for processes, each on a host of its own. */
describe('services', { concurrency: 3 }, () => {
  for (const [index, kind] of KINDS.entries()) tryKind(kind, index);
});

function tryKind(kind: KindCase, index: number): void {
  const on = (title: string, use: (bench: ServiceBench) => Promise<void>): void =>
    void test(title, { timeout: 300_000 }, (t) => onHost(t, kind, index, use));

  describe(kind.title, { timeout: 600_000, concurrency: 1 }, () => {
    on('a host that is prepared lacks nothing', async (bench) => {
      assert.deepEqual(
        (await bench.observe()).filter(([key]) => key === 'lacks'),
        [],
      );
    });

    on('a release runs in its own folder, and is told what it is', async (bench) => {
      const v1 = await bench.stage('v1', { 'bin/start': STAYS });

      const state = started(await bench.start(v1));

      assert.deepEqual(
        { ...state, pid: 0, since: '' },
        { pid: 0, since: '', restarts: 0, inside: true, folder: v1.dir },
      );
      assert.deepEqual((await bench.status()).service, state);
      const cwd = await bench.host.asRoot(['readlink', `/proc/${state.pid}/cwd`]);
      assert.equal(cwd.trim(), `${bench.base}/releases/${v1.dir}`);
      const owner = await bench.host.asRoot(['stat', '-c', '%U', `/proc/${state.pid}`]);
      assert.equal(owner.trim(), 'deploy');
      const environment = (await bench.host.asRoot(['cat', `/proc/${state.pid}/environ`])).split('\0');
      for (const line of ['SLIPWAY_VERSION=v1', `SLIPWAY_DIGEST=${v1.id.digest}`, 'SLIPWAY_SLOT=blue', 'PORT=8080']) {
        assert.ok(environment.includes(line), line);
      }
    });

    on('the next release replaces it, and starting the same one again is a start like any other', async (bench) => {
      const v1 = await bench.stage('v1', { 'bin/start': STAYS });
      const v2 = await bench.stage('v2', { 'bin/start': STAYS });
      const first = started(await bench.start(v1));

      const second = started(await bench.start(v2));
      const again = started(await bench.start(v2));

      assert.deepEqual([second.folder, again.folder], [v2.dir, v2.dir]);
      assert.equal(new Set([first.pid, second.pid, again.pid]).size, 3);
      const alive = await bench.host.asRoot(['sh', '-c', "pgrep -xf 'sleep 600' | wc -l"]);
      assert.equal(Number(alive), 1, 'of each but the last, nothing is left');
    });

    on('it has the environment of its release, and the next one without any has none of it', async (bench) => {
      const v1 = await bench.stage('v1', { 'bin/start': STAYS });
      const config = await bench.configure(v1, 'GREETING="say \\"hi\\""\nTOKEN="s3cret"\n');
      const environmentOf = async ({ pid }: ServiceState): Promise<readonly string[]> =>
        (await bench.host.asRoot(['cat', `/proc/${pid}/environ`])).split('\0');

      const environment = await environmentOf(started(await bench.start(v1, config)));
      const without = await environmentOf(started(await bench.start(v1)));

      for (const line of ['GREETING=say "hi"', 'TOKEN=s3cret']) {
        assert.ok(environment.includes(line), line);
        assert.ok(!without.includes(line), line);
      }
      const readable = await bench.host
        .asRoot(['sh', '-c', `find ${bench.base}/slots -perm /077 -type f -exec grep -l s3cret {} +`])
        .catch(() => '');
      assert.equal(readable, '', 'nobody else may read it');
    });

    on('a process that dies comes back, and its restarts are counted', async (bench) => {
      const v1 = await bench.stage('v1', { 'bin/start': STAYS });
      const before = started(await bench.start(v1));

      await bench.host.asRoot(['kill', '-KILL', String(before.pid)]);
      let now = (await bench.status()).service;
      await until('it runs again', async () => {
        now = (await bench.status()).service;
        return now !== undefined && now.pid !== before.pid;
      });

      assert.equal(now?.restarts, 1);
      assert.equal(now.inside, true);
    });

    on('one that ignores SIGTERM is killed after the time to stop', async (bench) => {
      const deaf = await bench.stage('deaf', { 'bin/start': DEAF });
      const { pid } = started(await bench.start(deaf));
      const began = performance.now();

      const said = await bench.stop();

      const took = performance.now() - began;
      assert.ok(took >= STOP_MS - 100 && took < STOP_MS + 5_000, `${took} ms`);
      assert.equal(firstOf(said, 'killed'), String(pid));
      assert.equal((await bench.status()).service, undefined);
    });

    on('one that ends at once is told with its status and its last 50 lines, and does not come back', async (bench) => {
      const bad = await bench.stage('bad', { 'bin/start': CRASHES });

      const failure = await bench.start(bad).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );

      assert.ok(failure instanceof HostError, String(failure));
      assert.match(failure.message, /status 3/);
      assert.ok(failure.lastLines.length <= 50);
      assert.ok(failure.lastLines.includes('fatal: no database'), failure.lastLines.join('\n'));
      assert.ok(failure.lastLines.includes('line 70'), failure.lastLines.join('\n'));
      assert.equal((await bench.status()).service, undefined);
    });

    on('stopping what does not run is no error', async (bench) => {
      const v1 = await bench.stage('v1', { 'bin/start': STAYS });
      const { pid } = started(await bench.start(v1));

      await bench.stop();
      await bench.stop();

      assert.equal((await bench.status()).service, undefined);
      await assert.rejects(bench.host.asRoot(['test', '-d', `/proc/${pid}`]));
    });
  });
}

async function onHost(
  t: TestContext,
  kind: KindCase,
  index: number,
  use: (bench: ServiceBench) => Promise<void>,
): Promise<void> {
  const fleet = await fleetFor(t);
  const host = fleet?.hosts[index];
  if (fleet === undefined || host === undefined) return;
  await prepareOnce(kind, host);
  await using bench = await serviceBench(fleet, host, kind);
  await use(bench);
  await bench.stop();
}

function started(said: Said): ServiceState {
  const text = firstOf(said, 'service');
  assert.ok(text !== undefined, JSON.stringify(said));
  return parseService(text)[1];
}

const prepared = new Set<string>();

async function prepareOnce(kind: KindCase, host: NonNullable<VmFleet['hosts'][number]>): Promise<void> {
  if (prepared.has(host.name)) return;
  prepared.add(host.name);
  await kind.prepare?.(host, optionsOf(kind));
}
