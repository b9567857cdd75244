import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '@slipway/k8s/rollout/diagnose';
import { AT_ONCE, CURABLE_MS, type Finding, NEVER, PASSING_MS } from '@slipway/k8s/rollout/finding';
import { only, podOf, podStatus, summary, withEvent, withPods } from '../../../support/kube-findings.ts';
import { type Moment, moment, sceneAt } from '../../../support/kube-scenes.ts';

interface Expected {
  readonly cause: Finding['cause'];
  readonly after: number;
  readonly log?: Finding['log'];
  readonly says: RegExp;
}

/** Recorded from a real cluster. */
const RECORDED: Readonly<Record<string, Expected>> = {
  'bad-tag': {
    cause: 'image',
    after: AT_ONCE,
    says: /^container app of pod tag-\S+ cannot get its image \S+app:nope: \S+app:nope: not found\.$/,
  },
  'bad-name': {
    cause: 'image',
    after: AT_ONCE,
    says: /cannot get its image UPPER\/\/x: .*invalid reference format\.$/,
  },
  'no-registry': { cause: 'image', after: PASSING_MS, says: /: failed to do request: .*connection refused\.$/ },
  'bad-command': {
    cause: 'start',
    after: AT_ONCE,
    says: /cannot be started: exec: "\/nope": stat \/nope: no such file or directory\.$/,
  },
  'first-crash': { cause: 'crash', after: NEVER, log: 'current', says: /ended with exit code 1 after 0 s\.$/ },
  crash: {
    cause: 'crash',
    after: AT_ONCE,
    log: 'current',
    says: /ended with exit code 1 after 0 s, 2 times so far\.$/,
  },
  'crash-loop': { cause: 'crash', after: AT_ONCE, log: 'previous', says: /exit code 1 after 0 s, 2 times so far\.$/ },
  'exit-0': {
    cause: 'crash',
    after: AT_ONCE,
    log: 'previous',
    says: /exit code 0 after 0 s, 2 times so far; it has to go on running\.$/,
  },
  oom: {
    cause: 'out-of-memory',
    after: AT_ONCE,
    log: 'previous',
    says: /more memory than its limit of 64Mi \(exit code 137, 2 times so far\)\.$/,
  },
  'bad-init': {
    cause: 'crash',
    after: AT_ONCE,
    log: 'previous',
    says: /^init container prepare of pod init-\S+ ended with exit code 3/,
  },
  'bad-liveness': {
    cause: 'liveness',
    after: AT_ONCE,
    log: 'previous',
    says: /killed by its own probe, 3 times so far: Liveness probe failed: HTTP probe failed with statuscode: 503\.$/,
  },
  unready: {
    cause: 'probe',
    after: NEVER,
    log: 'current',
    says: /its readiness probe failed 3 times, the last time with: HTTP probe failed with statuscode: 503\.$/,
  },
  'no-config-map': { cause: 'config', after: CURABLE_MS, says: /cannot be created: configmap "nowhere" not found\.$/ },
  'no-volume-config': {
    cause: 'mount',
    after: CURABLE_MS,
    says: /cannot mount its volumes: .*configmap "mounted" not found\.$/,
  },
  'no-claim': {
    cause: 'volume-claim',
    after: CURABLE_MS,
    says: /waits for its volumes: .*persistentvolumeclaim "nowhere" not found\.$/,
  },
  'volume-claim': {
    cause: 'volume-claim',
    after: CURABLE_MS,
    says: /waits for its volumes: unbound-data: .*"nothing" not found\.$/,
  },
  unschedulable: {
    cause: 'unschedulable',
    after: CURABLE_MS,
    says: /2 Insufficient cpu\. n1 has cpu 2, and 100 is asked for; n2 has cpu 2, and 100 is asked for\.$/,
  },
  'no-account': {
    cause: 'create',
    after: CURABLE_MS,
    says: /^ReplicaSet account-\S+ cannot create pods: .*serviceaccount "nobody" not found\.$/,
  },
  'policy-denied': { cause: 'webhook', after: CURABLE_MS, says: /denied request: images must be signed\.$/ },
  'webhook-silent': {
    cause: 'webhook',
    after: PASSING_MS,
    says: /failed calling webhook "guard.example.com": .*connection refused\.$/,
  },
  quota: {
    cause: 'quota',
    after: CURABLE_MS,
    says: /exceeded quota: small, requested: limits.memory=64Mi, used: limits.memory=64Mi/,
  },
  'quota-statefulset': {
    cause: 'quota',
    after: CURABLE_MS,
    says: /^StatefulSet poor cannot create pods: pods "poor-0" is forbidden: exceeded quota/,
  },
  gated: { cause: 'gate', after: NEVER, says: /its readiness gate example.com\/approved is not True\.$/ },
  'statefulset-bad-tag': { cause: 'image', after: AT_ONCE, says: /container app of pod db-2 cannot get its image/ },
  'deployment-timed-out': {
    cause: 'probe',
    after: NEVER,
    log: 'current',
    says: /container app of pod late-\S+ runs, but is not ready/,
  },
  'job-failed': {
    cause: 'crash',
    after: NEVER,
    log: 'current',
    says: /container app of pod broken-\S+ ended with exit code 4/,
  },
};

