import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseHostView, serviceHost } from '@slipway/vm/host-view';
import { allOf, HostError, runStep, type Said } from '@slipway/vm/remote';
import { type Service, type ServiceState, servicesIn } from '@slipway/vm/services/service';
import { tomcatService } from '@slipway/vm/services/tomcat';
import {
  JOURNAL,
  type PackedRelease,
  PLACE,
  packRelease,
  SHELLS,
  stageRelease,
  type TestHost,
  testHost,
} from '../../../support/vm-host.ts';

for (const shell of SHELLS) {
  describe(shell, { concurrency: 4 }, () => {
    test('each release gets a higher number, and the one before stays until the new one is proved', async (t) => {
      await using host = await tomcatHost(t, shell);
      if (host === undefined) return;
      const [v1, v2] = [await staged(host, 'v1'), await staged(host, 'v2')];
      assert.equal(await status(host), undefined);

      await start(host, v1);
      const now = await start(host, v2);

      assert.deepEqual(webapps(host), ['shop##000001.war', 'shop##000002.war']);
      assert.equal(readlinkSync(webapp(host, 'shop##000002.war')), host.at('releases', v2.dir, 'shop.war'));
      const pid = host.tomcat.pid ?? 0;
      assert.deepEqual(now, { pid, since: now?.since, restarts: 0, inside: false, folder: v2.dir });
      await settle(host);
      assert.deepEqual(webapps(host), ['shop##000002.war']);
      assert.equal((await start(host, v1))?.folder, v1.dir);
      assert.deepEqual(webapps(host), ['shop##000002.war', 'shop##000003.war']);
    });

    test('going back from what was never proved removes it, and needs no further number', async (t) => {
      await using host = await tomcatHost(t, shell);
      if (host === undefined) return;
      const [v1, v2] = [await staged(host, 'v1'), await staged(host, 'v2')];
      await start(host, v1);
      await start(host, v2);
      await start(host, v2);

      const back = await start(host, v1);

      assert.equal(back?.folder, v1.dir);
      assert.deepEqual(webapps(host), ['shop##000001.war']);
      await start(host, v2);
      writeFileSync(webapp(host, 'shop##000009.war'), '');
      await start(host, v1);
      assert.deepEqual(webapps(host), ['shop##000001.war', 'shop##000009.war', 'shop##000010.war']);
    });

    test('what somebody else put there counts, and is left alone', async (t) => {
      await using host = await tomcatHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1');
      for (const name of ['shop.war', 'shop##008.war', 'shopping##9999999.war']) writeFileSync(webapp(host, name), '');

      await start(host, v1);
      await settle(host);
      await stop(host);

      assert.deepEqual(webapps(host), ['shop##008.war', 'shop.war', 'shopping##9999999.war']);
      writeFileSync(webapp(host, 'shop##999.war'), '');
      assert.match((await rejected(start(host, v1))).message, /No number of 3 digits is left above those of shop/);
      writeFileSync(webapp(host, 'shop##v1.war'), '');
      assert.match((await rejected(start(host, v1))).message, /shop##v1 stands above every number: remove it/);
    });

    test('where Tomcat waits for the last session itself, the one before is left to it', async (t) => {
      await using host = await tomcatHost(t, shell, 'undeployOldVersions="true"');
      if (host === undefined) return;
      const [v1, v2] = [await staged(host, 'v1'), await staged(host, 'v2')];
      await start(host, v1);
      await start(host, v2);

      await settle(host);
      await start(host, v1);

      assert.deepEqual(webapps(host), ['shop##000001.war', 'shop##000002.war', 'shop##000003.war']);
    });

    test('a stop is over when Tomcat has removed what it unpacked; without Tomcat we do', async (t) => {
      await using host = await tomcatHost(t, shell);
      if (host === undefined) return;
      const v1 = await staged(host, 'v1');
      const hasty = serviceOf(host, -14_000);
      await start(host, v1);
      mkdirSync(webapp(host, 'shop##000001'));

      const failed = await rejected(stop(host, hasty));

      assert.match(failed.message, /Tomcat has not undeployed shop##000001, although its war is gone/);
      await start(host, v1);
      mkdirSync(webapp(host, 'shop##000002'));
      await end(host.tomcat);
      await stop(host);
      assert.deepEqual(webapps(host), ['shop##000001']);
      assert.equal(await status(host), undefined);
    });

    test('where the user may not read what Tomcat said, that is said', async (t) => {
      await using host = await tomcatHost(t, shell);
      if (host === undefined) return;
      rmSync(host.folder.at('root', 'tomcat', 'logs'), { recursive: true });

      const said = await run(host, 'status', serviceOf(host), { log_lines: '10' });

      assert.match(allOf(said, 'log').join(), /tomcat\/logs is not for this user to read/);
    });

    test('what cannot be run is refused before anything changes', async (t) => {
      await using host = await tomcatHost(t, shell);
      if (host === undefined) return;
      const two = await staged(host, 'v2', { 'a.war': '', 'b.war': '' });

      assert.match((await rejected(start(host, two))).message, /exactly one \.war, and \S+ holds: a\.war b\.war/);
      assert.deepEqual(await problems(host), []);
      writeFileSync(host.folder.at('root', 'tomcat', 'conf', 'server.xml'), '<Host autoDeploy="false"/>');
      assert.match((await problems(host)).join(), /^On web-1 Tomcat would never look at a new war\.$/);
      await end(host.tomcat);
      rmSync(webapp(host, '.'), { recursive: true });
      assert.match((await problems(host)).join(' '), /no Tomcat with the CATALINA_BASE .* no folder \/.*webapps\./);
      assert.equal(existsSync(host.at('slots', 'blue')), false);
    });
  });
}

type TomcatHost = TestHost & { readonly tomcat: ChildProcess };

/** A host with a process that is called like Tomcat: what Tomcat itself does with wars, the e2e tests see. */
async function tomcatHost(
  t: Parameters<typeof testHost>[0],
  shell: Parameters<typeof testHost>[1],
  attribute = '',
): Promise<TomcatHost | undefined> {
  const host = await testHost(t, shell);
  if (host === undefined) return undefined;
  const base = host.folder.at('root', 'tomcat');
  for (const name of ['conf', 'webapps', 'logs']) mkdirSync(`${base}/${name}`, { recursive: true });
  writeFileSync(`${base}/conf/server.xml`, `<Host autoDeploy="true" ${attribute}/>`);
  const words = [`-Dcatalina.base=${base}`, 'org.apache.catalina.startup.Bootstrap', 'start'];
  const tomcat = spawn('sh', ['-c', 'while sleep 1; do :; done', 'sh', ...words], { stdio: 'ignore' });
  return {
    ...host,
    tomcat,
    async [Symbol.asyncDispose]() {
      await end(tomcat);
      await host[Symbol.asyncDispose]();
    },
  };
}

async function end(tomcat: ChildProcess): Promise<void> {
  if (tomcat.exitCode !== null || tomcat.signalCode !== null) return;
  const gone = new Promise((resolve) => tomcat.once('exit', resolve));
  tomcat.kill('SIGKILL');
  await gone;
}

function serviceOf(host: TestHost, stopMs = 3_000): Service {
  const tomcatBase = host.folder.at('root', 'tomcat');
  return tomcatService({ place: PLACE, tomcatBase, tomcatContext: undefined, stopMs });
}

function webapp(host: TestHost, name: string): string {
  return host.folder.at('root', 'tomcat', 'webapps', name);
}

function webapps(host: TestHost): readonly string[] {
  return readdirSync(webapp(host, '.')).toSorted();
}

async function staged(
  host: TestHost,
  version: string,
  files: Readonly<Record<string, string>> = { 'shop.war': version },
): Promise<PackedRelease> {
  const release = await packRelease(host.folder, version, files);
  await stageRelease(host, release);
  return release;
}

async function start(host: TestHost, release: PackedRelease): Promise<ServiceState | undefined> {
  const service = serviceOf(host);
  const vars = service.vars(host.session.host, 'blue', release.id);
  return servicesIn(
    await run(host, 'start', service, { dir: release.dir, digest: release.id.digest, ...vars }),
  )[0]?.[1];
}

async function settle(host: TestHost): Promise<void> {
  const service = serviceOf(host);
  await run(host, 'settle', service, service.vars(host.session.host, 'blue', null));
}

async function stop(host: TestHost, service = serviceOf(host)): Promise<void> {
  await run(host, 'stop', service, service.vars(host.session.host, 'blue', null));
}

async function status(host: TestHost): Promise<ServiceState | undefined> {
  return servicesIn(await run(host, 'status', serviceOf(host), { log_lines: '0' }))[0]?.[1];
}

async function run(
  host: TestHost,
  name: 'start' | 'settle' | 'stop' | 'status',
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

/** What the host lacks, as a run is told before it begins. */
async function problems(host: TestHost): Promise<readonly string[]> {
  const service = serviceOf(host);
  const vars = { slot_names: 'blue', ledger_lines: '1', journal_lines: '1' };
  const said = await runStep(host.site, 'observe', {
    functions: service.functions,
    vars,
    fence: 'free',
    timeoutMs: 20_000,
  });
  return service.problems?.(serviceHost('web-1', host.base, parseHostView(said))).map(({ what }) => what) ?? [];
}

async function rejected(work: Promise<unknown>): Promise<HostError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(thrown instanceof HostError, String(thrown));
  return thrown;
}
