import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseHostView, serviceHost } from '@slipway/vm/host-view';
import { HostError, runStep, type Said } from '@slipway/vm/remote';
import { commandService } from '@slipway/vm/services/command';
import { type Service, servicesIn } from '@slipway/vm/services/service';
import { isAlive, killGroup } from '../../../support/processes.ts';
import {
  JOURNAL,
  PLACE,
  packRelease,
  SHELLS,
  stageRelease,
  type TestHost,
  testHost,
} from '../../../support/vm-host.ts';

/** Writes down what it was asked, and does what the test says. */
const PROGRAM = `#!/bin/sh
cat >"$HOME/asked.$SLIPWAY_ACTION"
env | grep -e ^SLIPWAY -e ^PORT | sort >"$HOME/env.$SLIPWAY_ACTION"
echo "doing $SLIPWAY_ACTION" >&2
. "$HOME/does"
`;

for (const shell of SHELLS) {
  describe(shell, { concurrency: 4 }, () => {
    test('each action is asked by JSON and by the environment', async (t) => {
      await using host = await commandHost(
        t,
        shell,
        'case $SLIPWAY_ACTION in check) exit 64 ;; log) echo "all well" ;; esac',
      );
      if (host === undefined) return;
      const v1 = await staged(host);

      await start(host, v1);
      await stop(host);
      const said = await run(host, 'status', { log_lines: '7' }).catch((cause: unknown) => cause as HostError);

      const more = { app: 'shop', environment: 'test', slot: 'blue' };
      const at = { host: 'web-1', port: 18_080, address: '127.0.35.1' };
      const release = { ...v1.id, folder: host.at('releases', v1.dir) };
      assert.deepEqual(asked(host, 'check'), { action: 'check', ...more, ...at, release });
      assert.deepEqual(asked(host, 'start'), { action: 'start', ...more, ...at, release });
      assert.deepEqual(asked(host, 'stop'), { action: 'stop', ...more, ...at, stopSeconds: 2 });
      assert.deepEqual(asked(host, 'status'), { action: 'status', ...more });
      assert.deepEqual(asked(host, 'log'), { action: 'log', ...more, lines: 7 });
      assert.deepEqual(readFileSync(host.folder.at('root', 'env.start'), 'utf8').trim().split('\n'), [
        'PORT=18080',
        'SLIPWAY_ACTION=start',
        'SLIPWAY_APP=shop',
        `SLIPWAY_DIGEST=${v1.id.digest}`,
        'SLIPWAY_ENVIRONMENT=test',
        `SLIPWAY_RELEASE=${release.folder}`,
        'SLIPWAY_SLOT=blue',
        'SLIPWAY_VERSION=v1',
      ]);
      assert.ok(!(said instanceof HostError));
      assert.ok(said.some(([key, value]) => key === 'log' && value === 'all well'));
    });

    test('what it starts has the environment of the release', async (t) => {
      await using host = await commandHost(
        t,
        shell,
        'case $SLIPWAY_ACTION in start) echo "$TOKEN" >"$HOME/token" ;; esac',
      );
      if (host === undefined) return;
      const v1 = await staged(host);
      mkdirSync(host.at('state/env'), { recursive: true });
      writeFileSync(host.at('state/env', `${v1.dir}+0123`), 'TOKEN="s3cret"\n');

      await start(host, v1, SERVICE, '0123');

      assert.equal(readFileSync(host.folder.at('root', 'token'), 'utf8'), 's3cret\n');
    });

    test('its answer tells what runs, and a bad one is explained', async (t) => {
      await using host = await commandHost(t, shell, 'cat "$HOME/answer"');
      if (host === undefined) return;
      const v1 = await staged(host);
      const good = { running: true, pid: 7, since: 'noon', restarts: 2, version: 'v1', digest: v1.id.digest };
      const answers = (text: string): ReturnType<typeof status> => {
        writeFileSync(host.folder.at('root', 'answer'), text);
        return status(host);
      };

      assert.deepEqual(await answers(JSON.stringify(good, null, 2)), [
        ['blue', { pid: 7, since: 'noon', restarts: 2, inside: true, folder: v1.dir }],
      ]);
      assert.deepEqual(await answers('{"running": false}\n'), []);
      for (const [text, says] of [
        ['', /is no JSON object with "running"[\s\S]*got: +nothing/],
        ['up and running', /got: +up and running[\s\S]*"running":false/],
        ['{"running": "yes"}', /is no JSON object with "running"/],
        [JSON.stringify({ ...good, pid: '7' }), /has no "pid"/],
        [JSON.stringify({ ...good, digest: 'v1' }), /has no "digest"[\s\S]*sha256:/],
        [JSON.stringify({ ...good, restarts: -1 }), /has wrong "restarts"/],
      ] as const) {
        await assert.rejects(answers(text), says);
      }
    });

    test('a status other than 0 fails the step with its last words', async (t) => {
      await using host = await commandHost(
        t,
        shell,
        'case $SLIPWAY_ACTION in start|status) echo "no database"; exit 3 ;; esac',
      );
      if (host === undefined) return;
      const v1 = await staged(host);

      const failed = await rejected(start(host, v1));

      assert.match(failed.message, /slipway-service ended with status 3 when it was told to start\.$/);
      assert.deepEqual(failed.lastLines, ['doing start', 'no database']);
      assert.match(host.read('state/journal.jsonl'), /intent\nfailed\n$/);
      assert.match((await rejected(status(host))).message, /ended with status 3 when it was asked for the status/);
    });

    test('a check that says no comes before anything is stopped, and so does a program that is not there', async (t) => {
      await using host = await commandHost(
        t,
        shell,
        'case $SLIPWAY_ACTION in check) echo "wrong format"; exit 1 ;; esac',
      );
      if (host === undefined) return;
      const v1 = await staged(host);

      assert.deepEqual((await rejected(start(host, v1))).lastLines, ['doing check', 'wrong format']);
      const nothing = commandService({ ...OPTIONS, command: '~/nothing' });
      const vars = { slot_names: 'blue', ledger_lines: '1', journal_lines: '1' };
      const call = { functions: nothing.functions, vars, fence: 'free', timeoutMs: 20_000 } as const;
      const view = parseHostView(await runStep(host.site, 'observe', call));
      const [problem] = nothing.problems?.(serviceHost('web-1', host.base, view)) ?? [];
      assert.match(problem?.what ?? '', /^web-1 has no program ~\/nothing that \S+ may run\.$/);
      assert.equal(existsSync(host.folder.at('root', 'asked.stop')), false);
    });

    test('what it leaves behind lives on, and what does not end is ended', async (t) => {
      await using host = await commandHost(
        t,
        shell,
        'case $SLIPWAY_ACTION in start) setsid sleep 600 & echo $! >"$HOME/pid" ;; esac',
      );
      if (host === undefined) return;
      const v1 = await staged(host);

      await start(host, v1);

      const pid = Number(readFileSync(host.folder.at('root', 'pid'), 'utf8'));
      assert.equal(isAlive(pid), true);
      killGroup(pid);
      writeFileSync(host.folder.at('root', 'does'), 'sleep 600');
      const failed = await rejected(stop(host, commandService({ ...OPTIONS, stopMs: -14_000 })));
      assert.match(failed.message, /did not end in time when it was told to stop/);
    });
  });
}

