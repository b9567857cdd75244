import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readlinkSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { CATALINA_BASE, JAVA_PACKAGES, JOIN_GROUPS, startTomcat, webappsOf } from '../../lab/vm/tomcat.ts';
import { type HostLab, sharedHostLab } from '../../support/host-lab.ts';
import { startLoad } from '../../support/load.ts';
import { publishFile } from '../../support/publish-file.ts';
import { requirePart } from '../../support/require.ts';
import type { StepResult } from '../../support/runner/step.ts';
import { until } from '../../support/until.ts';
import { type Inputs, underLoad } from '../../support/vm-lab.ts';
import { warMaker } from '../../support/wars.ts';

const labOf = sharedHostLab({ hosts: 2, recipe: { packages: JAVA_PACKAGES } }, async ({ hosts }) => {
  await Promise.all(hosts.map(startTomcat));
  for (const host of hosts) await host.asRoot(JOIN_GROUPS);
});

interface TomcatLab {
  readonly lab: HostLab;
  /** The webapps of each host, as this machine sees them. */
  readonly webapps: readonly string[];
  /** The record of a war of this version, made and published when it is asked for first. */
  readonly release: (version: string) => Promise<ReleaseRecord>;
  /** The path of the war, for those who do without us. */
  readonly war: (version: string) => string;
  readonly deploy: (release: ReleaseRecord, more?: Inputs) => Promise<StepResult>;
}

const INPUTS: Inputs = {
  service: 'tomcat',
  'tomcat-base': CATALINA_BASE,
  'tomcat-context': 'ROOT',
  'version-from': 'header:x-version',
  'health-timeout': '20s',
};

test('a war replaces the one before, and a rollback is a new number, without a lost request', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, deploy, release, webapps } = started;
  await deploy(await release('v1'));

  const { load } = await underLoad(lab, async () => {
    const second = await deploy(await release('v2'));
    assert.equal(second.outputs.outcome, 'deployed', second.log);
    const back = await lab.rollBack(INPUTS);
    assert.equal(back.outputs.outcome, 'rolled-back', back.log);
  });

  assert.equal(await lab.served(), 'v1');
  assert.ok((load.versions.v1 ?? 0) > 0 && (load.versions.v2 ?? 0) > 0, JSON.stringify(load));
  await provedIn(webapps);
  for (const folder of webapps) {
    assert.match(readlinkSync(join(folder, 'ROOT##000003.war')), /\/releases\/v1-[0-9a-f]{12}\/shop\.war$/);
  }
  const again = await deploy(await release('v1'));
  assert.equal(again.outputs.outcome, 'unchanged', again.log);
});

test('who may not write in webapps is told what an administrator has to do, and that is enough', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, deploy, release } = started;
  for (const host of lab.fleet.hosts) await host.asRoot(['gpasswd', '--delete', 'deploy', 'tomcat']);
  const before = lab.files();

  const refused = await deploy(await release('v1'), { 'allow-older': 'true' });

  assert.equal(refused.outcome, 'failure', refused.log);
  assert.deepEqual(lab.files(), before);
  for (const host of lab.fleet.hosts) {
    const line = new RegExp(`on ${host.name}, as root: (usermod .*)`).exec(refused.log)?.[1];
    assert.ok(line !== undefined, refused.log);
    await host.asRoot(['sh', '-euc', line]);
  }
  const accepted = await deploy(await release('v1'), { 'allow-older': 'true' });
  assert.equal(accepted.outcome, 'success', accepted.log);
});

test('a war that Tomcat cannot open leaves the one before serving; the step is red and shows what Tomcat said', async (t) => {
  const started = await tomcatLab(t);
  if (started === undefined) return;
  const { lab, deploy, release, war, webapps } = started;
  await deploy(await release('v1'), { 'allow-older': 'true' });
  const before = await provedIn(webapps);
  const file = war('corrupt');
  truncateSync(file, 900);
  const corrupt = await publishFile(lab.storeFolder, 'corrupt', file, 'shop.war');

  const { result } = await underLoad(lab, () => deploy(corrupt, { 'health-timeout': '6s' }));

  assert.equal(result.outcome, 'failure', result.log);
  assert.equal(result.outputs.outcome, 'rolled-back', result.log);
  assert.match(result.log, /answer.*v1|v1.*answer/i);
  assert.match(result.log, /ROOT##\d{6}\.war/);
  assert.equal(await lab.served(), 'v1');
  assert.deepEqual(webapps.map(numbersIn), before, 'what served all the time is not deployed again');
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
  const { lab, war, webapps } = started;
  const [folder = ''] = webapps;
  const url = `http://${lab.fleet.hosts[0]?.address}:${lab.fleet.appPort}`;
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  const replace = (version: string): void => {
    copyFileSync(war(version), join(folder, '../new.war'));
    renameSync(join(folder, '../new.war'), join(folder, 'ROOT.war'));
  };
  const serves = (version: string): Promise<boolean> =>
    until(version, async () => (await fetch(url).catch(() => undefined))?.headers.get('x-version') === version, 30_000);
  replace('v1');
  await serves('v1');
  const load = await startLoad({ url, rate: 100, phase: 'in place' });

  replace('v2');
  await serves('v2');
  const { failed } = await load.stop();

  rmSync(join(folder, 'ROOT.war'));
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
    const { deploy, release, webapps } = started;
    await deploy(await release('v1'), { 'allow-older': 'true' });
    const before = await provedIn(webapps);

    const step = await deploy(await release('v2'), bad);

    assert.equal(step.outcome, 'failure');
    assert.match(step.log, says);
    assert.deepEqual(webapps.map(numbersIn), before);
  });
}

let starting: Promise<TomcatLab> | undefined;

async function tomcatLab(t: TestContext): Promise<TomcatLab | undefined> {
  if (requirePart(t, 'tomcat10-instance-create') === undefined || requirePart(t, 'javac') === undefined)
    return undefined;
  const lab = await labOf(t);
  if (lab === undefined) return undefined;
  starting ??= withWars(lab);
  return await starting;
}

async function withWars(lab: HostLab): Promise<TomcatLab> {
  const folder = join(lab.fleet.folder, 'wars');
  await mkdir(folder);
  const make = warMaker(folder);
  const releases = new Map<string, Promise<ReleaseRecord>>();
  return {
    lab,
    webapps: lab.fleet.hosts.map(webappsOf),
    war: make,
    release(version) {
      const known = releases.get(version) ?? publishFile(lab.storeFolder, version, make(version), 'shop.war');
      releases.set(version, known);
      return known;
    },
    deploy: (record, more = {}) => lab.deploy(record, { ...INPUTS, ...more }),
  };
}

/** The versions of the context on each host, once Tomcat has undeployed all but the proved one. */
async function provedIn(webapps: readonly string[]): Promise<readonly (readonly string[])[]> {
  await until('only the proved version is left', () => webapps.every((folder) => numbersIn(folder).length === 1));
  return webapps.map(numbersIn);
}

/** The versions of the context beside what Debian put there, as links and as folders. */
function numbersIn(webapps: string): readonly string[] {
  const numbered = readdirSync(webapps).filter((name) => name.includes('##'));
  return [...new Set(numbered.map((name) => name.replace(/\.war$/, '')))];
}
