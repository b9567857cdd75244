import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { digestOf } from '@slipway/kernel/digest';
import { UserError } from '@slipway/kernel/errors';
import { type ReleaseRecord, releaseId } from '@slipway/kernel/release';
import { type JournalLine, LEDGER_SCHEMA, type NewEntry, type RunInfo } from '@slipway/rollout/entry';
import { formatJournalLine } from '@slipway/rollout/journal';
import type { EffectStep, MemberFailure, Observation, StepContext, Target } from '@slipway/rollout/target';
import { releaseFolder } from '@slipway/vm/layout';
import { createVmTarget } from '@slipway/vm/target';
import { killGroup } from '../../support/processes.ts';
import { until } from '../../support/until.ts';
import { type VmFleet, vmFleet } from '../../support/vm-fleet.ts';
import type { TestHost } from '../../support/vm-host.ts';

const RUN: RunInfo = { id: '77', attempt: 1, number: 5, url: 'https://ci.example/runs/77', actor: 'ada' };
const signal = new AbortController().signal;

test('a release is brought to a fleet that never had anything, and seen there', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1');
  const run = await begin(fleet, [v1]);

  assert.deepEqual(run.seen.topology, {
    capabilities: { weights: 'exact', slots: 1, shifts: 'each', replaces: 'stop-start' },
    members: ['web-1', 'web-2'].map((name) => member(name, null, false, 100)),
  });
  await run.all(inFull(v1, ['web-1', 'web-2']));
  await run.target.record(entry(1, v1), 3);
  const after = await run.target.observe(signal);

  assert.deepEqual(
    after.topology.members,
    ['web-1', 'web-2'].map((name) => member(name, v1, true, 100)),
  );
  assert.deepEqual([after.behind, after.unfinished, after.notes, after.balancers], [[], [], [], ['lb-1']]);
  assert.deepEqual(
    after.entries.map(({ number, hosts, balancers }) => [number, hosts, balancers]),
    [[1, ['id-of-web-1', 'id-of-web-2'], ['id-of-lb-1']]],
  );
  assert.equal(await fleet.answer('web-2'), 'v1');
  assert.deepEqual(fleet.balancers[0]?.changes, ['web-1=0', 'web-2=0', 'web-1=100', 'web-2=100']);
  assert.deepEqual(fleet.fetched, ['v1']);
});

test('an ordinary update costs a host few execs, and bytes that are there are not sent again', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const [v1, v2] = [await fleet.release('v1'), await fleet.release('v2')];
  const first = await begin(fleet, [v1, v2]);
  await first.all(inFull(v1, ['web-1']));
  await first.all(inFull(v2, ['web-1']));
  const { steps } = host(fleet, 0).session;
  steps.length = 0;

  const again = await begin(fleet, [v1, v2]);
  await again.all(inFull(v1, ['web-1']));
  await again.target.record(entry(1, v1), 3);

  assert.deepEqual(steps, ['observe', 'note', 'start', 'status', 'note', 'record']);
  assert.deepEqual(fleet.fetched, ['v1', 'v2']);
  assert.equal(await fleet.answer('web-1'), 'v1');
});

test('every intent is on the member and on the balancer host before its effect, every end after it', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1');
  const run = await begin(fleet, [v1]);

  await run.all(inFull(v1, ['web-1']).slice(0, 1));
  const early = journal(host(fleet, 0));
  await run.all(inFull(v1, ['web-1']).slice(1));
  assert.deepEqual((await run.target.observe(signal)).unfinished, ['web-1']);
  await run.target.record(entry(1, v1), 3);

  assert.deepEqual(early, ['1 shift blue=100 -> blue=0 intent']);
  const folder = releaseFolder(v1);
  assert.deepEqual(journal(host(fleet, 0)), [
    '1 shift blue=100 -> blue=0 intent',
    '1 shift blue=100 -> blue=0 done',
    `2 stage absent -> ${folder} intent`,
    `2 stage absent -> ${folder} done`,
    `3 start none -> ${folder} intent`,
    `3 start none -> ${folder} done`,
    '5 shift blue=0 -> blue=100 intent',
    '5 shift blue=0 -> blue=100 done',
  ]);
  assert.deepEqual(journal(fleet.balancerHosts[0]), [
    '1 shift blue=100 -> blue=0 intent',
    '1 shift blue=100 -> blue=0 done',
    '5 shift blue=0 -> blue=100 intent',
    '5 shift blue=0 -> blue=100 done',
  ]);
  assert.deepEqual((await run.target.observe(signal)).unfinished, []);
});