const OPTIONS = {
  place: PLACE,
  command: '~/slipway-service',
  stopMs: 2_000,
  endpoint: () => ({ port: 18_080, address: '127.0.35.1' }),
};
const SERVICE = commandService(OPTIONS);

type Packed = Awaited<ReturnType<typeof packRelease>>;

async function commandHost(
  t: Parameters<typeof testHost>[0],
  shell: Parameters<typeof testHost>[1],
  does: string,
): Promise<TestHost | undefined> {
  const host = await testHost(t, shell);
  if (host === undefined) return undefined;
  writeFileSync(host.folder.at('root', 'slipway-service'), PROGRAM);
  chmodSync(host.folder.at('root', 'slipway-service'), 0o755);
  writeFileSync(host.folder.at('root', 'does'), does);
  return host;
}

async function staged(host: TestHost): Promise<Packed> {
  const release = await packRelease(host.folder, 'v1', { VERSION: 'v1' });
  await stageRelease(host, release);
  return release;
}

async function start(host: TestHost, release: Packed, service = SERVICE, config = ''): Promise<Said> {
  const vars = service.vars(host.session.host, 'blue', release.id);
  return await run(host, 'start', { dir: release.dir, digest: release.id.digest, config, ...vars }, service);
}

async function stop(host: TestHost, service = SERVICE): Promise<Said> {
  return await run(host, 'stop', service.vars(host.session.host, 'blue', null), service);
}

async function status(host: TestHost): Promise<ReturnType<typeof servicesIn>> {
  return servicesIn(await run(host, 'status', { log_lines: '0' }));
}

async function run(
  host: TestHost,
  name: 'start' | 'stop' | 'status',
  vars: Readonly<Record<string, string>>,
  service: Service = SERVICE,
): Promise<Said> {
  return await runStep(host.site, name, {
    functions: service.functions,
    vars: { ...vars, slot: 'blue', ...JOURNAL },
    fence: name === 'status' ? 'free' : 'fenced',
    timeoutMs: 20_000,
  });
}

function asked(host: TestHost, action: string): unknown {
  return JSON.parse(readFileSync(host.folder.at('root', `asked.${action}`), 'utf8'));
}

async function rejected(work: Promise<unknown>): Promise<HostError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(thrown instanceof HostError, String(thrown));
  return thrown;
}
