import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadAverage } from '../bench/figure.ts';
import { withCluster } from '../lab/k8s/with-cluster.ts';
import { traffic } from '../traffic-k8s/play.ts';
import { renderTraffic } from '../traffic-k8s/result.ts';

// The short lane of "npm run test:traffic:k8s". It asks what is lost; how fast answers come is asked on a quiet machine.
const LANE = { requests: 5_000, lateMs: 5_000 } as const;

test('no request is lost on Kubernetes, and without any part of the contract some are', { timeout: 480_000 }, (t) =>
  withCluster(t, async (cluster) => {
    const result = await traffic({ ...LANE, cluster, say: (line) => t.diagnostic(line) });

    t.diagnostic(`\n${renderTraffic(result, loadAverage())}`);
    assert.deepEqual(result.problems, []);
    assert.ok(result.requests >= LANE.requests && result.rollbacks > 0, `${result.requests} requests`);
  }),
);
