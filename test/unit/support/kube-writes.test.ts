import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWriteNamer } from '../../support/kube-writes.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/web/leases';

test('writes are named; what changes nothing is none, nor is a lease that its holder renews', () => {
  const nameOf = createWriteNamer();
  const named = (method: string, url: string, body: object = {}): string | undefined =>
    nameOf({ method, url }, Buffer.from(JSON.stringify(body)));

  const names = [
    named('GET', '/api/v1/namespaces/web/pods?watch=true'),
    named('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
    named('PATCH', '/apis/apps/v1/namespaces/web/deployments/shop?dryRun=All'),
    named('POST', LEASES, lease('1')),
    named('PUT', `${LEASES}/slipway`, lease('1')),
    named('PATCH', '/apis/apps/v1/namespaces/web/deployments/shop?fieldManager=slipway'),
    named('POST', '/api/v1/namespaces/web/configmaps', { metadata: { name: 'records' } }),
    named('DELETE', '/api/v1/namespaces/web/secrets/old'),
    named('PATCH', '/api/v1/namespaces/web'),
    named('PUT', `${LEASES}/slipway`, lease('')),
  ];

  assert.deepEqual(names, [
    undefined,
    undefined,
    undefined,
    'POST leases/slipway',
    undefined,
    'PATCH deployments/shop',
    'POST configmaps/records',
    'DELETE secrets/old',
    'PATCH namespaces/web',
    'PUT leases/slipway',
  ]);
});

function lease(holderIdentity: string): object {
  return { metadata: { name: 'slipway' }, spec: { holderIdentity } };
}
