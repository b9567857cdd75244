import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { textsBelow } from '../support/host-files.ts';
import type { StepResult } from '../support/runner/job.ts';
import { until } from '../support/until.ts';
import { journalOf, ledgerOf, runningOn } from '../support/vm-host-state.ts';
import { killRun, sharedLab, underLoad, untilIntended, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.46', sshPort: 22_146, appPort: 8_146 });
const SPARE = { 'allow-older': 'true', 'min-available': '50%' } as const;
const MIGRATE = { ...SPARE, migrate: 'bin/migrate --all' } as const;

test('a migration runs on one host alone before anything starts, and once however often a deployment is run', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const release = await migrating(lab, 'm2', `[ "$(cat "$SLIPWAY_RELEASE_DIR/VERSION")" = m2 ]`);

  const planned = await lab.deploy(release, { ...MIGRATE, mode: 'plan' });
  assert.match(planned.log, /^ 2 migrate to m2 \(\w{12}\) on web-1$/m);
  assert.deepEqual(migrations(lab, 'm2'), []);

  const run = lab.start('deploy-vm', { ...MIGRATE, release: JSON.stringify(release), 'health-passes': '100' });
  await using _ = run.job;
  await untilIntended(lab, run, 'start');
  await killRun(lab, run);
  assert.deepEqual(migrations(lab, 'm2'), ['begins with v1 before, --all', 'ends']);

  const { result: step } = await underLoad(lab, () => lab.deploy(release, MIGRATE));
  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.match(step.log, /The migration to m2 is done already, as web-1 has written down: it is not run again/);
  assert.equal((await lab.deploy(release, MIGRATE)).outputs.outcome, 'unchanged');

  assert.equal((await lab.rollBack({ to: 'v1' })).outputs.outcome, 'rolled-back');
  assert.equal((await lab.rollBack({ to: 'm2' })).outputs.outcome, 'rolled-back');
  assert.deepEqual(migrations(lab, 'm2'), ['begins with v1 before, --all', 'ends'], 'it ran exactly once');

  await lab.bring('v1');
  assert.equal((await lab.deploy(release, MIGRATE)).outputs.outcome, 'deployed');
  assert.equal(migrations(lab, 'm2').length, 4, 'another deployment is another migration');
});

test('a migration that was cut off is run again, and never beside itself', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const release = await migrating(lab, 'm3', `[ -e ${join(lab.fleet.folder, 'go')} ] || exec sleep 300`);
  const run = lab.start('deploy-vm', { ...MIGRATE, release: JSON.stringify(release), lease: '5s' });
  await using job = run.job;
  await until('the migration runs', () => migrations(lab, 'm3').length === 1);

  await run.cancel();
  await job.post();
  writeFileSync(join(lab.fleet.folder, 'go'), '');
  const { result: step } = await underLoad(lab, () => lab.deploy(release, MIGRATE));

  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.deepEqual(migrations(lab, 'm3'), ['begins with v1 before, --all', 'begins with v1 before, --all', 'ends']);
});

