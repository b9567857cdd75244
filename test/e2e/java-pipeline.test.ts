import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isProblems } from '@slipway/kernel/errors';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { LAB_MARK } from '../lab/processes.ts';
import { startTomcat } from '../lab/tomcat.ts';
import { freePort } from '../support/free-port.ts';
import { createRepository, type GitRepository } from '../support/git-repository.ts';
import { requirePart } from '../support/require.ts';
import { createJob } from '../support/runner/job.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type Inputs, sharedLab, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 1, network: '127.0.44', code: 'dist' });
const REPORTS = 'target/surefire-reports/*.xml';
const ALONE: Inputs = { balancer: '', 'allow-downtime': 'true', 'health-timeout': '90s' };

test('a Maven war goes from its commit to Tomcat, and back', { timeout: 300_000 }, async (t) => {
  const lab = await javaLab(t);
  if (lab === undefined || requirePart(t, 'tomcat10-instance-create') === undefined) return;
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'), { from: fixture('war-app') });
  const [host] = lab.fleet.hosts;
  const tomcat = await startTomcat({
    base: join(host?.folder ?? '', 'tomcat'),
    address: host?.address ?? '',
    port: lab.fleet.appPort,
    env: { [LAB_MARK]: lab.fleet.folder },
  });
  t.after(() => tomcat.kill());
  const inputs = { ...ALONE, service: 'tomcat', 'tomcat-base': tomcat.base, 'tomcat-context': 'ROOT' };

  await goesAndComesBack(lab, origin, inputs, {
    name: 'shop-war',
    command: 'mvn -B -q -Drevision="$(git describe --tags --always)" verify',
    artifact: 'target/shop.war',
  });
});

test('a Spring Boot jar goes from its commit to a host, and back', { timeout: 300_000 }, async (t) => {
  const lab = await javaLab(t);
  if (lab === undefined) return;
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'), { from: fixture('boot-app') });
  const port = await freePort(lab.fleet.hosts[0]?.address ?? '');
  const inputs = {
    ...ALONE,
    environment: 'boot',
    service: 'script',
    health: `http://{address}:${port}/healthz`,
    'version-from': 'header:x-version',
  };

  await goesAndComesBack(lab, origin, inputs, {
    name: 'shop-boot',
    command: 'mvn -B -q verify\nmkdir release\ncp -R bin target/shop.jar release',
    artifact: 'release',
  });
});

/** Two commits, each built, published and deployed by the actions; then back to the first. */
async function goesAndComesBack(lab: VmLab, origin: GitRepository, inputs: Inputs, build: Inputs): Promise<void> {
  for (const version of ['v1.0.0', 'v1.0.1']) {
    origin.commit(version, { CHANGES: version, 'bin/changes': version });
    origin.git('tag', version);
    const release = await published(lab, origin, version, build);
    const deployed = await lab.deploy(release, inputs);
    assert.equal(deployed.outputs.outcome, 'deployed', deployed.log);
    assert.equal(deployed.outputs.version, version);
  }

  const back = await lab.rollBack(inputs);

  assert.equal(back.outputs.outcome, 'rolled-back', back.log);
  assert.equal(back.outputs.version, 'v1.0.0');
}

/** One job: its first step builds and tests the commit, its second publishes what was built. */
async function published(
  lab: VmLab,
  origin: GitRepository,
  ref: string,
  { name = 'shop', ...build }: Inputs,
): Promise<ReleaseRecord> {
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

async function javaLab(t: TestContext): Promise<VmLab | undefined> {
  if (requirePart(t, 'mvn') === undefined || requirePart(t, 'javac') === undefined) return undefined;
  return await labOf(t);
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}
