import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SlotName } from '@slipway/strategy/topology';
import { ask } from '../support/haproxy.ts';
import { startLoad } from '../support/load.ts';
import type { StepResult } from '../support/runner/job.ts';
import { until } from '../support/until.ts';
import { leaderIn } from '../support/vm-host-state.ts';
import { type Inputs, sharedLab, type VmLab } from '../support/vm-lab.ts';

// Two slots on each of two hosts behind a map; from the bundles, as a workflow would.
const labOf = sharedLab({ hosts: 2, network: '127.0.51', appPort: 18_510, slots: true, code: 'dist' });
const LOAD = { rate: 150, users: 997 } as const;
const BLUE_GREEN = { strategy: 'blue-green' } as const;
const EACH_LOOK = { 'gate-interval': '200ms' } as const;

test('users move from side to side at one switch, forth and back, and none of them loses a request', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  assert.equal((await lab.deploy('v1', BLUE_GREEN)).outputs.outcome, 'deployed');
  const first = await sideOf(lab);
  const load = await startLoad({ ...LOAD, url: lab.fleet.url, phase: 'deploy v2' });

  const two = await lab.deploy('v2', { ...BLUE_GREEN, checks: checkFor(lab, 'v2') });
  assert.equal(two.outputs.outcome, 'deployed', two.log);
  assert.match(two.log, /check .*: passed in/);
  assert.match(two.log, /seen v2, v2 before any user/);
  assert.notEqual(await sideOf(lab), first);
  await load.phase('a check that fails');
  const refused = await lab.deploy('v3', { ...BLUE_GREEN, checks: 'sh -c "echo not this one; exit 1"' });
  assert.equal(refused.outputs.outcome, 'rolled-back', refused.log);
  assert.match(refused.log, /not this one/);
  await load.phase('deploy v3');
  assert.equal((await lab.deploy('v3', BLUE_GREEN)).outputs.outcome, 'deployed');
  assert.equal(await sideOf(lab), first, 'the idle side is used again');
  await load.phase('again');
  assert.equal((await lab.deploy('v3', BLUE_GREEN)).outputs.outcome, 'unchanged');
  await load.phase('roll back');
  const back = await lab.rollBack();
  const { phases, failed, errors } = await load.stop();

  assert.deepEqual([back.outputs.outcome, back.outputs.version], ['rolled-back', 'v2'], back.log);
  assert.deepEqual(kinds(back), ['probe', 'shift'], 'a warm side is back with one switch');
  t.diagnostic(
    phases.map(({ name, requests, failed: lost }) => `${name}: ${requests} requests, ${lost} failed`).join('; '),
  );
  assert.equal(failed, 0, JSON.stringify(errors));
  assert.deepEqual(
    phases.map(({ versions }) => Object.keys(versions).toSorted().join()),
    ['v1,v2', 'v2', 'v2,v3', 'v3', 'v2,v3'],
  );
});

test('a canary rises step by step while its gates hold', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await live(lab, 'v2');
  const load = await startLoad({ ...LOAD, url: lab.fleet.url, phase: 'canary' });

  const step = await lab.deploy('v4', {
    ...EACH_LOOK,
    strategy: 'canary',
    steps: '5% for 1500ms\n50% for 1s\n100%',
    gates: 'errors <= 0% of 2\ntime <= 900ms of 2',
    'keep-warm': 'false',
  });
  const { failed, errors, versions } = await load.stop();

  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.deepEqual(
    kinds(step).filter((kind) => kind !== 'probe'),
    ['stage', 'start', 'shift', 'soak', 'shift', 'soak', 'shift', 'retire'],
  );
  assert.equal(step.log.match(/gate errors <= 0% of 2: 0 of \d+ requests failed/g)?.length, 2, step.log);
  assert.equal(failed, 0, JSON.stringify(errors));
  t.diagnostic(`answers by version: ${JSON.stringify(versions)}`);
  assert.deepEqual(Object.keys(versions).toSorted(), ['v2', 'v4']);
});

