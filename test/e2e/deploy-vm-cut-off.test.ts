import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { live } from '@slipway/rollout/ledger';
import type { Load } from '../support/load.ts';
import { journalOf, ledgerOf, runningOn } from '../support/vm-host-state.ts';
import { killRun, type Started, sharedLab, underLoad, untilIntended, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.43' });

/** Another one tries other moments: `SEED=7 npm test -- test/e2e/deploy-vm-cut-off.test.ts`. */
const SEED = Number(process.env.SEED ?? 1);
const CANCELS = 12;
const KILLS = 5;
/** By then a cancelled run has begun whatever it still does before it ends. */
const STOP_MS = 2_000;

test('the very first deployment, cancelled: post has nothing to bring back, and the next run converges', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const run = lab.start('deploy-vm', { release: JSON.stringify(await lab.release('v1')) });
  await using job = run.job;
  await untilIntended(lab, run, 'start');

  await run.cancel();
  await nothingUnproven(lab, run, ['', '']);
  const [post] = await job.post();

  assert.equal(post?.outcome, 'success');
  assert.match(post?.log ?? '', /Nothing was live here before, so there is nothing to bring back/);
  assert.equal((await lab.deploy('v1')).outputs.outcome, 'deployed');
  assert.equal(await lab.served(), 'v1');
});

test('cancelled at any moment: nothing unproven gets traffic, post finishes, the next run converges', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const pace = await paceOf(lab);
  await underLoad(lab, async (load) => {
    for (const [index, share] of moments(CANCELS, SEED).entries()) {
      // A runner that is shut down skips post: then the next run has to repair.
      const post = index % 2 === 0;
      const name = `SIGINT after ${Math.round(share * 100)} % of a deployment${post ? '' : ', and no post'}`;
      await t.test(name, () => cancelled({ lab, pace, load, share, name }, post));
    }
    await converges(lab, pace, 'v2');
  });
});

test('killed at any moment: users notice nothing, and the next run converges alone', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const pace = await paceOf(lab);
  await underLoad(lab, async (load) => {
    for (const share of moments(KILLS, SEED + 1)) {
      const name = `SIGKILL after ${Math.round(share * 100)} % of a deployment`;
      await t.test(name, () => killed({ lab, pace, load, share, name }));
    }
  });
});

interface Trial {
  readonly lab: VmLab;
  readonly pace: Pace;
  readonly load: Load;
  /** Of a deployment's time. */
  readonly share: number;
  readonly name: string;
}

async function cancelled({ lab, pace, load, share, name }: Trial, post: boolean): Promise<void> {
  await load.phase(name);
  const wanted = pace.other(await lab.served());
  const before = lab.fleet.hosts.map(runningOn);
  const run = lab.start('deploy-vm', { release: JSON.stringify(await lab.release(wanted)) });
  await using job = run.job;

  await sleep(share * pace.ms());
  const ending = run.cancel();
  await Promise.race([ending, sleep(STOP_MS)]);
  const intents = intentsOf(lab, run);
  await nothingUnproven(lab, run, before);
  const main = await ending;
  assert.deepEqual(intentsOf(lab, run), intents, `something new began later than ${STOP_MS} ms:\n${main.log}`);

  assert.deepEqual(job.orphans(), []);
  if (!post) return await converges(lab, pace, wanted);

  const promised = liveIn(lab);
  for (const step of await job.post()) assert.equal(step.outcome, 'success', step.log);
  assert.equal(await lab.served(), promised, main.log);
  assert.equal(liveIn(lab), promised, 'post brings back, and deploys nothing');
  await allInService(lab);
}

async function killed({ lab, pace, load, share, name }: Trial): Promise<void> {
  await load.phase(name);
  const wanted = pace.other(await lab.served());
  const before = lab.fleet.hosts.map(runningOn);
  const run = lab.start('deploy-vm', { release: JSON.stringify(await lab.release(wanted)) });
  await using _ = run.job;

  await sleep(share * pace.ms());
  await killRun(lab, run);
  await nothingUnproven(lab, run, before);

  await converges(lab, pace, wanted);
}

/** What was started anew has traffic only after its probe: the run then announces that traffic in the journal. */
async function nothingUnproven(lab: VmLab, { runId }: Started, before: readonly string[]): Promise<void> {
  const traffic = await lab.traffic();
  for (const [index, host] of lab.fleet.hosts.entries()) {
    const own = journalOf(host).filter(({ run }) => run === runId);
    const isOut = (traffic[index] ?? '').includes(' out ');
    const isNew = runningOn(host) !== before[index];
    const isProven = own.some(({ kind, after }) => kind === 'shift' && after === 'blue=100');
    if (isNew && !isProven) assert.ok(isOut, `${host.name} has traffic, and was never proved`);
    if (isNew || isOut) assert.ok(own.length > 0, `${host.name} was changed without a word in its journal`);
  }
}

function intentsOf(lab: VmLab, { runId }: Started): readonly string[] {
  return [...lab.fleet.hosts, lab.fleet.balancer]
    .flatMap(journalOf)
    .filter(({ run, state }) => run === runId && state === 'intent')
    .map(({ member, step, kind }) => `${member} ${step} ${kind}`);
}

async function converges(lab: VmLab, pace: Pace, wanted: string): Promise<void> {
  const step = await lab.deploy(wanted);
  assert.match(step.outputs.outcome ?? '', /^(deployed|unchanged)$/, step.log);
  assert.equal(await lab.served(), wanted);
  await allInService(lab);
  if (step.outputs.outcome === 'deployed') pace.took(step.ms);
}

function liveIn(lab: VmLab): string | undefined {
  return live(ledgerOf(lab.fleet.hosts[0]))?.version;
}

async function allInService(lab: VmLab): Promise<void> {
  assert.deepEqual(await lab.traffic(), ['web-1-blue up 1', 'web-2-blue up 1']);
}

/** How long a deployment takes on this machine just now, and where it goes. */
interface Pace {
  ms(): number;
  took(ms: number): void;
  other(version: string): string;
}

async function paceOf(lab: VmLab): Promise<Pace> {
  await lab.bring('v1');
  await lab.release('v2');
  let ms = (await lab.deploy('v2')).ms;
  return {
    ms: () => ms,
    took(now) {
      ms = now;
    },
    other: (version) => (version === 'v1' ? 'v2' : 'v1'),
  };
}

/** As many random parts of 1, one in each of as many equal pieces, so that every stage of a deployment is met. */
function moments(count: number, seed: number): readonly number[] {
  let state = seed;
  return Array.from({ length: count }, (_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (index + state / 2 ** 32) / count;
  });
}
