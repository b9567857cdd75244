import assert from 'node:assert/strict';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { firstOf, HostError, runStep, type Said } from '@slipway/vm/remote';
import { parseService, type Service, type ServiceState } from '@slipway/vm/services/service';
import { isAlive, killGroup } from '../../../support/processes.ts';
import { until } from '../../../support/until.ts';
import {
  JOURNAL,
  type PackedRelease,
  packRelease,
  SHELLS,
  stageRelease,
  type TestHost,
  testHost,
  testService,
} from '../../../support/vm-host.ts';

const ADDRESS = '127.0.35.1';
const STAYS = '#!/bin/sh\necho "hello from $SLIPWAY_VERSION"\nexec sleep 600\n';
const DEAF = '#!/bin/sh\ntrap "" TERM\necho deaf\nwhile :; do sleep 0.1; done\n';
const STOP = '#!/bin/sh\nenv | grep -e ^SLIPWAY -e ^PORT -e ^HOST | sort >"$TOLD"\nkill -TERM "$SLIPWAY_PID"\n';

for (const shell of SHELLS) {
  // Most of their time they wait for processes.
  describe(shell, { concurrency: 4 }, () => {
    test('a release runs in its own folder, session and environment, and holds no pipe of ours', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1', { 'bin/start': STAYS });

      const service = await start(host, v1, testService({ port: 18_080, address: ADDRESS }));

      const { pid } = service;
      assert.deepEqual(service, { pid, since: service.since, restarts: 0, inside: true, folder: v1.dir });
      assert.equal(readlinkSync(`/proc/${pid}/cwd`), host.at('releases', v1.dir));
      assert.equal(readlinkSync(host.at('slots/blue')), `../releases/${v1.dir}`);
      assert.equal(groupOf(pid), pid);
      for (const fd of [0, 1, 2]) assert.doesNotMatch(readlinkSync(`/proc/${pid}/fd/${fd}`), /pipe/);
      const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      for (const line of [
        'SLIPWAY_APP=shop',
        'SLIPWAY_ENVIRONMENT=test',
        'SLIPWAY_SLOT=blue',
        'SLIPWAY_VERSION=v1',
        `SLIPWAY_DIGEST=${v1.id.digest}`,
        'PORT=18080',
        `HOST=${ADDRESS}`,
      ]) {
        assert.ok(env.includes(line), line);
      }
      assert.equal(host.read('slots/blue.d/log'), 'hello from v1\n');
      assert.match(host.read('state/journal.jsonl'), /^(intent\ndone\n){2}$/);
      assert.deepEqual(await status(host), service);
    });

    test('the next release replaces it; its own stop script is asked', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const told = host.folder.at('told');
      const v1 = await staged(host, 'v1', { 'bin/start': STAYS, 'bin/stop': STOP.replace('$TOLD', told) });
      const v2 = await staged(host, 'v2', { 'bin/start': STAYS });
      const before = await start(host, v1);

      const after = await start(host, v2);

      assert.equal(isAlive(before.pid), false);
      assert.equal(readlinkSync(host.at('slots/blue')), `../releases/${v2.dir}`);
      assert.equal(readlinkSync(`/proc/${after.pid}/cwd`), host.at('releases', v2.dir));
      assert.equal(
        readFileSync(told, 'utf8'),
        [
          'SLIPWAY_APP=shop',
          `SLIPWAY_DIGEST=${v1.id.digest}`,
          'SLIPWAY_ENVIRONMENT=test',
          `SLIPWAY_PID=${before.pid}`,
          'SLIPWAY_SLOT=blue',
          'SLIPWAY_VERSION=v1',
          '',
        ].join('\n'),
      );
      assert.equal(host.read('slots/blue.d/log'), 'hello from v2\n');
    });

    test('without a stop script SIGTERM tells it, and what it started ends with it', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const withChild = '#!/bin/sh\nsleep 600 &\necho $! >child\nwait\n';
      const v1 = await staged(host, 'v1', { 'bin/start': withChild });
      const { pid } = await start(host, v1);
      const child = Number(await until('the child', () => tryRead(host.at('releases', v1.dir, 'child'))));

      const said = await stop(host);

      assert.equal(firstOf(said, 'killed'), undefined);
      assert.equal(isAlive(pid) || isAlive(child), false);
      assert.equal(await status(host), undefined);
      assert.equal(existsSync(host.at('slots/blue')), true);
      assert.deepEqual(await stop(host), []);
    });

    test('what does not listen is killed when the time is up, a hanging stop script with it', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const hanging = '#!/bin/sh\necho $$ >stopper\nsleep 600\n';
      const v1 = await staged(host, 'v1', { 'bin/start': DEAF, 'bin/stop': hanging });
      const { pid } = await start(host, v1);

      const said = await stop(host, testService({}, 1_000));

      assert.equal(firstOf(said, 'killed'), String(pid));
      assert.equal(isAlive(pid), false);
      const stopper = Number(host.read('releases', v1.dir, 'stopper'));
      await until('the end of the stop script', () => !isAlive(stopper));
    });

    test('a stop script that fails is helped by SIGTERM', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1', { 'bin/start': STAYS, 'bin/stop': '#!/bin/sh\nexit 3\n' });
      const { pid } = await start(host, v1);

      const said = await stop(host, testService({}, 60_000));

      assert.equal(firstOf(said, 'killed'), undefined);
      assert.equal(isAlive(pid), false);
    });

    test('a dead process is started again and counted; a stop ends that', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1', { 'bin/start': STAYS });
      const first = await start(host, v1);

      killGroup(first.pid);
      const second = await until('the second process', async () => {
        const now = await status(host);
        return now !== undefined && now.pid !== first.pid && now;
      });

      assert.equal(second.restarts, 1);
      assert.match(host.read('slots/blue.d/log'), /slipway: bin\/start ended with status 137; it starts again in 1 s/);
      const supervisor = Number(host.read('slots/blue.d/supervisor').split(' ')[0]);
      await stop(host);
      assert.equal(isAlive(second.pid) || isAlive(supervisor), false);
    });

    test('a process without its supervisor does not count as running, and is still stopped', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const { pid } = await start(host, await staged(host, 'v1', { 'bin/start': STAYS }));

      killGroup(Number(host.read('slots/blue.d/supervisor').split(' ')[0]));

      await until('no service', async () => (await status(host)) === undefined);
      assert.equal(isAlive(pid), true);
      await stop(host);
      assert.equal(isAlive(pid), false);
    });

    test('a start script that ends at once fails the start, with its last words', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const bad = await staged(host, 'v1', { 'bin/start': '#!/bin/sh\necho "no database"\nexit 7\n' });
      const daemon = await staged(host, 'v2', { 'bin/start': '#!/bin/sh\nexit 0\n' });
      const broken = await staged(host, 'v3', { 'bin/start': '#!/no/such/shell\n' });

      const failed = await rejected(start(host, bad));

      assert.equal(failed.message, `bin/start of ${bad.dir} ended at once with status 7.`);
      assert.deepEqual(failed.lastLines.slice(0, 1), ['no database']);
      assert.equal(await status(host), undefined);
      assert.match(host.read('state/journal.jsonl'), /intent\nfailed\n$/);
      assert.match(
        (await rejected(start(host, daemon))).message,
        /ended at once with status 0; it has to stay in the fore/,
      );
      assert.match((await rejected(start(host, broken))).message, /ended at once with status 12[67]/);
      await until('the end of the supervisor', () => !existsSync(host.at('slots/blue.d/supervisor')));
    });

    test('without its start script, or not whole, a release does not disturb what runs', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1', { 'bin/start': STAYS });
      const none = await staged(host, 'v2', { 'bin/other': STAYS, VERSION: 'v2' });
      const plain = await staged(host, 'v3', { 'bin/start': STAYS }, ['--mode=a-x,a+X']);
      const { pid } = await start(host, v1);

      assert.match((await rejected(start(host, none))).message, /has no bin\/start; it holds: VERSION bin/);
      assert.match((await rejected(start(host, plain))).message, /bin\/start in the release \S+ may not be executed/);
      const absent = { ...v1, dir: 'v9-000000000000' };
      assert.match((await rejected(start(host, absent))).message, /does not lie whole on this host/);

      assert.equal((await status(host))?.pid, pid);
    });

    test('a port that somebody else has is named with its owner', async (t) => {
      await using host = await testHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1', { 'bin/start': STAYS });
      const server = createServer().listen(0, ADDRESS);
      await until('a listener', () => server.listening);
      const { port } = server.address() as { port: number };
      try {
        const failed = await rejected(start(host, v1, testService({ port, address: ADDRESS })));

        assert.match(
          failed.message,
          new RegExp(`^Port ${port} of ${ADDRESS} is in use by another program: pid ${process.pid} \\(`),
        );
        assert.equal((await start(host, v1, testService({ port, address: '127.0.35.2' }))).restarts, 0);
      } finally {
        server.close();
      }
    });
  });
}

