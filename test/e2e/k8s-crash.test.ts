import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { problemsOf, runMatrix } from '../crash-k8s/matrix.ts';
import { withCluster } from '../lab/k8s/with-cluster.ts';

// A sample of `npm run test:crash:k8s`.
test('killed at a write or with broken calls, a deployment to a real cluster converges', {
  timeout: 400_000,
}, async (t) => {
  await withCluster(t, async (cluster) => {
    const seed = randomInt(1_000_000);
    t.diagnostic(`seed ${seed}`);

    const matrix = await runMatrix(cluster, { sample: 2, seeds: [seed], say: (line) => t.diagnostic(line) });

    assert.deepEqual(problemsOf(matrix), []);
    assert.equal(matrix.kills.length, 12);
    assert.ok(matrix.faults >= 10, `${matrix.faults} faults`);
  });
});
