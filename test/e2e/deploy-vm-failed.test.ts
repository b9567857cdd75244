import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { takenAddress } from '../lab/ports.ts';
import { until } from '../support/until.ts';
import { killService, ledgerOf, runningOn } from '../support/vm-host-state.ts';
import { killRun, sharedLab, underLoad, untilIntended } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.41' });

test('a release whose health check never passes comes back by itself, and users notice nothing', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const broken = await lab.release('v3', { flaw: 'unhealthy' });
  const untouched = runningOn(lab.fleet.hosts[1]);

  const { result: step, load } = await underLoad(lab, () => lab.deploy(broken, { 'health-timeout': '1s' }));

  assert.deepEqual([step.outcome, step.outputs.outcome, step.outputs.version], ['failure', 'rolled-back', 'v1']);
  assert.match(step.log, /web-1: .*\/healthz did not become healthy within 1s: status 500: .*"healthy":false/);
  assert.match(step.log, /shop v3 failed in production and was taken back: v1 is live, 2 of 2 members in service/);
  assert.deepEqual(Object.keys(load.versions), ['v1'], 'nobody ever saw v3');
  assert.equal(await lab.served(), 'v1');
  assert.deepEqual(await lab.traffic(), ['web-1-blue up 1', 'web-2-blue up 1']);
  assert.equal(runningOn(lab.fleet.hosts[1]), untouched, 'the second host was never touched');
  for (const host of [...lab.fleet.hosts, lab.fleet.balancer]) {
    const last = ledgerOf(host).at(-1);
    assert.deepEqual([last?.outcome, last?.release.version], ['rolled-back', 'v3']);
  }
  assert.equal((await lab.deploy('v1')).outputs.outcome, 'unchanged');
});

test('a port that somebody else has is named with its owner, and the member stays out of service', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const [first, second] = lab.fleet.hosts;
  const serving = runningOn(second);
  await killService(first);
  await until(
    'its port is free',
    async () => (await takenAddress([first?.address ?? ''], lab.fleet.appPort)) === undefined,
  );
  const squatter = createServer((socket) => void socket.destroy());
  await new Promise<void>((resolve) => void squatter.listen(lab.fleet.appPort, first?.address, resolve));
  t.after(() => squatter.close());
  await until('the balancer calls it down', async () => (await lab.traffic())[0] === 'web-1-blue down 1');

  const { result: step } = await underLoad(lab, () => lab.deploy('v2'));

  assert.deepEqual([step.outcome, step.outputs.outcome, step.outputs.version], ['failure', 'rolled-back', 'v1']);
  const owner = `Port ${lab.fleet.appPort} of ${first?.address} is in use by another program: pid ${process.pid} (`;
  assert.ok(step.log.includes(`web-1: ${owner}`), step.log);
  assert.equal(runningOn(second), serving, 'the member that serves was never touched');
  assert.equal((await lab.traffic())[1], 'web-2-blue up 1');

  await new Promise<void>((resolve) => void squatter.close(() => resolve()));
  const { result: again } = await underLoad(lab, () => lab.deploy('v2'));
  assert.equal(again.outputs.outcome, 'deployed', again.log);
  assert.equal(await lab.served(), 'v2');
});

test('a start script that ends at once is told with its last words, and the old version serves', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const ends = await lab.release('v4', { flaw: 'ends' });

  const { result: step } = await underLoad(lab, () => lab.deploy(ends));

  assert.equal(step.outputs.outcome, 'rolled-back', step.log);
  assert.match(step.log, /web-1: bin\/start of v4-\w{12} ended at once with status 3\./);
  assert.match(step.log, /^cannot go on$/m);
  assert.doesNotMatch(step.log, /not found/);
  assert.equal(await lab.served(), 'v1');
});

test('two deployments at once go one after the other, and none is lost', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const line = { ref: 'refs/heads/main' } as const;
  const [old, younger] = [
    await lab.release('v11', { ...line, run: 11 }),
    await lab.release('v12', { ...line, run: 12 }),
  ];
  const before = ledgerOf(lab.fleet.hosts[0]).length;

  const { result } = await underLoad(lab, async () => {
    const steps = await Promise.all([lab.deploy(old), lab.deploy(younger), lab.deploy(younger)]);
    return steps;
  });

  const [first, ...others] = result;
  const outcomes = result.map(({ outputs }) => outputs.outcome).join(' ');
  // Whoever came first: the younger release is live at the end, once deployed, and found so by the other run.
  assert.match(first?.outputs.outcome ?? '', /^(deployed|superseded)$/, outcomes);
  assert.deepEqual(new Set(others.map(({ outputs }) => outputs.outcome)), new Set(['deployed', 'unchanged']), outcomes);
  assert.ok(
    result.filter(({ log }) => /is held by run \d+, attempt 1 \(https:.*; waiting up to/.test(log)).length >= 2,
  );
  assert.equal(await lab.served(), 'v12');
  const lines = ledgerOf(lab.fleet.hosts[0]).slice(before);
  assert.deepEqual(
    lines.map(({ release }) => release.version),
    first?.outputs.outcome === 'deployed' ? ['v11', 'v12'] : ['v12'],
  );
  assert.deepEqual(
    lines.map(({ number }) => number),
    lines.map((_, index) => before + 1 + index),
  );
});

test('a deployment that may not wait says who has the lease, and changes nothing', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const slow = { 'health-passes': '100', 'health-interval': '100ms', 'health-timeout': '30s' } as const;
  const holder = lab.start('deploy-vm', { ...slow, release: JSON.stringify(await lab.release('v2')) });
  await using _ = holder.job;
  await untilIntended(lab, holder, 'shift');

  const step = await lab.deploy('v5', { 'lock-wait': '200ms' });

  assert.equal(step.outcome, 'failure');
  assert.match(step.log, /is held by another run, still after 200ms/);
  assert.match(step.log, /gh run cancel \d+ --repo acme\/shop/);
  assert.equal(readFileSync(`${lab.roots[0]}/shop/production/state/journal.jsonl`, 'utf8').includes('v5-'), false);
  await killRun(lab, holder);
  await lab.bring('v1');
});
