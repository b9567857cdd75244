import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { givenKubeconfig, useGivenCluster } from '../../lab/k8s/given-cluster.ts';
import { temporaryFolder } from '../../support/temp.ts';

for (const { context, used } of [
  { context: 'kind-kind', used: true },
  { context: 'minikube', used: true },
  { context: 'k3d-shop', used: true },
  { context: 'arn:aws:eks:eu-west-1:1:cluster/production', used: false },
  { context: 'production', used: false },
]) {
  test(`KUBECONFIG whose context is ${context} is ${used ? 'used' : 'left alone'}`, async () => {
    await using folder = temporaryFolder();
    const path = folder.at('config');
    await writeFile(path, `apiVersion: v1\nkind: Config\ncurrent-context: ${context}\n`);

    assert.equal(await givenKubeconfig({ KUBECONFIG: path }), used ? path : undefined);
  });
}

test('a kubeconfig that is named for the tests is used whatever it is', async () => {
  assert.equal(await givenKubeconfig({ SLIPWAY_TEST_KUBECONFIG: '/any', KUBECONFIG: '/other' }), '/any');
});

test('without one there is none, and a KUBECONFIG that is not there is none either', async () => {
  assert.equal(await givenKubeconfig({}), undefined);
  assert.equal(await givenKubeconfig({ KUBECONFIG: '/nowhere/config' }), undefined);
});

test('what the tests need to know of it is asked for with the line to write', async () => {
  await using folder = temporaryFolder();
  await writeFile(folder.at('kubectl'), '', { mode: 0o755 });

  const use = useGivenCluster('/any', () => {}, { PATH: folder.path });

  await assert.rejects(use, /export SLIPWAY_TEST_REGISTRY=127\.0\.0\.1:5001/);
});