async function staged(
  host: TestHost,
  version: string,
  files: Readonly<Record<string, string>>,
  tarOptions: readonly string[] = [],
): Promise<PackedRelease> {
  const release = await packRelease(host.folder, version, files, tarOptions);
  await stageRelease(host, release);
  return release;
}

async function start(host: TestHost, release: PackedRelease, service = testService()): Promise<ServiceState> {
  const said = await run(host, 'start', service, {
    dir: release.dir,
    digest: release.id.digest,
    ...service.vars(host.session.host, 'blue', release.id),
  });
  return parseService(firstOf(said, 'service') ?? '')[1];
}

async function stop(host: TestHost, service = testService()): Promise<Said> {
  return await run(host, 'stop', service, service.vars(host.session.host, 'blue', null));
}

async function status(host: TestHost): Promise<ServiceState | undefined> {
  const said = await run(host, 'status', testService(), { log_lines: '0' });
  const text = firstOf(said, 'service');
  return text === undefined ? undefined : parseService(text)[1];
}

async function run(
  host: TestHost,
  name: 'start' | 'stop' | 'status',
  service: Service,
  vars: Readonly<Record<string, string>>,
): Promise<Said> {
  return await runStep(host.site, name, {
    functions: service.functions,
    vars: { ...vars, slot: 'blue', ...JOURNAL },
    fence: name === 'status' ? 'free' : 'fenced',
    timeoutMs: 20_000,
  });
}

async function rejected(work: Promise<unknown>): Promise<HostError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(thrown instanceof HostError, String(thrown));
  return thrown;
}

function groupOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

function tryRead(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() || undefined : undefined;
}
