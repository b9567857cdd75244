import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult } from '../../support/load.ts';
import { judge, type Played, renderTraffic } from '../../traffic-k8s/result.ts';
import type { Phase } from '../../traffic-k8s/scenario.ts';

interface Seen {
  readonly phase: Phase;
  readonly errors?: Readonly<Record<string, number>>;
  readonly versions?: Readonly<Record<string, number>>;
  readonly problems?: readonly string[];
}

const DEPLOY: Seen = { phase: { name: 'deploy', act: { kind: 'deploy', version: 'v1' }, loses: false } };
const ROLL_BACK: Seen = { phase: { name: 'roll back', act: { kind: 'roll back', version: 'v1' }, loses: false } };
const CONTROL: Seen = {
  phase: { name: 'no preStop: go', act: { kind: 'deploy', version: 'v1' }, loses: true },
  errors: { ECONNRESET: 3 },
};

test('what must lose none loses none, what must lose some does: the proof holds', () => {
  const result = judged([DEPLOY, DEPLOY, ROLL_BACK, CONTROL]);

  assert.deepEqual(result.problems, []);
  const { requests, failed, deploys, rollbacks, lagMs } = result;
  assert.deepEqual(
    { requests, failed, deploys, rollbacks, lagMs },
    { requests: 600, failed: 0, deploys: 2, rollbacks: 1, lagMs: 7 },
  );
  assert.match(
    renderTraffic(result, '0.1 0.2 0.3'),
    /600 requests, 0 failed \(0 lost, 0 late\), 2 deploys, 1 rollbacks; lost with no preStop: go 6 of 200; load average 0\.1 0\.2 0\.3/,
  );
});

for (const [name, seen, problem] of [
  ['a lost request', { ...DEPLOY, errors: { 'status 502': 1 } }, /^deploy: 2 of 200 failed: .*"status 502":2/],
  ['a late answer', { ...DEPLOY, errors: { late: 1 } }, /^deploy: 2 of 200 failed: .*"late":2/],
  ['a control that loses none', { ...CONTROL, errors: {} }, /^no preStop: go: of 200 requests none was lost/],
  ['a control with late answers alone', { ...CONTROL, errors: { late: 9 } }, /^no preStop: go: .* none was lost/],
  ['a release that nobody met', { ...DEPLOY, versions: { v0: 100 } }, /^deploy: nobody was served by v1/],
  ['what went wrong by itself', { ...ROLL_BACK, problems: ['an address'] }, /^roll back: an address$/],
] as const) {
  test(`the proof fails on ${name}`, () => {
    const { problems } = judged([seen]);

    assert.equal(problems.length, 1, JSON.stringify(problems));
    assert.match(problems[0] ?? '', problem);
  });
}

test('the proof fails when less was sent than asked', () => {
  assert.deepEqual(judged([DEPLOY], 201).problems, ['200 requests were sent, not 201.']);
});

/** Each phase as both loads have counted it. */
function judged(seen: readonly Seen[], wanted = 0): ReturnType<typeof judge> {
  const played = seen.map(({ phase, problems = [] }): Played => ({ phase, problems, ms: 1_000 }));
  const counts = seen.map(({ phase, errors = {}, versions = { v1: 1 } }) => {
    const failed = Object.values(errors).reduce((sum, number) => sum + number, 0);
    return { name: phase.name, seconds: 1, requests: 100, failed, versions, errors };
  });
  const before = { name: 'before', seconds: 1, requests: 100, failed: 0, versions: {}, errors: {} };
  const load: LoadResult = { requests: 0, failed: 0, versions: {}, errors: {}, lagMs: 7, phases: [before, ...counts] };
  return judge(played, [load, load], wanted);
}