test('a migration that fails ends the deployment before anything that runs was touched', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const before = lab.fleet.hosts.map(runningOn);
  const release = await migrating(lab, 'm4', 'seq 60; echo no such table >&2; exit 4');

  const { result: step } = await underLoad(lab, () => lab.deploy(release, { ...MIGRATE, 'max-failures': '2' }));

  assert.deepEqual([step.outcome, step.outputs.outcome, step.outputs.version], ['failure', 'failed', 'v1'], step.log);
  assert.match(step.log, /web-1: The migration to m4 \(bin\/migrate --all\) ended with status 4\./);
  assert.match(step.summary ?? '', /```text\n12\n(.*\n)*60\nno such table\n/);
  assert.deepEqual(lab.fleet.hosts.map(runningOn), before);
  const kinds = journalOf(lab.fleet.hosts[0]).filter(({ after }) => after.startsWith('m4-'));
  assert.deepEqual([...new Set(kinds.map(({ kind }) => kind))], ['stage']);
});

test('shared folders and files stay from release to release, and come back with none of them', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const shared = 'var/uploads\nconfig/local.yml';
  const [s1, s2] = [await lab.release('s1'), await lab.release('s2')];

  const missing = await lab.deploy(s1, { ...SPARE, shared });
  assert.match(
    missing.log,
    /config\/local\.yml is a shared file, and \S+\/shared\/config\/local\.yml is not there\. Put it there.* <config\/local\.yml/,
  );
  for (const host of lab.fleet.hosts) put(join(base(host), 'shared/config/local.yml'), 'color: red\n');
  assert.equal((await lab.deploy(s1, { ...SPARE, shared })).outputs.outcome, 'deployed');
  const first = lab.fleet.hosts[0];
  const release = (version: string): string => folderOf(first, version);
  assert.equal(readlinkSync(join(release('s1'), 'var/uploads')), '../../../shared/var/uploads');
  put(join(release('s1'), 'var/uploads/a.txt'), 'of a user');

  assert.equal((await lab.deploy(s2, { ...SPARE, shared })).outputs.outcome, 'deployed');
  put(join(release('s2'), 'var/uploads/b.txt'), 'of another');
  assert.equal((await lab.rollBack({ to: 's1' })).outputs.version, 's1');
  assert.deepEqual(readdirSync(join(release('s1'), 'var/uploads')), ['a.txt', 'b.txt']);
  assert.equal(readFileSync(join(release('s1'), 'config/local.yml'), 'utf8'), 'color: red\n');

  const other = await lab.deploy(s1, { ...SPARE, shared: 'var/uploads' });
  assert.match(
    other.log,
    /s1 runs on web-1, web-2 with other shared paths[\s\S]*allowed: .*config\/local\.yml, var\/uploads\//,
  );
  assert.equal((await lab.deploy(s1, { ...SPARE, shared })).outputs.outcome, 'unchanged');

  const shipped = await lab.release('s3', { files: { 'var/uploads/c.txt': 'of the release' } });
  const refused = await lab.deploy(shipped, { ...SPARE, shared });
  assert.match(refused.log, /web-1: s3-\w{12} holds var\/uploads itself, which is shared/);
  assert.equal(await lab.served(), 's1');
});

test('what comes back is started as it was when it was healthy, not as the new one was to be', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const broken = await lab.release('w2', { files: { 'bin/other': '#!/bin/sh\nexit 5\n' } });

  const { result: step } = await underLoad(lab, () => lab.deploy(broken, { ...SPARE, start: 'bin/other' }));

  assert.deepEqual([step.outputs.outcome, step.outputs.version], ['rolled-back', 'v1'], step.log);
  assert.deepEqual(await lab.traffic(), ['web-1-blue up 1', 'web-2-blue up 1']);
  assert.equal((await lab.rollBack({ to: 'v1', start: 'bin/other' })).outputs.outcome, 'unchanged');
});

test('the environment of a release is a part of what runs, comes back with it, and is kept from everybody', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const e1 = await lab.release('e1');
  const steps: StepResult[] = [];
  const deploy = async (token: string, more = {}): Promise<StepResult> => {
    const step = await lab.deploy(e1, { ...SPARE, ...more, 'env-file': envFile(token) });
    steps.push(step);
    return step;
  };

  const begun = await deploy(FIRST);
  assert.equal(begun.outputs.outcome, 'deployed', begun.log);
  assert.deepEqual(tokens(lab), [FIRST, FIRST]);
  assert.equal((await deploy(FIRST)).outputs.outcome, 'unchanged');

  const before = lab.fleet.hosts.map(runningOn);
  const { result: changed } = await underLoad(lab, () => deploy(SECOND));
  assert.equal(changed.outputs.outcome, 'deployed', changed.log);
  assert.deepEqual(tokens(lab), [SECOND, SECOND]);
  for (const [index, host] of lab.fleet.hosts.entries()) assert.notEqual(runningOn(host), before[index]);

  const { result: back } = await underLoad(lab, () => lab.rollBack());
  assert.deepEqual([back.outputs.outcome, back.outputs.version], ['rolled-back', 'e1'], back.log);
  assert.deepEqual(tokens(lab), [FIRST, FIRST]);
  const [last] = ledgerOf(lab.fleet.hosts[0]).slice(-1);
  assert.match(last?.config ?? '', /^[0-9a-f]{32}$/);
  assert.match(last?.badConfig ?? '', /^[0-9a-f]{32}$/);

  const { result: failed } = await underLoad(lab, () =>
    deploy(THIRD, { hooks: 'before-shift on host: sh -c \'[ -z "$API_TOKEN" ]\'' }),
  );
  assert.equal(failed.outputs.outcome, 'rolled-back', failed.log);
  assert.deepEqual(tokens(lab), [FIRST, FIRST], 'the way back has the old environment too');

  const forgotten = await lab.deploy(e1, SPARE);
  assert.match(forgotten.log, /e1, which is live, runs with an environment, and this deployment brings none/);

  const keepers = textsBelow(lab.roots).filter(([, text]) =>
    [FIRST, SECOND, THIRD].some((token) => text.includes(token)),
  );
  for (const [path] of keepers) {
    assert.match(path, /\/(state\/env\/e1-\w{12}\+\w{32}|slots\/blue\.d\/env)$/);
    assert.equal(statSync(path).mode & 0o777, 0o600, path);
  }
  assert.ok(keepers.length >= 4, String(keepers.length));
  for (const { log, outputs, state, summary, env, annotations } of [...steps, back, forgotten]) {
    const told = log + JSON.stringify({ outputs, state, env, summary, annotations });
    for (const token of [FIRST, SECOND, THIRD]) assert.ok(!told.includes(token), 'a secret was told');
  }
});

const [FIRST, SECOND, THIRD] = ['first-7d1f9a3b5c', 'second-7d1f9a3b5', 'third-7d1f9a3b5c'];

/** Values of every kind, one of them secret. */
function envFile(token: string): string {
  return `# for the shop\nAPI_TOKEN=${token}\nexport GREETING="say \\"hi\\", $HOME"\nstart='it''s not ours'\n`.replace(
    "''",
    ' ',
  );
}