test('members that fail are told with the words of the service; the others go on', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const script =
    '#!/bin/sh\n[ "$HOST" = 127.0.35.11 ] && { echo "no database" >&2; exit 4; }\nexec "$NODE" server.mjs\n';
  const v1 = await fleet.release('v1', { 'bin/start': script });
  const run = await begin(fleet, [v1]);
  const [, staging, starting, probing] = inFull(v1, ['web-1', 'web-2']) as [
    EffectStep,
    EffectStep,
    EffectStep,
    EffectStep,
  ];
  await run.all([staging]);

  const failures = await run.step(starting);

  assert.deepEqual(failures, [
    {
      member: 'web-1',
      name: 'web-1',
      what: `bin/start of ${releaseFolder(v1)} ended at once with status 4.`,
      lastLines: failures[0]?.lastLines,
    },
  ]);
  assert.equal(failures[0]?.lastLines[0], 'no database');
  assert.deepEqual(
    (await run.step(probing)).map(({ member: name, what }) => [name, what]),
    [['web-1', 'Nothing runs in the slot blue of web-1.']],
  );
});

test('a release that is not healthy fails its probe, with its log', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const broken = await fleet.release('v3-broken');
  const run = await begin(fleet, [broken]);

  const failures = await run.upTo(inFull(broken, ['web-1']), 'probe');

  assert.deepEqual(
    failures.map(({ what, lastLines }) => [what, lastLines]),
    [['web-1 did not become healthy.', ['v3-broken listens']]],
  );
  assert.equal((await run.target.observe(signal)).topology.members[0]?.slots.blue?.healthy, false);
});

test('a process that was started again after its start is no proof, however healthy it is', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1');
  const run = await begin(fleet, [v1]);
  await run.upTo(inFull(v1, ['web-1']), 'start');
  const pid = processOf(host(fleet, 0));
  killGroup(pid);
  await until('the next process', () => processOf(host(fleet, 0)) !== pid);

  const [failure] = await run.step({ kind: 'probe', members: ['web-1'], slot: 'blue', release: releaseId(v1) });

  assert.match(failure?.what ?? '', /was started again/);
  assert.match(failure?.lastLines.join('\n') ?? '', /bin\/start ended with status 137/);
});

test('a process that dies ends the probe long before its time', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1', { 'bin/start': '#!/bin/sh\necho "it will not last"\nsleep 0.5\nexit 9\n' });
  const never = { ...fleet.options.prober, untilHealthy: (): Promise<void> => new Promise(() => {}) };
  const run = await begin(fleet, [v1], { prober: never });

  const [failure] = await run.upTo(inFull(v1, ['web-1']), 'probe');

  assert.match(failure?.what ?? '', /^The process \d+ in the slot blue of web-1 died while it was probed\.$/);
  assert.deepEqual(failure?.lastLines[0], 'it will not last');
});

test('a process that lies outside of its release proves nothing, unless something else is the proof', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const elsewhere = '#!/bin/sh\nfile=$PWD/server.mjs\ncd / && exec "$NODE" "$file"\n';
  const v1 = await fleet.release('v1', { 'bin/start': elsewhere });
  const run = await begin(fleet, [v1]);

  const [failure] = await run.upTo(inFull(v1, ['web-1']), 'probe');
  const other = await begin(fleet, [v1], { processProof: false });

  assert.match(failure?.what ?? '', /cannot be proved to be v1: neither its program nor its working folder/);
  assert.deepEqual(await other.step({ kind: 'probe', members: ['web-1'], slot: 'blue', release: releaseId(v1) }), []);
});

test('a drain of ours is taken back, one of somebody else is respected', async (t) => {
  await using fleet = await vmFleet(t, 3);
  if (fleet === undefined) return;
  const run = await begin(fleet, []);
  await run.all([
    { kind: 'shift', members: ['web-1', 'web-2'], shares: { blue: 0 } },
    { kind: 'shift', members: ['web-2'], shares: { blue: 100 } },
    { kind: 'retire', members: ['web-1', 'web-2'], slot: 'blue' },
  ]);
  fleet.balancers[0]?.put('web-2', { share: 0, detail: 'maint' });
  fleet.balancers[0]?.put('web-3', { share: 0, detail: 'drain' });

  const { topology } = await run.target.observe(signal);

  assert.deepEqual(
    topology.members.map(({ drainedByOperator }) => drainedByOperator),
    [false, true, true],
  );
  await writeFile(host(fleet, 0).at('state/journal.jsonl'), '');
  const bereft = await run.target.observe(signal);
  assert.equal(bereft.topology.members[0]?.drainedByOperator, false, 'the balancer host still knows of the drain');
  const former = shiftLine({ member: 'web-1', before: 'blue=0', after: 'blue=100' });
  await writeFile(host(fleet, 0).at('state/journal.jsonl'), former);
  const unheard = await run.target.observe(signal);
  assert.equal(unheard.topology.members[0]?.drainedByOperator, false, 'nor does the last word that reached it count');
});

