import { test } from 'node:test';
import { withCluster } from '../lab/k8s/with-cluster.ts';
import { resumesWatches, survivesFaults } from './k8s-api/broken-connections.ts';
import { knowsKinds } from './k8s-api/known-kinds.ts';
import { knowsItsProxyGone, leavesNothingBehind, tellsUnreachable } from './k8s-api/kubectl-proxy.ts';
import { openApi, type Place } from './k8s-api/place.ts';
import { namesMissingPermissions } from './k8s-api/restricted-user.ts';
import { appliesWholeSets, leavesReplicas, runsJobsOnce } from './k8s-api/sets.ts';
import {
  appliesOnce,
  deletesTheVeryOne,
  plansWithoutWriting,
  takesOverFromKubectl,
  tellsConflicts,
  tellsRefusals,
} from './k8s-api/writes.ts';

test('our API to a real cluster', { timeout: 300_000 }, async (t) => {
  await withCluster(t, async (cluster) => {
    await using opened = await openApi(cluster);
    const namespace = `api-${process.pid}`;
    const place: Place = { ...opened, cluster, namespace };
    await cluster.run(['create', 'namespace', namespace]);
    try {
      await t.test('knows kinds as the cluster names them', () => knowsKinds(place));
      await t.test('applies once, and says of which generation it is', (s) => appliesOnce(s, place));
      await t.test('names owner and field of a conflict, and takes over when asked', (s) => tellsConflicts(s, place));
      await t.test('takes over from kubectl when asked', (s) => takesOverFromKubectl(s, place));
      await t.test('plans without writing', (s) => plansWithoutWriting(s, place));
      await t.test('deletes the very object that was seen', (s) => deletesTheVeryOne(s, place));
      await t.test('applies whole sets, definitions before what they define', (s) => appliesWholeSets(s, place));
      await t.test('leaves replicas to autoscalers', (s) => leavesReplicas(s, place));
      await t.test('runs Jobs once', (s) => runsJobsOnce(s, place));
      await t.test('names all missing permissions at once', (s) => namesMissingPermissions(s, place));
      await t.test('resumes watches', (s) => resumesWatches(s, place));
      await t.test('is right in the end, with a fault in one call of ten', (s) => survivesFaults(s, place));
      await t.test('tells refusals in words', (s) => tellsRefusals(s, place));
      await t.test('tells why a cluster cannot be reached', (s) => tellsUnreachable(s, place));
      await t.test('knows when its proxy is gone', (s) => knowsItsProxyGone(s, place));
      await t.test('leaves no process behind, even by SIGKILL', (s) => leavesNothingBehind(s, place));
    } finally {
      await cluster.run(['delete', 'namespace', namespace, '--wait=false']);
    }
  });
});
