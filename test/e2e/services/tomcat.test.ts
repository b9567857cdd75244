import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readlinkSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { LAB_MARK } from '../../lab/processes.ts';
import { type RunningTomcat, startTomcat } from '../../lab/tomcat.ts';
import { startLoad } from '../../support/load.ts';
import { publishFile } from '../../support/publish-file.ts';
import { requirePart } from '../../support/require.ts';
import type { StepResult } from '../../support/runner/step.ts';
import { until } from '../../support/until.ts';
import { type Inputs, sharedLab, underLoad, type VmLab } from '../../support/vm-lab.ts';
import { warMaker } from '../../support/wars.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.41', code: 'dist' });

interface TomcatLab {
  readonly lab: VmLab;
  readonly tomcats: readonly [RunningTomcat, RunningTomcat];
  /** The record of a war of this version, made and published when it is asked for first. */
  readonly release: (version: string) => Promise<ReleaseRecord>;
  /** The path of the war, for those who do without us. */
  readonly war: (version: string) => string;
  readonly deploy: (release: ReleaseRecord, more?: Inputs) => Promise<StepResult>;
}

const INPUTS: Inputs = {
  service: 'tomcat',
  'tomcat-base': '~/tomcat',
  'tomcat-context': 'ROOT',
  'version-from': 'header:x-version',
  'health-timeout': '20s',
};

test('a war replaces the one before, and a rollback is a new number, without a lost request', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, deploy, release, tomcats } = started;
  await deploy(await release('v1'));

  const { load } = await underLoad(lab, async () => {
    const second = await deploy(await release('v2'));
    assert.equal(second.outputs.outcome, 'deployed', second.log);
    const back = await lab.rollBack(INPUTS);
    assert.equal(back.outputs.outcome, 'rolled-back', back.log);
  });

  assert.equal(await lab.served(), 'v1');
  assert.ok((load.versions.v1 ?? 0) > 0 && (load.versions.v2 ?? 0) > 0, JSON.stringify(load));
  for (const { base } of tomcats) {
    await until('only the proved version is left', () => numbersIn(base).length === 1);
    assert.match(readlinkSync(join(base, 'webapps', 'ROOT##000003.war')), /\/releases\/v1-[0-9a-f]{12}\/shop\.war$/);
  }
  const again = await deploy(await release('v1'));
  assert.equal(again.outputs.outcome, 'unchanged', again.log);
});

test('a war that Tomcat cannot open leaves the one before serving; the step is red and shows what Tomcat said', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, deploy, release, war } = started;
  await deploy(await release('v1'), { 'allow-older': 'true' });
  const file = war('corrupt');
  truncateSync(file, 900);
  const corrupt = await publishFile(lab.storeFolder, 'corrupt', file, 'shop.war');

  const { result } = await underLoad(lab, () => deploy(corrupt, { 'health-timeout': '6s' }));

  assert.equal(result.outcome, 'failure', result.log);
  assert.equal(result.outputs.outcome, 'rolled-back', result.log);
  assert.match(result.log, /answer.*v1|v1.*answer/i);
  assert.match(result.log, /ROOT##\d{6}\.war/);
  assert.equal(await lab.served(), 'v1');
});

test('without a balancer it asks for allow-downtime, since a new version gets requests before it is proved; none is lost', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, deploy, release } = started;
  await deploy(await release('v1'), { 'allow-older': 'true' });
  const [host] = lab.fleet.hosts;
  const alone = { hosts: lab.fleet.inputs.hosts.split('\n')[0] ?? '', balancer: '', environment: 'alone' };
  const load = await startLoad({ url: `http://${host?.address}:${lab.fleet.appPort}`, rate: 100, phase: 'alone' });

  const first = await deploy(await release('v1'), alone);
  const refused = await deploy(await release('v2'), alone);
  const accepted = await deploy(await release('v2'), { ...alone, 'allow-downtime': 'true' });
  const { failed, versions } = await load.stop();

  assert.equal(first.outputs.outcome, 'deployed', first.log);
  assert.match(refused.log, /Without a balancer/);
  assert.equal(accepted.outputs.outcome, 'deployed', accepted.log);
  assert.equal(failed, 0, JSON.stringify(versions));
  assert.ok((versions.v2 ?? 0) > 0);
});