/** The variable as each running service has it. */
function tokens(lab: VmLab): readonly string[] {
  return lab.fleet.hosts.map((host) => {
    const variables = readFileSync(`/proc/${runningOn(host).split(' ')[0]}/environ`, 'utf8').split('\0');
    assert.ok(variables.includes('GREETING=say "hi", $HOME'), variables.join('\n'));
    assert.ok(variables.includes('start=it s not ours'));
    assert.ok(variables.includes('SLIPWAY_VERSION=e1'));
    return variables.find((variable) => variable.startsWith('API_TOKEN='))?.slice('API_TOKEN='.length) ?? '';
  });
}

function migrating(lab: VmLab, version: string, then: string) {
  const file = join(lab.fleet.folder, `migrations-${version}`);
  const lines = [`echo "begins with $SLIPWAY_PREVIOUS_VERSION before, $1" >>${file}`, then, `echo ends >>${file}`];
  return lab.release(version, { files: { 'bin/migrate': ['#!/bin/sh', 'set -e', ...lines, ''].join('\n') } });
}

function migrations(lab: VmLab, version: string): readonly string[] {
  const file = join(lab.fleet.folder, `migrations-${version}`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function base(host: { readonly root: string } | undefined): string {
  return join(host?.root ?? '', 'shop', 'production');
}

function folderOf(host: { readonly root: string } | undefined, version: string): string {
  const releases = join(base(host), 'releases');
  return join(releases, readdirSync(releases).find((name) => name.startsWith(`${version}-`)) ?? '');
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
