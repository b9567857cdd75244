import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ask } from '../support/haproxy.ts';
import { type Listing, listing } from '../support/host-files.ts';
import { runningOn, stateFile } from '../support/vm-host-state.ts';
import { killRun, sharedLab, underLoad, untilIntended, type VmLab } from '../support/vm-lab.ts';

// Three, so that one can be out of service while the others are replaced; from the bundles, as a workflow would.
const labOf = sharedLab({ hosts: 3, network: '127.0.42', code: 'dist' });
const SPARE = { 'min-available': '50%' } as const;

test('a plan of the first deployment writes nothing on hosts that never saw us', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const before = everything(lab);

  const step = await lab.deploy('v1', { mode: 'plan' });

  assert.deepEqual([step.outcome, step.outputs.outcome, step.outputs.version], ['success', 'planned', undefined]);
  assert.deepEqual(everything(lab), before);
  assert.deepEqual(Object.keys(before), [], 'nothing was there');
  assert.match(step.log, /^ 1 stage v1 \(\w{12}\) on web-1, web-2, web-3$/m);
});

test('a plan is the very one that runs then, and writes nothing', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const before = everything(lab);

  const planned = await lab.deploy('v2', { mode: 'plan' });
  assert.deepEqual(everything(lab), before);
  assert.equal(await lab.served(), 'v1');
  const done = await lab.deploy('v2');

  assert.deepEqual([planned.outputs.outcome, done.outputs.outcome], ['planned', 'deployed']);
  assert.equal(planned.outputs.plan, done.outputs.plan);
  const lines = planLines(planned.log);
  assert.deepEqual(lines, planLines(done.log));
  assert.equal(lines.length, 13);
  const report = JSON.parse(done.outputs.report ?? '') as { readonly steps: readonly { readonly title: string }[] };
  assert.deepEqual(
    report.steps.map(({ title }, index) => `${index + 1} ${title}`),
    lines,
  );
});

test('a deployment makes one connection to each host, and again it changes nothing', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const atFirst = connections(lab);

  const { result: step } = await underLoad(lab, () => lab.deploy('v2'));
  assert.equal(step.outputs.outcome, 'deployed', step.log);
  const atLast = connections(lab);
  assert.deepEqual(
    atLast.map((count, index) => count - (atFirst[index] ?? 0)),
    [1, 1, 1, 1],
  );

  const before = { files: lab.files(), running: lab.fleet.hosts.map(runningOn), traffic: await lab.traffic() };
  const { result: again } = await underLoad(lab, () => lab.deploy('v2'));
  assert.deepEqual([again.outcome, again.outputs.outcome, again.outputs.version], ['success', 'unchanged', 'v2']);
  assert.match(again.log, /shop v2 is live in production already: nothing was changed\./);
  assert.deepEqual(
    { files: lab.files(), running: lab.fleet.hosts.map(runningOn), traffic: await lab.traffic() },
    before,
  );
});

test('a member that an operator drained is brought up to date, said, and left out of service', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const toggle = (state: 'drain' | 'ready'): Promise<string> =>
    ask(lab.fleet.haproxy.socket, `set server web/web-2-blue state ${state}`);
  t.after(() => toggle('ready'));
  await toggle('drain');

  const { result: step } = await underLoad(lab, () => lab.deploy('v2', SPARE));
  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.match(step.log, /note: web-2 was drained by somebody else: it is brought up to date and stays out of service/);
  assert.match(step.summary ?? '', /web-2 was drained by somebody else/);
  assert.match(step.summary ?? '', /\| web-2 \| v1 \| v2 \| drained by an operator \|/);
  assert.match((await lab.traffic()).join(), /web-1-blue up 1,web-2-blue out \(\d+\) 1,web-3-blue up 1/);

  const { result: again } = await underLoad(lab, () => lab.deploy('v2', SPARE));
  assert.equal(again.outputs.outcome, 'unchanged', again.log);
  await toggle('ready');
  assert.equal((await lab.deploy('v2', SPARE)).outputs.outcome, 'unchanged');
  assert.equal(await lab.served(), 'v2');
});

for (const wanted of ['v1', 'v2']) {
  test(`a host that a dead run of ours left drained is repaired by the next run, of ${wanted}`, async (t) => {
    const lab = await labOf(t);
    if (lab === undefined) return;
    await lab.bring('v1');
    const slow = { 'health-passes': '100' } as const;
    const dead = lab.start('deploy-vm', { ...slow, release: JSON.stringify(await lab.release('v2')) });
    await using _ = dead.job;
    await untilIntended(lab, dead, 'start');
    await killRun(lab, dead);
    assert.match((await lab.traffic())[0] ?? '', /^web-1-blue out/);

    const { result: step } = await underLoad(lab, () => lab.deploy(wanted));

    assert.equal(step.outputs.outcome, 'deployed', step.log);
    assert.equal(await lab.served(), wanted);
    assert.deepEqual(await lab.traffic(), ['web-1-blue up 1', 'web-2-blue up 1', 'web-3-blue up 1']);
    assert.equal((await lab.deploy(wanted)).outputs.outcome, 'unchanged');
  });
}

test('a run that is cancelled while it loads leaves nothing for its post step, which does nothing', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const before = everything(lab);
  const run = lab.start('deploy-vm', { release: JSON.stringify(await lab.release('v2')) });
  await using job = run.job;

  const main = await run.cancel();
  const [post] = await job.post();

  assert.equal(main.exit.signal, 'SIGINT', 'it had no time to say a word');
  assert.deepEqual([post?.outcome, post?.log], ['success', '']);
  assert.deepEqual(everything(lab), before);
});

test('a service that crashed with its supervisor is started again by the same deployment', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const before = lab.fleet.hosts.map(runningOn);
  const pid = Number(before[1]?.split(' ')[0]);
  process.kill(
    -Number(readFileSync(stateFile(lab.fleet.hosts[1], '../slots/blue.d/supervisor'), 'utf8').split(' ')[0]),
    'SIGKILL',
  );
  process.kill(pid, 'SIGKILL');

  const step = await lab.deploy('v1');

  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.equal(await lab.served(), 'v1');
  const after = lab.fleet.hosts.map(runningOn);
  assert.deepEqual([after[0], after[2]], [before[0], before[2]], 'what ran well was left alone');
});

/** Leases included: a plan takes none. */
function everything(lab: VmLab): Listing {
  return listing(lab.roots);
}

function connections(lab: VmLab): readonly number[] {
  return [...lab.fleet.hosts, lab.fleet.balancer].map(({ sshd }) => sshd.connections());
}

/** The plan as it is announced; the steps as they end are told with their times. */
function planLines(log: string): readonly string[] {
  return log
    .split('\n')
    .filter((line) => /^ *\d+ (stage|shift|start|probe) .*[^s]$/.test(line))
    .map((line) => line.trim());
}
