import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { applyAll } from '@slipway/k8s/apply/apply-all';
import { needsOf } from '@slipway/k8s/checks/needs';
import { findMissingPermissions } from '@slipway/k8s/checks/permissions';
import { temporaryFolder } from '../../support/temp.ts';
import { empty, openApi, type Place, readKubeconfig, settings } from './place.ts';

/** A user who may only look is told everything at once; what is told to be applied is enough. */
export async function namesMissingPermissions(t: TestContext, place: Place): Promise<void> {
  const { cluster, namespace } = place;
  await using folder = temporaryFolder();
  await cluster.run(['create', 'serviceaccount', 'deployer', '-n', namespace]);
  await cluster.run(['create', 'role', 'looker', '--verb=get,list', '--resource=configmaps', '-n', namespace]);
  const binding = ['--role=looker', `--serviceaccount=${namespace}:deployer`];
  await cluster.run(['create', 'rolebinding', 'looker', ...binding, '-n', namespace]);
  const kubeconfig = folder.at('kubeconfig');
  await writeFile(kubeconfig, await kubeconfigOf(place, 'deployer'), { mode: 0o600 });
  await using user = await openApi({ kubectl: cluster.kubectl, kubeconfig });
  const set = [settings(place, 'mine', {}), empty(place, {}, 'mine')];
  const needs = needsOf(set, namespace);

  const [problem, ...others] = await findMissingPermissions(needs, user.api);

  assert.deepEqual(others, []);
  assert.equal(
    problem?.what,
    `system:serviceaccount:${namespace}:deployer may not do all that this run needs; nothing was written.`,
  );
  assert.match(problem.got ?? '', /create, delete, get, list, patch, watch deployments/);
  assert.match(problem.got ?? '', /create, delete, patch, update configmaps/, 'what is allowed is not told');
  await t.test('what is tried without it is refused in words', async () => {
    await assert.rejects(
      applyAll([set[0] ?? assert.fail()], {}, user),
      /deployer may not patch configmaps in the namespace/,
    );
  });
  await t.test('an administrator applies what was told, and it is enough', async () => {
    const [, ...yaml] = (problem.fix ?? '').split('\n');
    await cluster.run(['apply', '-f', '-'], yaml.join('\n'));

    assert.deepEqual(await findMissingPermissions(needs, user.api), []);
    assert.equal((await applyAll(set, {}, user)).length, 2);
  });
  await t.test('an administrator is asked little', async () => {
    const began = place.clock.monotonic();

    assert.deepEqual(await findMissingPermissions(needs, place.api), []);
    t.diagnostic(`${needs.length} needs of an administrator: ${Math.round(place.clock.monotonic() - began)} ms`);
  });
}

async function kubeconfigOf({ cluster, namespace }: Place, account: string): Promise<string> {
  const token = (await cluster.run(['create', 'token', account, '-n', namespace])).trim();
  const config = await readKubeconfig(cluster);
  const context = { ...config.contexts[0]?.context, user: account };
  return JSON.stringify({
    ...config,
    users: [{ name: account, user: { token } }],
    contexts: [{ name: 'c', context }],
    'current-context': 'c',
  });
}