test('control: the war of a running context replaced in place loses requests', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, war, tomcats } = started;
  const [{ base }] = tomcats;
  const url = `http://${lab.fleet.hosts[0]?.address}:${lab.fleet.appPort}`;
  for (const name of numbersIn(base)) rmSync(join(base, 'webapps', name), { recursive: true, force: true });
  const replace = (version: string): void => {
    copyFileSync(war(version), join(base, 'new.war'));
    renameSync(join(base, 'new.war'), join(base, 'webapps', 'ROOT.war'));
  };
  const serves = (version: string): Promise<boolean> =>
    until(version, async () => (await fetch(url).catch(() => undefined))?.headers.get('x-version') === version, 30_000);
  replace('v1');
  await serves('v1');
  const load = await startLoad({ url, rate: 100, phase: 'in place' });

  replace('v2');
  await serves('v2');
  const { failed } = await load.stop();

  rmSync(join(base, 'webapps', 'ROOT.war'));
  assert.ok(failed > 0, 'the harness must see what a replacement in place loses');
});

const REFUSED: readonly (readonly [name: string, bad: Inputs, says: RegExp])[] = [
  [
    'a proof by the process',
    { 'version-from': 'process' },
    /with "service: tomcat" the process outlives its releases[\s\S]*version-from: header:x-version/,
  ],
  ['a context that is no path', { 'tomcat-context': 'shop##7' }, /Input "tomcat-context" cannot be used[\s\S]*or ROOT/],
  [
    'another CATALINA_BASE',
    { 'tomcat-base': '/var/lib/tomcat-none' },
    /runs no Tomcat with the CATALINA_BASE \/var\/lib\/tomcat-none/,
  ],
];
for (const [name, bad, says] of REFUSED) {
  test(`${name} is a clear error, and what runs stays`, async (t) => {
    const started = await tomcatLab(t);
    if (started === undefined) return;
    const { deploy, release, tomcats } = started;
    await deploy(await release('v1'), { 'allow-older': 'true' });
    const before = tomcats.map(({ base }) => numbersIn(base));

    const step = await deploy(await release('v2'), bad);

    assert.equal(step.outcome, 'failure');
    assert.match(step.log, says);
    assert.deepEqual(
      tomcats.map(({ base }) => numbersIn(base)),
      before,
    );
  });
}

let starting: Promise<TomcatLab> | undefined;
after(async () => {
  const { tomcats = [] } = (await starting?.catch(() => undefined)) ?? {};
  await Promise.all(tomcats.map((tomcat) => tomcat.kill()));
});

async function tomcatLab(t: TestContext): Promise<TomcatLab | undefined> {
  if (requirePart(t, 'tomcat10-instance-create') === undefined || requirePart(t, 'javac') === undefined)
    return undefined;
  const lab = await labOf(t);
  if (lab === undefined) return undefined;
  starting ??= startTomcatLab(lab);
  return await starting;
}

async function startTomcatLab(lab: VmLab): Promise<TomcatLab> {
  const { fleet } = lab;
  const folder = join(fleet.folder, 'wars');
  await mkdir(folder);
  const make = warMaker(folder);
  const releases = new Map<string, Promise<ReleaseRecord>>();
  const start = (index: number, host?: string): Promise<RunningTomcat> =>
    startTomcat({
      base: join(fleet.hosts[index]?.folder ?? '', 'home', 'tomcat'),
      address: fleet.hosts[index]?.address ?? '',
      port: fleet.appPort,
      env: { [LAB_MARK]: fleet.folder },
      ...(host === undefined ? {} : { host }),
    });
  return {
    lab,
    tomcats: await Promise.all([start(0), start(1)]),
    war: make,
    release(version) {
      const known = releases.get(version) ?? publishFile(lab.storeFolder, version, make(version), 'shop.war');
      releases.set(version, known);
      return known;
    },
    deploy: (record, more = {}) => lab.deploy(record, { ...INPUTS, ...more }),
  };
}

/** The versions of the context, as links and as folders. */
function numbersIn(base: string): readonly string[] {
  return [...new Set(readdirSync(join(base, 'webapps')).map((name) => name.replace(/\.war$/, '')))];
}
