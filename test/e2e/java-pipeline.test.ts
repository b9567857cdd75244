import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Argv } from '@slipway/effects/exec';
import { isProblems } from '@slipway/kernel/errors';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { CATALINA_BASE, JAVA_PACKAGES, JOIN_GROUPS, startTomcat } from '../lab/vm/tomcat.ts';
import { createRepository, type GitRepository } from '../support/git-repository.ts';
import { type HostLab, setupFor, sharedHostLab } from '../support/host-lab.ts';
import { type LoadResult, startLoad } from '../support/load.ts';
import { requirePart } from '../support/require.ts';
import { createJob } from '../support/runner/job.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type Inputs, underLoad } from '../support/vm-lab.ts';

const labOf = sharedHostLab({ hosts: 2, recipe: { packages: JAVA_PACKAGES } });
const REPORTS = 'target/surefire-reports/*.xml';

test('a Spring Boot jar goes from its commit to systemd, and back', { timeout: 300_000 }, async (t) => {
  const lab = await javaLab(t);
  if (lab === undefined) return;
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'), { from: fixture('boot-app') });
  const inputs = { environment: 'boot', service: 'systemd', become: 'sudo', 'health-timeout': '90s' };
  t.after(() => onEach(lab, ['systemctl', 'stop', 'shop-boot@blue']));
  await doAsTold(lab, inputs);

  const { load, second } = await goesAndComesBack(lab, origin, inputs, {
    name: 'shop-boot',
    command: 'mvn -B -q verify\nmkdir release\ncp -R bin target/shop.jar release',
    artifact: 'release',
  });

  const control = await startLoad({ url: lab.fleet.url, rate: 100, phase: 'control' });
  const step = await lab.deploy(second, { ...inputs, balancer: '', 'allow-downtime': 'true' });
  const { failed, requests } = await control.stop();
  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.ok(failed > 0, 'the harness must see what a missing drain loses');
  t.diagnostic(`0 of ${load.requests} failed; without a drain ${failed} of ${requests}`);
});

test('a Maven war goes from its commit to Tomcat, and back', { timeout: 300_000 }, async (t) => {
  const lab = await javaLab(t);
  if (lab === undefined) return;
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'), { from: fixture('war-app') });
  t.after(() => onEach(lab, ['systemctl', 'stop', 'tomcat10']));
  await Promise.all(lab.fleet.hosts.map(startTomcat));
  await onEach(lab, JOIN_GROUPS);
  const inputs = {
    service: 'tomcat',
    'tomcat-base': CATALINA_BASE,
    'tomcat-context': 'ROOT',
    'health-timeout': '30s',
  };

  await goesAndComesBack(lab, origin, inputs, {
    name: 'shop-war',
    command: 'mvn -B -q -Drevision="$(git describe --tags --always)" verify',
    artifact: 'target/shop.war',
  });
});

/** Two commits, each built and published by the actions; then deployed, and back to the first while users are there. */
async function goesAndComesBack(
  lab: HostLab,
  origin: GitRepository,
  inputs: Inputs,
  build: Inputs,
): Promise<{ load: LoadResult; second: ReleaseRecord }> {
  const first = await published(lab, origin, 'v1.0.0', build);
  const second = await published(lab, origin, 'v1.0.1', build);
  const deployed = await lab.deploy(first, inputs);
  assert.equal(deployed.outputs.outcome, 'deployed', deployed.log);
  assert.equal(await lab.served(), 'v1.0.0');

  const { load } = await underLoad(lab, async () => {
    const next = await lab.deploy(second, inputs);
    assert.equal(next.outputs.outcome, 'deployed', next.log);
    assert.equal(await lab.served(), 'v1.0.1');
    const back = await lab.rollBack(inputs);
    assert.equal(back.outputs.outcome, 'rolled-back', back.log);
    assert.equal(back.outputs.version, 'v1.0.0');
  });

  assert.equal(await lab.served(), 'v1.0.0');
  assert.deepEqual(Object.keys(load.versions).toSorted(), ['v1.0.0', 'v1.0.1']);
  return { load, second };
}

/** A deployment to hosts that nobody prepared is refused; their administrator does what it prints, and nothing more. */
async function doAsTold(lab: HostLab, inputs: Inputs): Promise<void> {
  const refused = await lab.deploy(await lab.release('v0'), inputs);
  assert.equal(refused.outcome, 'failure', refused.log);
  for (const host of lab.fleet.hosts) await host.asRoot(['sh', '-eu'], { input: setupFor(refused.log, host.name) });
}

async function onEach(lab: HostLab, argv: Argv): Promise<void> {
  await Promise.all(lab.fleet.hosts.map((host) => host.asRoot(argv)));
}

/** A commit, and a job: its first step builds and tests it, its second publishes what was built. */
async function published(
  lab: HostLab,
  origin: GitRepository,
  ref: string,
  { name = 'shop', ...build }: Inputs,
): Promise<ReleaseRecord> {
  origin.commit(ref, { CHANGES: ref, 'bin/changes': ref });
  origin.git('tag', ref);
  await using job = createJob({ code: 'dist' });
  const built = await job.run({
    action: 'checkout-build',
    with: { repository: origin.url, ref, reports: REPORTS, ...build },
  });
  assert.equal(built.outputs.verdict, 'passed', built.log);
  const { artifact = '', version = '', commit = '' } = built.outputs;
  const store = `file://${lab.storeFolder}`;
  const step = await job.run({
    action: 'publish-artifact',
    with: { path: artifact, name, store, version, commit },
  });
  assert.equal(step.outcome, 'success', step.log);
  const record = parseRelease(JSON.parse(step.outputs.release ?? '{}'));
  assert.ok(!isProblems(record), step.log);
  return record;
}

async function javaLab(t: TestContext): Promise<HostLab | undefined> {
  if (requirePart(t, 'mvn') === undefined || requirePart(t, 'javac') === undefined) return undefined;
  return await labOf(t);
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}