test('with several balancers a server that only some of them use is neither drained nor in full service', async (t) => {
  await using fleet = await vmFleet(t, 1, 2);
  if (fleet === undefined) return;
  const run = await begin(fleet, []);
  fleet.balancers[1]?.put('web-1', { share: 0 });

  const { topology } = await run.target.observe(signal);
  await run.all([{ kind: 'shift', members: ['web-1'], shares: { blue: 0 } }]);

  assert.deepEqual(topology.members[0]?.slots.blue?.share, 50);
  assert.deepEqual(
    fleet.balancers.map((balancer) => balancer.share('web-1')),
    [0, 0],
  );
});

test('traffic that does not end in time is told of the members that have it', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const run = await begin(fleet, []);
  fleet.balancers[0]?.put('web-2', { inFlight: 3 });

  const failures = await run.step({ kind: 'shift', members: ['web-1', 'web-2'], shares: { blue: 0 } });
  fleet.balancers[0]?.put('web-1', { up: false });
  const down = await run.step({ kind: 'shift', members: ['web-1', 'web-2'], shares: { blue: 100 } });

  assert.deepEqual(
    failures.map(({ name, what }) => [name, what]),
    [['web-2', 'still busy: web-2']],
  );
  assert.deepEqual(
    down.map(({ name, what }) => [name, what]),
    [['web-1', 'not up: web-1']],
  );
});

test('a balancer that refuses fails all of the step; one whose journal cannot be written touches nobody', async (t) => {
  await using fleet = await vmFleet(t, 2, 2);
  if (fleet === undefined) return;
  const run = await begin(fleet, []);
  const drain: EffectStep = { kind: 'shift', members: ['web-1', 'web-2'], shares: { blue: 0 } };
  fleet.balancers[1]?.refuse('no such backend');

  const refused = await run.step(drain);
  fleet.balancers[1]?.refuse(undefined);
  fleet.balancers[0]?.changes.splice(0);
  fleet.balancerHosts[1]?.session.loseLease();
  const unwritten = await run.step(drain);

  assert.deepEqual(
    refused.map(({ name, what }) => [name, what]),
    [
      ['web-1', 'no such backend'],
      ['web-2', 'no such backend'],
    ],
  );
  assert.deepEqual(
    unwritten.map(({ what }) => what),
    Array(2).fill('The lease of lb-2 is lost: another run has taken it over.'),
  );
  assert.deepEqual(fleet.balancers[0]?.changes, []);
  assert.equal(run.target.lost.aborted, true);
});

test('a member that is lost can still be drained, but gets no traffic; the others go on', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const run = await begin(fleet, []);
  host(fleet, 0).session.loseLease();
  const members = ['web-1', 'web-2'];

  const drained = await run.step({ kind: 'shift', members, shares: { blue: 0 } });
  const failures = await run.step({ kind: 'shift', members, shares: { blue: 100 } });

  assert.deepEqual(drained, []);
  assert.deepEqual(
    failures.map(({ name }) => name),
    ['web-1'],
  );
  assert.deepEqual(fleet.balancers[0]?.changes, ['web-1=0', 'web-2=0', 'web-2=100']);
  assert.equal(run.target.lost.aborted, false, 'one member is not the whole fleet');
});

test('a member that is lost on the way is told as it was, not healthy, and its ledger is left to the next run', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1');
  const run = await begin(fleet, [v1]);
  await run.all(inFull(v1, ['web-1', 'web-2']));
  host(fleet, 0).session.loseLease();

  const { topology } = await run.target.observe(signal);
  await run.target.record(entry(1, v1), 3);

  assert.deepEqual(
    topology.members.map(({ slots }) => slots.blue?.healthy),
    [false, true],
  );
  assert.match(fleet.log.told.map(([, text]) => text).join(), /web-1: the connection is lost, so the entry is missing/);
  assert.match(host(fleet, 1).read('state', 'ledger.jsonl'), /"v1"/);
});

