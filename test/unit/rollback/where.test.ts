import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action } from '@slipway/action-rollback/inputs';
import { fleetOf, whereProblems } from '@slipway/action-rollback/where';
import { inputVariable, parseInputs } from '@slipway/kit/read-inputs';

const CLUSTER = { app: 'shop', environment: 'production' };
const FLEET = { ...CLUSTER, hosts: 'deploy@web-1', service: 'script', health: 'http://:8080/healthz' };

function read(inputs: Readonly<Record<string, string>>) {
  const env = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [inputVariable(name), value]));
  return parseInputs(action.inputs, env, whereProblems).result;
}

function problemsOf(inputs: Readonly<Record<string, string>>): readonly string[] {
  const result = read(inputs);
  return result.ok ? [] : result.problems.map(({ what, got = '' }) => `${what} ${got}`.trim());
}

test('with hosts it is a fleet', () => {
  const result = read(FLEET);

  assert.ok(result.ok);
  assert.deepEqual(fleetOf(result.values)?.hosts, ['deploy@web-1']);
});

test('with an inventory it is a fleet too', () => {
  const { hosts: _hosts, ...rest } = FLEET;
  const result = read({ ...rest, inventory: 'hosts.yml', select: 'web' });

  assert.ok(result.ok);
  assert.equal(fleetOf(result.values)?.inventory, 'hosts.yml');
  assert.match(problemsOf({ ...rest, select: 'web' }).join(), /"hosts" is missing.*select/);
});

test('without hosts it is a cluster', () => {
  const result = read({ ...CLUSTER, namespace: 'web', context: 'production' });

  assert.ok(result.ok);
  assert.equal(fleetOf(result.values), undefined);
});

test('a fleet needs its service and its health check', () => {
  const { service: _service, health: _health, ...bare } = FLEET;

  assert.deepEqual(problemsOf(bare), [
    'Input "service" is missing: it is required for a fleet.',
    'Input "health" is missing: it is required for a fleet.',
  ]);
});

test('a fleet whose hosts came out empty is never taken for a cluster', () => {
  const [problem, ...more] = problemsOf({ ...FLEET, hosts: '' });

  assert.match(problem ?? '', /"hosts" is missing.*service, health/);
  assert.deepEqual(more, []);
});

test('hosts and a cluster at once are refused', () => {
  assert.match(problemsOf({ ...FLEET, kubeconfig: 'kubeconfig' }).join(), /only for a cluster. kubeconfig/);
});

test('what is wrong with a fleet is said as deploy-vm says it', () => {
  assert.match(problemsOf({ ...FLEET, health: 'gopher://x' }).join(), /health/i);
});
