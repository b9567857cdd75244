import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { ledgerOf, stateFile } from '../support/vm-host-state.ts';
import { sharedLab, underLoad, untilIntended, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.44' });

test('where nothing was ever deployed there is nothing to go back to', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;

  const step = await lab.rollBack();

  assert.equal(step.outcome, 'failure');
  assert.match(
    step.log,
    /There is nothing to go back to: no release has finished healthy here yet\.\n.*deploy a release/,
  );
  const written = Object.keys(lab.files()).filter((path) => !/\/(shop|production|host-id)$/.test(path));
  assert.deepEqual(written, [], 'nothing but what the lease needs');
});

test('with one release there is nothing to go back to, and the one goes on', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const before = lab.files();

  const step = await lab.rollBack();

  assert.equal(step.outcome, 'failure');
  assert.match(
    step.log,
    /There is nothing to go back to.*\n +allowed: healthy releases in the ledger: v1 \(\w{12}, live\)/,
  );
  assert.deepEqual(lab.files(), before);
  assert.equal(await lab.served(), 'v1');
});

test('v3 goes back to v2, then to v1, then nowhere: never to what was left', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  for (const version of ['v1', 'v2', 'v3']) await lab.bring(version);

  const { result: steps } = await underLoad(lab, async () => [
    await lab.rollBack(),
    await lab.rollBack(),
    await lab.rollBack(),
  ]);

  assert.deepEqual(
    steps.map(({ outcome, outputs }) => [outcome, outputs.outcome, outputs.version, outputs['previous-version']]),
    [
      ['success', 'rolled-back', 'v2', 'v3'],
      ['success', 'rolled-back', 'v1', 'v2'],
      ['failure', undefined, undefined, undefined],
    ],
  );
  assert.match(steps[2]?.log ?? '', /nothing to go back to: every other healthy release was rolled back from/);
  assert.match(steps[2]?.log ?? '', /v3 \(\w{12}, rolled back from\)/);
  assert.equal(await lab.served(), 'v1');
});

test('a broken release that came back by itself is never what a rollback takes', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  for (const version of ['v1', 'v2']) await lab.bring(version);
  const broken = await lab.release('v9', { flaw: 'unhealthy' });
  assert.equal((await lab.deploy(broken, { 'health-timeout': '500ms' })).outputs.outcome, 'rolled-back');

  const step = await lab.rollBack();

  assert.deepEqual([step.outputs.outcome, step.outputs.version], ['rolled-back', 'v1'], step.log);
});

test('what lies on the hosts is taken from there: the store may be gone', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  for (const version of ['v1', 'v2']) await lab.bring(version);
  withoutStore(t, lab);

  const { result: step } = await underLoad(lab, () => lab.rollBack({ to: 'v1' }));

  assert.deepEqual([step.outputs.outcome, step.outputs.version], ['rolled-back', 'v1'], step.log);
  assert.equal(await lab.served(), 'v1');
});

test('what was removed from a host is fetched for it, and without the store that is a clear error', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const v1 = await lab.release('v1');
  for (const version of ['v1', 'v2']) await lab.bring(version);
  forget(lab, v1);

  renameSync(lab.storeFolder, `${lab.storeFolder}-away`);
  const { result: failed } = await underLoad(lab, () => lab.rollBack({ to: 'v1' }));
  renameSync(`${lab.storeFolder}-away`, lab.storeFolder);
  assert.equal(failed.outcome, 'failure');
  assert.ok(failed.log.includes(lab.storeFolder), failed.log);
  assert.equal(await lab.served(), 'v2');

  const { result: step } = await underLoad(lab, () => lab.rollBack({ to: 'v1' }));
  assert.deepEqual([step.outputs.outcome, step.outputs.version], ['rolled-back', 'v1'], step.log);
  assert.equal(await lab.served(), 'v1');
});

test('a rollback goes to a version, a digest or the previous one, and says what it does not know', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const v3 = await lab.release('v3');
  for (const version of ['v3', 'v1', 'v2']) await lab.bring(version);

  const unknown = await lab.rollBack({ to: 'v7' });
  assert.match(
    unknown.log,
    /No healthy release of this name is in the ledger\.\n +got: +v7\n +allowed: .*v2 \(\w{12}, live/,
  );
  const planned = await lab.rollBack({ to: 'previous', mode: 'plan' });
  assert.deepEqual([planned.outputs.outcome, planned.outputs.version], ['planned', 'v2']);

  for (const [to, version] of [
    ['previous', 'v1'],
    [v3.digest, 'v3'],
  ] as const) {
    const step = await lab.rollBack({ to });
    assert.deepEqual([step.outputs.outcome, step.outputs.version], ['rolled-back', version], step.log);
    assert.equal(await lab.served(), version);
  }
  const again = await lab.rollBack({ to: 'v3' });
  assert.deepEqual([again.outcome, again.outputs.outcome], ['success', 'unchanged'], again.log);
  const last = ledgerOf(lab.fleet.hosts[0]).at(-1);
  assert.deepEqual([last?.kind, last?.release.version, last?.previous?.version], ['rollback', 'v3', 'v1']);
});

test('a rollback that is cancelled is taken back by its post step', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  for (const version of ['v1', 'v2']) await lab.bring(version);

  await underLoad(lab, async () => {
    const run = lab.start('rollback', { to: 'v1', 'health-passes': '20' });
    await using job = run.job;
    await untilIntended(lab, run, 'start');
    const main = await run.cancel();
    assert.match(main.log, /was interrupted; the next run goes on from here/);
    const [post] = await job.post();
    assert.equal(post?.outcome, 'success', post?.log);
    assert.equal(await lab.served(), 'v2');
  });
  assert.equal((await lab.rollBack({ to: 'v1' })).outputs.outcome, 'rolled-back');
  assert.equal(await lab.served(), 'v1');
});

function withoutStore(t: TestContext, lab: VmLab): void {
  renameSync(lab.storeFolder, `${lab.storeFolder}-away`);
  t.after(() => renameSync(`${lab.storeFolder}-away`, lab.storeFolder));
}

/** As when somebody made room on the second host. */
function forget(lab: VmLab, { version, digest }: ReleaseRecord): void {
  const host = lab.fleet.hosts[1];
  const folder = `${version}-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  rmSync(join(host?.root ?? '', 'shop', 'production', 'releases', folder), { recursive: true });
  rmSync(stateFile(host, join('releases', folder)));
}
