import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headline, reportJson, summaryMarkdown } from '@slipway/rollout/report';
import { isGreen, type Kind, type Outcome, type Result } from '@slipway/rollout/result';
import { aRelease } from '../../support/releases.ts';

const failure = { member: 'id-2', name: 'web-2', what: 'no | answer\n<b>', lastLines: ['```', 'boom'] };

function aResult(overrides: Partial<Result> = {}): Result {
  return {
    kind: 'deploy',
    app: 'shop',
    environment: 'production',
    outcome: 'deployed',
    release: aRelease('v2'),
    version: 'v2',
    digest: aRelease('v2').digest,
    previousVersion: 'v1',
    plan: null,
    steps: [{ number: 1, phase: 'forward', kind: 'stage', title: 'stage v2 on web-1', ms: 1230, failures: [] }],
    members: [
      { id: 'id-1', name: 'web-1', before: 'v1', after: 'v2', state: 'in service', failure: null },
      { id: 'id-2', name: 'web-2', before: 'v1', after: 'v2', state: 'drained', failure: failure.what },
    ],
    failures: [],
    notes: [],
    interrupted: false,
    ms: 12_345,
    ...overrides,
  };
}

const old = { version: 'v1', previousVersion: 'v1' };
const verdicts: readonly [Partial<Result>, boolean, RegExp][] = [
  [{}, true, /^shop v2 is live in production \(before: v1\): 1 of 2 members in service, 12\.3 s\.$/],
  [{ previousVersion: null }, true, /\(before: nothing\)/],
  [{ outcome: 'unchanged' }, true, /^shop v2 is live in production already: nothing was changed\.$/],
  [{ outcome: 'planned', ...old }, true, /^shop v2 to production takes 0 steps: nothing was changed\.$/],
  [{ outcome: 'superseded', version: 'v3' }, true, /^shop v2 was not deployed to production: v3, .* is newer\.$/],
  [{ outcome: 'rolled-back', ...old }, false, /^shop v2 failed in production and was taken back: v1 is live/],
  [{ outcome: 'rolled-back', version: null }, false, /taken back: nothing is live/],
  [{ outcome: 'rolled-back', kind: 'rollback' }, true, /^production went back to shop v2 \(before: v1\)/],
  [{ outcome: 'rolled-back', kind: 'restore' }, true, /^production has shop v2 again, as before the run/],
  [{ outcome: 'failed' }, false, /^shop v2 failed in production/],
  [{ outcome: 'failed', interrupted: true }, false, /^shop v2 to production was interrupted; the next run goes on/],
  [{ outcome: 'failed', interrupted: true, release: null, kind: 'rollback' }, false, /^shop to production was interr/],
];
for (const [overrides, green, sentence] of verdicts) {
  const { kind, outcome } = aResult(overrides);
  test(`${kind} ${outcome}: ${green ? 'green' : 'red'}, and said in one sentence`, () => {
    const result = aResult(overrides);

    assert.match(headline(result), sentence);
    assert.equal(isGreen(result), green);
  });
}

test('a deployment that is only called rolled-back, or a rollback called deployed, is red', () => {
  const pairs: readonly [Kind, Outcome][] = [
    ['deploy', 'rolled-back'],
    ['rollback', 'deployed'],
    ['rollback', 'failed'],
  ];

  for (const [kind, outcome] of pairs) assert.equal(isGreen({ kind, outcome }), false);
});

test('the summary has the verdict first, then notes, members, last words and steps; what others wrote stays text', () => {
  const text = summaryMarkdown(aResult({ failures: [failure], notes: ['web-2 was *drained*'] }));

  assert.ok(text.startsWith('### shop v2 is live'));
  assert.match(text, /^- web-2 was \\\*drained\\\*$/m);
  assert.match(text, /^\| web-2 \| v1 \| v2 \| drained \| no \\\| answer &lt;b> \|$/m);
  assert.match(text, /^\| 1 \| stage v2 on web-1 \| 1\.2 s \| {2}\|$/m);
  assert.match(text, /<summary>web-2: no \| answer &lt;b><\/summary>\n\n````text\n```\nboom\n````\n/);
});

test('a summary without members, failures or steps has no empty tables', () => {
  const text = summaryMarkdown(aResult({ members: [], steps: [], release: null }));

  assert.ok(!text.includes('|'));
});

test('the report is everything, as JSON', () => {
  const result = aResult();

  assert.deepEqual(JSON.parse(reportJson(result)), { schema: 'slipway.report/v1', ...result });
});