test('a canary that fails its users is taken back by its gate, and only its own share ever failed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await live(lab, 'v4');
  const side = await sideOf(lab);
  const bad = await lab.release('v5', { flaw: 'failing' });
  const load = await startLoad({ ...LOAD, url: lab.fleet.url, phase: 'bad canary' });

  const step = await lab.deploy(bad, {
    ...EACH_LOOK,
    strategy: 'canary',
    steps: '20% for 20s, 100%',
    gates: 'errors <= 5% of 10',
  });
  await load.phase('after it');
  const after = await lab.deploy('v4', { ...BLUE_GREEN, 'allow-older': 'true' });
  const { phases } = await load.stop();

  assert.equal(step.outputs.outcome, 'rolled-back', step.log);
  assert.match(step.log, /the gate "errors <= 5% of 10" is broken: \d+ of \d+ requests failed, \d+\.\d\d %/);
  assert.equal(kinds(step, 'back')[0], 'shift', 'traffic first');
  assert.equal(await sideOf(lab), side);
  assert.equal(after.outputs.outcome, 'unchanged', after.log);
  const [during, later] = phases;
  t.diagnostic(`bad canary: ${during?.failed} of ${during?.requests} requests failed`);
  assert.deepEqual(Object.keys(during?.errors ?? {}), ['status 500'], 'only what the canary itself answered');
  assert.ok((during?.failed ?? 0) < 0.2 * (during?.requests ?? 0), JSON.stringify(during));
  assert.deepEqual([later?.failed, Object.keys(later?.versions ?? {})], [0, ['v4']]);
});

test('the harness sees what is lost when nobody waits for the requests in flight', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await live(lab, 'v2');
  await live(lab, 'v3');
  const side = await sideOf(lab);
  const leaders = lab.fleet.hosts.map((host) => leaderIn(host, side));
  const load = await startLoad({ ...LOAD, url: lab.fleet.url, phase: 'no drain' });

  await until('slow requests are in flight', async () => (await inFlight(lab, side)) >= 4);
  await ask(lab.fleet.haproxy.socket, `set map ${mapOf(lab)} green ${side === 'green' ? 0 : 10_000}`);
  // At once: a moment later the slow requests would have ended by themselves.
  for (const leader of leaders) process.kill(-leader, 'SIGKILL');
  const { failed, errors } = await load.stop();

  t.diagnostic(`without a drain: ${failed} failed, ${JSON.stringify(errors)}`);
  assert.ok(failed > 0, 'a switch without a drain must show');
});

/** Requests that the servers of a side have now, as HAProxy counts them. */
async function inFlight(lab: VmLab, side: SlotName): Promise<number> {
  const table = await ask(lab.fleet.haproxy.socket, `show stat ${side === 'green' ? 'web_green' : 'web'} 4 -1`);
  const [head = '', ...rows] = table.split('\n').map((line) => line.replace('# ', ''));
  const column = head.split(',').indexOf('scur');
  return rows.reduce((sum, row) => sum + Number(row.split(',')[column] ?? 0), 0);
}

async function live(lab: VmLab, version: string): Promise<void> {
  const step = await lab.deploy(version, { ...BLUE_GREEN, 'allow-older': 'true' } satisfies Inputs);
  assert.match(step.outputs.outcome ?? '', /^(deployed|unchanged)$/, step.log);
}

function mapOf(lab: VmLab): string {
  return join(lab.fleet.balancer.folder, 'slipway.map');
}

/** The side that all users are sent to, as HAProxy works with it and as its next start would find it. */
async function sideOf(lab: VmLab): Promise<SlotName> {
  const now = / green (\d+)$/m.exec(await ask(lab.fleet.haproxy.socket, `show map ${mapOf(lab)}`))?.[1];
  assert.equal(readFileSync(mapOf(lab), 'utf8'), `green ${now}\n`);
  assert.ok(now === '0' || now === '10000', now);
  return now === '0' ? 'blue' : 'green';
}

function kinds({ outputs }: StepResult, phase = 'forward'): readonly string[] {
  const { steps } = JSON.parse(outputs.report ?? '') as {
    readonly steps: readonly { readonly kind: string; readonly phase: string }[];
  };
  return steps.filter((step) => step.phase === phase).map(({ kind }) => kind);
}

/** A check of the user's: asks each member of the idle side through its socket. */
function checkFor(lab: VmLab, version: string): string {
  const file = join(lab.fleet.folder, 'check.mjs');
  writeFileSync(
    file,
    `import { request } from 'node:http';
import { text } from 'node:stream/consumers';
const { members, slot } = JSON.parse(await text(process.stdin));
const ask = ({ url, socket }) => new Promise((resolve, reject) => {
  request(url, { socketPath: socket }, (answer) => resolve(answer.resume().headers['x-version'])).on('error', reject).end();
});
const seen = await Promise.all(members.map(ask));
console.log('seen ' + seen.join(', ') + ' before any user');
process.exit(seen.length === 2 && seen.every((each) => each === '${version}') ? 0 : 1);
`,
  );
  return `${process.execPath} ${file}`;
}
