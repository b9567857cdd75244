import assert from 'node:assert/strict';
import { KNOWN_KINDS } from '@slipway/k8s/known-kinds';
import type { Place } from './place.ts';

/** What is taken as known is what discovery would have said. */
export async function knowsKinds({ cluster }: Place): Promise<void> {
  const table = await cluster.run(['api-resources', '--no-headers']);
  const served = new Set(table.split('\n').map((line) => line.trim().split(/\s+/).slice(-3).join(' ')));
  const names = new Set(table.split('\n').map((line) => line.split(/\s+/)[0]));

  for (const [apiVersion, kinds] of Object.entries(KNOWN_KINDS)) {
    for (const [kind, name] of Object.entries(kinds)) {
      assert.ok(served.has(`${apiVersion} true ${kind}`), `${apiVersion} ${kind} in namespaces`);
      assert.ok(names.has(name), name);
    }
  }
}