test('bytes that the store does not have are one error, before any host is asked', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const v1 = { ...(await fleet.release('v1')), digest: digestOf('nowhere') };
  const image: ReleaseRecord = { ...v1, kind: 'image', digest: digestOf('image') };
  const run = await begin(fleet, [v1, image]);
  await assert.rejects(run.step(stage(v1, ['web-1', 'web-2'])), /the store has no v1/);
  await assert.rejects(
    run.step(stage(image, ['web-1', 'web-2'])),
    /shop v1 is of kind "image", and this service runs releases of kind "file"[\s\S]*service: container/,
  );

  assert.deepEqual(host(fleet, 0).session.steps, ['observe']);
});

test('hosts that missed an entry get it with the next one; a changed line shows; twice is once', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const [v1, v2, v3] = [await fleet.release('v1'), await fleet.release('v2'), await fleet.release('v3')];
  const first = await begin(fleet, [v1]);
  await first.target.record(entry(1, v1), 3);
  const alone = await begin(fleet, [v2], { members: fleet.options.members.slice(0, 1) });
  await alone.target.record(entry(2, v2), 3);

  const both = await begin(fleet, [v3]);
  assert.deepEqual(
    both.seen.entries.map(({ number }) => number),
    [1, 2],
  );
  assert.deepEqual(both.seen.behind, ['web-2']);
  await both.target.record(entry(3, v3), 3);
  await both.target.record(entry(3, v3), 3);

  for (const each of [...fleet.hosts, ...fleet.balancerHosts]) {
    const lines = each.read('state/ledger.jsonl').trimEnd().split('\n');
    const prevs = lines.map((line) => (JSON.parse(line) as { prev: string }).prev);
    assert.deepEqual(prevs, [digestOf(''), ...lines.slice(0, -1).map((line) => digestOf(line))]);
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { number: number }).number),
      [1, 2, 3],
    );
  }
  const path = host(fleet, 1).at('state/ledger.jsonl');
  await writeFile(path, host(fleet, 1).read('state/ledger.jsonl').replace('"actor":"ada"', '"actor":"eve"'));
  await appendFile(path, '{"torn":');
  const seen = await both.target.observe(signal);
  assert.deepEqual(seen.notes, [
    'web-2: The ledger was changed: the line behind entry 1 does not continue what stands before it.',
  ]);
  assert.deepEqual([seen.behind, seen.entries.length], [[], 3]);
});

test('hosts that have the entry already get the ends of the last steps all the same', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1');
  await (await begin(fleet, [v1])).target.record(entry(1, v1), 3);

  const restored = await begin(fleet, [v1]);
  await restored.all(inFull(v1, ['web-1']));
  await restored.target.record(entry(1, v1), 3);

  for (const each of [host(fleet, 0), fleet.balancerHosts[0]]) {
    assert.equal(journal(each).at(-1), '5 shift blue=0 -> blue=100 done');
  }
  assert.deepEqual((await restored.target.observe(signal)).unfinished, []);
});

test('releases go when the ledger lets them, and a copy that cannot be written is told', async (t) => {
  await using fleet = await vmFleet(t, 2);
  if (fleet === undefined) return;
  const releases = [await fleet.release('v1'), await fleet.release('v2'), await fleet.release('v3')];
  for (const [index, release] of releases.entries()) {
    const run = await begin(fleet, releases);
    await run.all(inFull(release, ['web-1', 'web-2']));
    await run.target.record(entry(index + 1, release), 2);
  }
  const run = await begin(fleet, releases);
  host(fleet, 1).session.loseLease();

  assert.deepEqual(readdirSync(host(fleet, 0).at('releases')), releases.slice(1).map(releaseFolder));
  await assert.rejects(run.target.record(entry(4, releases[2] as ReleaseRecord), 2), (thrown) => {
    assert.ok(thrown instanceof UserError);
    assert.match(thrown.message, /could not be written on 1 of 3 hosts\.\nweb-2: The lease of web-2 is lost/);
    return true;
  });
});

