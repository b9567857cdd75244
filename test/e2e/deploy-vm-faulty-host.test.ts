import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { unfinished } from '@slipway/rollout/journal';
import { type FaultKind, type FaultPoint, faultyHosts } from '../support/faulty-host.ts';
import { until } from '../support/until.ts';
import { journalOf, ledgerOf } from '../support/vm-host-state.ts';
import { type Inputs, sharedLab, underLoad, type VmLab } from '../support/vm-lab.ts';

/** All of them, or those of some steps: `FAULTS=all` or `FAULTS=start,probe npm test -- test/e2e/deploy-vm-faulty-host.test.ts`. */
const WANTED = (process.env.FAULTS ?? '').split(',');

const hosts = faultyHosts();
const labOf = sharedLab({ hosts: 3, network: '127.0.44', config: hosts.config });
after(() => hosts[Symbol.asyncDispose]());

/** Two hosts at a time, so that there is another one beside the one that fails. */
const INPUTS: Inputs = { batch: '2', 'min-available': '1', lease: '4s', 'lock-wait': '60s' };

interface Case {
  readonly step: string;
  readonly point: FaultPoint;
  readonly kind: FaultKind;
  /** Default: the first member. */
  readonly balancer?: boolean;
  /** Part of every run of the tests. */
  readonly sample?: boolean;
}

const KINDS: readonly FaultKind[] = ['kill', 'hang', 'garbage'];
const SAMPLES = ['stage hang', 'probe garbage'];
const STEPS: readonly (readonly [step: string, point: FaultPoint])[] = [
  ['lock', 'acquire'],
  ['observe', 'observe'],
  ['stage', 'stage'],
  ['shift', 'note'],
  ['start', 'start'],
  ['probe', 'status'],
  ['record', 'record'],
];
const CASES: readonly Case[] = [
  ...STEPS.flatMap(([step, point]) =>
    KINDS.map((kind) => ({ step, point, kind, sample: SAMPLES.includes(`${step} ${kind}`) })),
  ),
  ...(['acquire', 'observe', 'note', 'record'] as const).map((point): Case => {
    return { step: 'balancer', point, kind: 'kill', balancer: true };
  }),
];

test('a host that dies, hangs or talks nonsense at any step is named; the others finish theirs, and users notice nothing', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  for (const each of CASES.filter(({ step, sample }) => isWanted(step) || sample === true)) {
    const who = each.balancer === true ? "the balancer's host" : 'a host';
    await t.test(`${each.step}: ${who}, ${each.kind} at ${each.point}`, () => fails(lab, each));
  }
});

test('a host that fails when a release is taken away again is named as well', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  for (const kind of isWanted('retire') ? KINDS : [])
    await t.test(`retire: ${kind}`, (sub) => failsInRetire(sub, lab, kind));
});

test('within max-failures the others go on without the host that died, and the next run brings it back', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  hosts.arm(addressOf(lab, 0), 'start', 'kill');

  const { result: step } = await underLoad(lab, () => lab.deploy('v2', { ...INPUTS, 'max-failures': '1' }));

  assert.ok(hosts.struck(), step.log);
  assert.deepEqual([step.outcome, step.outputs.outcome, step.outputs.version], ['success', 'deployed', 'v2'], step.log);
  assert.match(step.log, /web-1: The step "start" on web-1 did not begin/);
  assert.match((await lab.traffic())[0] ?? '', /^web-1-blue out /, 'nobody is sent to it');
  assert.deepEqual((await lab.traffic()).slice(1), ['web-2-blue up 1', 'web-3-blue up 1']);
  assert.equal((await lab.deploy('v2', INPUTS)).outputs.outcome, 'deployed');
  await allInService(lab);
  assert.equal(await lab.served(), 'v2');
  assert.equal(ledgerOf(lab.fleet.hosts[0]).at(-1)?.number, ledgerOf(lab.fleet.hosts[1]).at(-1)?.number);
});

async function fails(lab: VmLab, { point, kind, balancer = false }: Case): Promise<void> {
  const before = await lab.served();
  // A release that no host has yet, so that there is something to stage.
  const wanted = `v-${point}-${kind}${balancer ? '-lb' : ''}`;
  hosts.arm(balancer ? lab.fleet.balancer.address : addressOf(lab, 0), point, kind);

  const { result } = await underLoad(lab, async () => {
    const run = lab.start('deploy-vm', { ...INPUTS, release: JSON.stringify(await lab.release(wanted)) });
    await using job = run.job;
    const main = await run.step;
    assert.ok(hosts.struck(), `nothing went wrong:\n${main.log}`);
    if (!balancer) {
      for (const host of lab.fleet.hosts.slice(1)) {
        const own = journalOf(host).filter((line) => line.run === run.runId);
        assert.deepEqual(unfinished(own), [], `${host.name} was cut short by its neighbour:\n${main.log}`);
        assert.deepEqual(
          own.filter(({ state }) => state === 'failed'),
          [],
          host.name,
        );
      }
    }
    for (const post of await job.post()) assert.equal(post.outcome, 'success', post.log);
    assert.deepEqual(job.orphans(), []);
    return main;
  });

  const name = balancer ? lab.fleet.balancer.address : 'web-1';
  assert.equal(result.outcome, 'failure', result.log);
  assert.match(result.log, new RegExp(`${name}.*(did not begin|broke off|is lost|no answer)`), result.log);
  if (kind === 'garbage') assert.match(result.log, /it is out of its mind/, 'its last words are told');
  assert.doesNotMatch(result.log, /^\s+at .*\.ts:\d+/m, 'no bug of ours');
  assert.deepEqual(
    result.annotations.filter(({ message }) => message.startsWith('no command of ours')),
    [],
  );
  if (point !== 'record') {
    assert.equal(await lab.served(), before, result.log);
    await allInService(lab);
  }
  const again = await lab.deploy(wanted, { ...INPUTS, 'allow-older': 'true' });
  assert.match(again.outputs.outcome ?? '', /^(deployed|unchanged)$/, again.log);
  assert.equal(await lab.served(), wanted);
  await allInService(lab);
}

/** A first deployment that fails has nothing to go back to: what was started is stopped. */
async function failsInRetire(t: TestContext, lab: VmLab, kind: FaultKind): Promise<void> {
  const environment = `fresh-${kind}`;
  const broken = JSON.stringify(await lab.release('v9', { flaw: 'unhealthy' }));
  const inputs = { ...INPUTS, environment, balancer: '', health: `http://{address}:${lab.fleet.appPort + 7}/healthz` };
  hosts.arm(addressOf(lab, 0), 'stop', kind);
  t.after(() => hosts.disarm());

  const run = lab.start('deploy-vm', { ...inputs, 'health-timeout': '1s', release: broken });
  await using job = run.job;
  const main = await run.step;
  await job.post();
  await until('every process of it is gone', () => job.orphans().length === 0);

  assert.ok(hosts.struck(), main.log);
  assert.equal(main.outcome, 'failure');
  assert.match(main.log, /web-1: The step "stop" on web-1 (did not begin|broke off)/, main.log);
}

function isWanted(step: string): boolean {
  return WANTED.includes('all') || WANTED.includes(step);
}

async function allInService(lab: VmLab): Promise<void> {
  assert.deepEqual(await lab.traffic(), ['web-1-blue up 1', 'web-2-blue up 1', 'web-3-blue up 1']);
}

function addressOf(lab: VmLab, index: number): string {
  return lab.fleet.hosts[index]?.address ?? '';
}
