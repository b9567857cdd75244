import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiRefusal, type KubeApi, type KubeList, type WatchEvent } from '@slipway/k8s/api';
import { runJob } from '@slipway/k8s/apply/run-jobs';
import type { KubeObject } from '@slipway/k8s/object';
import type { JsonObject } from '@slipway/kernel/json';
import { fakeKubeApi } from '../../../support/fake-kube-api.ts';
import { keptLog } from '../../../support/kept-log.ts';
import { workload } from '../../../support/kube-objects.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const job = workload('Job', {}, { containers: [] });
const ended = (type: string, more: JsonObject = {}): JsonObject => ({
  conditions: [{ type, status: 'True', ...more }],
});

function seen(status: JsonObject = {}, uid = 'new'): KubeObject {
  return { ...job, metadata: { ...job.metadata, uid }, status };
}

function modified(object: KubeObject): WatchEvent {
  return { type: 'MODIFIED', object };
}

interface Story {
  readonly before?: KubeObject;
  readonly events: readonly (KubeList | WatchEvent)[];
  readonly signal?: AbortSignal;
}

async function run({ before, events, signal = new AbortController().signal }: Story, more: Partial<KubeApi> = {}) {
  const calls: string[] = [];
  const log = keptLog();
  const api = fakeKubeApi({
    get: () => Promise.resolve(before),
    remove: (_ref, options) => {
      calls.push(`remove ${options?.uid}`);
      return Promise.resolve();
    },
    apply: () => {
      calls.push('apply');
      return Promise.resolve(seen());
    },
    async *watch(query) {
      calls.push(`watch ${query.fieldSelector}`);
      yield* events;
    },
    ...more,
  });
  const end = await runJob(job, { api, log, signal, clock: virtualClock() });
  return { end, calls, told: log.told.map(([, text]) => text) };
}

const list = (...items: readonly KubeObject[]): KubeList => ({ items, resourceVersion: '1' });

describe('a Job runs to its end', () => {
  test('and its end is what the condition says', async () => {
    const quiet: WatchEvent = { type: 'BOOKMARK', object: seen({}, '') };
    const { end, calls } = await run({ events: [list(seen()), quiet, modified(seen(ended('Complete')))] });

    assert.deepEqual(calls, ['apply', 'watch metadata.name=web']);
    assert.deepEqual([end.kind, end.kind === 'complete' && end.now], ['complete', true]);
  });

  test('a failure comes as soon as it is decided', async () => {
    const failing = ended('FailureTarget', { reason: 'BackoffLimitExceeded', message: 'too often' });
    const { end } = await run({ events: [list(seen()), modified(seen(failing))] });

    assert.deepEqual(end.kind === 'failed' && [end.reason, end.message], ['BackoffLimitExceeded', 'too often']);
  });

  test('a condition that does not hold is no end', async () => {
    const not = { conditions: [{ type: 'Complete', status: 'False' }] };
    const { end } = await run({ events: [list(seen(not)), modified(seen(ended('Complete')))] });

    assert.equal(end.kind, 'complete');
  });
});

test('what is complete does not run again', async () => {
  const { end, calls, told } = await run({ before: seen(ended('Complete')), events: [] });

  assert.deepEqual([calls, end.kind === 'complete' && end.now], [[], false]);
  assert.deepEqual(told, ['Job shop/web has run already.']);
});

test('what failed before is deleted, that very one, and runs again', async () => {
  const before = seen(ended('Failed', { reason: 'DeadlineExceeded' }), 'old');
  const { end, calls, told } = await run({ before, events: [list(seen(ended('Complete')))] });

  assert.deepEqual(calls, ['remove old', 'apply', 'watch metadata.name=web']);
  assert.equal(end.kind, 'complete');
  assert.match(told.join(), /failed before \(DeadlineExceeded\)/);
});

const refused = (): Promise<KubeObject> => Promise.reject(new ApiRefusal(403, 'Forbidden', 'exceeded quota: few', []));

describe('it does not wait for what cannot come', () => {
  const rows: readonly (readonly [name: string, events: readonly (KubeList | WatchEvent)[]])[] = [
    ['deleted', [list(seen()), { type: 'DELETED', object: seen() }]],
    ['gone at the first look', [list()]],
    ['another one of its name', [list(seen()), modified(seen(ended('Complete'), 'other'))]],
  ];
  for (const [name, events] of rows) {
    test(name, async () => {
      await assert.rejects(run({ events }), /Job shop\/web was deleted while it ran/);
    });
  }

  test('refused', async () => {
    await assert.rejects(run({ events: [] }, { apply: refused }), /does not fit into the quota/);
  });

  test('the end of the run', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));

    await assert.rejects(run({ events: [list(seen())], signal }), /cancelled/);
  });
});