test('a cancelled run does not wait for bytes, and a start that is on its way comes to its end', async (t) => {
  await using fleet = await vmFleet(t, 1);
  if (fleet === undefined) return;
  const v1 = await fleet.release('v1');
  const run = await begin(fleet, [v1]);
  await run.upTo(inFull(v1, ['web-1']), 'stage');
  const cancelled = new AbortController();
  const started = run.step(start(v1, ['web-1']), cancelled.signal);
  await until('the intent', () => journal(host(fleet, 0)).at(-1)?.includes('start'));
  cancelled.abort(new Error('cancelled'));

  assert.deepEqual(await started, []);
  assert.match(journal(host(fleet, 0)).at(-1) ?? '', /start .* done$/);
});

interface Run {
  readonly target: Target;
  readonly seen: Observation;
  step(step: EffectStep, signal?: AbortSignal): Promise<readonly MemberFailure[]>;
  /** Does the steps, and makes sure that none fails. */
  all(steps: readonly EffectStep[]): Promise<void>;
  /** Does the steps up to the first of a kind, and tells how that one went. */
  upTo(steps: readonly EffectStep[], kind: EffectStep['kind']): Promise<readonly MemberFailure[]>;
}

async function begin(
  fleet: VmFleet,
  releases: readonly ReleaseRecord[],
  overrides: Partial<VmFleet['options']> = {},
): Promise<Run> {
  const target = createVmTarget({ ...fleet.options, ...overrides });
  const seen = await target.observe(signal);
  const known = new Map(releases.map((release) => [release.digest as string, release]));
  let number = 0;
  const step: Run['step'] = async (one, cancel = signal) => {
    number += 1;
    const context: StepContext = { run: RUN, number, phase: 'forward', releases: known, signal: cancel };
    return await target.perform(one, context);
  };
  return {
    target,
    seen,
    step,
    async all(steps) {
      for (const each of steps) assert.deepEqual(await step(each), [], each.kind);
    },
    async upTo(steps, kind) {
      const at = steps.findIndex((each) => each.kind === kind);
      for (const each of steps.slice(0, at)) assert.deepEqual(await step(each), [], each.kind);
      return await step(steps[at] as EffectStep);
    },
  };
}

/** As a rolling deployment does it with a batch. */
function inFull(record: ReleaseRecord, members: readonly string[]): readonly EffectStep[] {
  const release = releaseId(record);
  return [
    { kind: 'shift', members, shares: { blue: 0 } },
    stage(record, members),
    start(record, members),
    { kind: 'probe', members, slot: 'blue', release },
    { kind: 'shift', members, shares: { blue: 100 } },
  ];
}

function stage(record: ReleaseRecord, members: readonly string[]): EffectStep {
  return { kind: 'stage', members, release: releaseId(record) };
}

function start(record: ReleaseRecord, members: readonly string[]): EffectStep {
  return { kind: 'start', members, slot: 'blue', release: releaseId(record) };
}

function member(name: string, record: ReleaseRecord | null, healthy: boolean, share: number) {
  const release = record === null ? null : releaseId(record);
  return { id: name, name, slots: { blue: { release, healthy, share } }, drainedByOperator: false };
}

function entry(number: number, release: ReleaseRecord): NewEntry {
  return {
    schema: LEDGER_SCHEMA,
    number,
    kind: 'deploy',
    outcome: 'deployed',
    app: 'shop',
    environment: 'test',
    strategy: 'rolling',
    release,
    previous: null,
    bad: null,
    run: RUN,
    hosts: ['web-1', 'web-2'],
    balancers: ['lb-1'],
    at: '2026-01-01T00:00:00.000Z',
    ms: 1_000,
  };
}

function host(fleet: VmFleet, index: number): TestHost {
  const found = fleet.hosts[index];
  assert.ok(found !== undefined);
  return found;
}

function journal(of: TestHost | undefined): readonly string[] {
  const lines = of?.read('state/journal.jsonl').trimEnd().split('\n') ?? [];
  return lines.map((line) => {
    const { step, kind, before, after, state } = JSON.parse(line) as Record<string, string>;
    return `${step} ${kind} ${before} -> ${after} ${state}`;
  });
}

function processOf(of: TestHost): number {
  return Number(of.read('slots/blue.d/process').split(' ')[0]);
}

/** As it stands in a journal, done. */
function shiftLine(of: Pick<JournalLine, 'member' | 'before' | 'after'>): string {
  const line = {
    run: '1',
    attempt: 1,
    step: 1,
    kind: 'shift',
    slot: null,
    digest: null,
    state: 'done',
    ...of,
  } as const;
  return formatJournalLine(line);
}