for (const [name, expected] of Object.entries(RECORDED)) {
  test(`diagnosis of ${name}`, () => {
    const found = only(moment(name));

    assert.match(found.what, expected.says);
    const { cause, terminalAfterMs, log } = found;
    assert.deepEqual(
      { cause, terminalAfterMs, log },
      { cause: expected.cause, terminalAfterMs: expected.after, log: expected.log },
    );
  });
}

test('nothing is wrong with what is ready, on its way, or of another revision', () => {
  for (const name of [
    'deployment-ready',
    'deployment-rolling',
    'daemonset-rolling',
    'job-complete',
    'statefulset-stuck',
  ]) {
    assert.deepEqual(diagnose(sceneAt(moment(name))), [], name);
  }
});

test('nothing is known before the controller has seen our write', () => {
  assert.deepEqual(diagnose(sceneAt({ ...moment('bad-tag'), generation: 2 })), []);
  assert.deepEqual(diagnose(sceneAt({ ...moment('quota'), generation: 9 })), []);
});

test('what another pod of the revision has done is given more time', () => {
  assert.equal(proved('bad-tag').terminalAfterMs, PASSING_MS);
  assert.equal(proved('crash').terminalAfterMs, NEVER, 'twice is not enough then');
  assert.equal(only(restarted(moment('crash'), 2)).terminalAfterMs, AT_ONCE);
});

test('a kubelet that does not say why has said it in an event', () => {
  const bad = withState(moment('bad-tag'), {
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "app:nope"',
  });

  assert.match(only(bad).what, /cannot get its image \S+app:nope: \S+app:nope: not found\.$/);
  assert.equal(only(bad).terminalAfterMs, AT_ONCE);
});

test('messages of other registries and runtimes', () => {
  for (const sure of [
    'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
    'pull access denied, repository does not exist or may require authorization',
    'no match for platform in manifest: not found',
    'manifest unknown',
  ]) {
    assert.equal(said(sure), AT_ONCE, sure);
  }
  for (const passing of [
    '429 Too Many Requests - Server message: toomanyrequests',
    'failed to do request: Head "https://registry/v2/notfound/manifests/v1": dial tcp: i/o timeout',
    'unexpected status from HEAD request to https://registry/v2/app/manifests/v1: 503 Service Unavailable',
  ]) {
    assert.equal(said(passing), PASSING_MS, passing);
  }
});

test('what passes by itself is never terminal', () => {
  const cache = {
    reason: 'CreateContainerConfigError',
    message: 'failed to sync configmap cache: timed out waiting for the condition',
  };
  const attach = withEvent(moment('no-volume-config'), 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"');
  const sandbox = withEvent(moment('no-volume-config'), 'FailedCreatePodSandBox', 'plugin type="bridge" failed');
  const evicted = withPods(moment('unready'), { phase: 'Failed', reason: 'Evicted', message: 'low on memory' });

  assert.equal(only(withState(moment('no-config-map'), cache)).terminalAfterMs, NEVER);
  assert.deepEqual(summary(only(attach)), ['mount', NEVER]);
  assert.deepEqual(summary(only(sandbox)), ['sandbox', NEVER]);
  assert.deepEqual(summary(only(evicted)), ['evicted', NEVER]);
});

test('a node that is not ready is told after what the pod itself says', () => {
  const lost = withEvent(moment('unready'), 'NodeNotReady', 'Node is not ready');

  assert.deepEqual(
    diagnose(sceneAt(lost)).map(({ cause }) => cause),
    ['probe', 'node'],
  );
});

const READY = { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] };

function withState(at: Moment, waiting: object): Moment {
  return withPods(at, {
    ...podStatus(at),
    containerStatuses: [{ name: 'app', ready: false, restartCount: 0, state: { waiting } }],
  });
}

function restarted(at: Moment, restartCount: number): Moment {
  const [container] = podStatus(at).containerStatuses as readonly object[];
  return withPods(at, { ...podStatus(at), containerStatuses: [{ ...container, restartCount }] });
}

/** What is wrong where another pod of the revision is ready. */
function proved(name: string): Finding {
  const bad = moment(name);
  const pod = podOf(bad);
  const good = { ...pod, metadata: { ...pod.metadata, name: 'good', uid: 'good' }, status: READY };
  return only({ ...bad, others: [...bad.others, good] });
}

/** How long that message of a pull is waited for. */
function said(message: string): number {
  return only(withState(moment('bad-tag'), { reason: 'ErrImagePull', message })).terminalAfterMs;
}
