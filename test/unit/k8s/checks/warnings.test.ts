import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuseEndless } from '@slipway/k8s/checks/refuse';
import { unavailableAtOnce } from '@slipway/k8s/checks/unavailable';
import { findWarnings } from '@slipway/k8s/checks/warnings';
import type { KubeObject } from '@slipway/k8s/object';
import { digestOf } from '@slipway/kernel/digest';
import type { JsonObject } from '@slipway/kernel/json';
import * as fc from 'fast-check';
import { bare, web, workload } from '../../../support/kube-objects.ts';

/** Nothing to say about it. */
const GOOD: JsonObject = {
  image: `registry:5000/shop@${digestOf('x')}`,
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: {} },
  lifecycle: { preStop: { sleep: { seconds: 3 } } },
};
const FEW = { replicas: 4 };

function good(more: JsonObject = {}, spec: JsonObject = FEW): KubeObject {
  return web(spec, { ...GOOD, ...more });
}

function pod(more: JsonObject, container: JsonObject = {}, kind = 'Deployment'): KubeObject {
  return workload(kind, FEW, { containers: [{ name: 'app', ...GOOD, ...container }], ...more });
}

const { ports: _ports, readinessProbe: _probe, lifecycle: _lifecycle, ...WORKER } = GOOD;
const service = { ...bare('Service', 'web'), spec: { selector: { app: 'web' } } };
const scaler = { ...bare('HorizontalPodAutoscaler', 'h', 'autoscaling/v2'), spec: { scaleTargetRef: { name: 'web' } } };

describe('nothing to say', () => {
  const rows: readonly (readonly [name: string, objects: readonly KubeObject[]])[] = [
    ['a good Deployment', [good()]],
    ['a good StatefulSet', [pod({}, {}, 'StatefulSet')]],
    ['a DaemonSet of one pod a node', [pod({}, {}, 'DaemonSet')]],
    ['a worker that nobody calls', [web(FEW, WORKER), { ...service, spec: { selector: { app: 'other' } } }]],
    ['a Job', [workload('Job', {}, { containers: [{ name: 'app', ...WORKER }] })]],
    ['an autoscaler has the replicas', [good({}, {}), scaler]],
    ['a preStop of its own making', [good({ lifecycle: { preStop: { exec: { command: ['x'] } } } })]],
    ['the usual 25 %', [good({}, { replicas: 4, strategy: { type: 'RollingUpdate' } })]],
    [
      'a probe on one of two containers',
      [
        workload('Deployment', FEW, {
          containers: [
            { name: 'app', ...GOOD },
            { name: 'side', image: GOOD.image },
          ],
        }),
      ],
    ],
    ['objects without pods', [bare('ConfigMap', 'a'), service]],
  ];
  for (const [name, objects] of rows) {
    test(name, () => {
      assert.deepEqual(findWarnings(objects), []);
    });
  }
});

describe('told, with the line to write', () => {
  const rows: readonly (readonly [name: string, objects: readonly KubeObject[], what: RegExp, fix: RegExp])[] = [
    [
      'no readiness probe',
      [good({ readinessProbe: undefined })],
      /has no readiness probe/,
      /readinessProbe: .*container app/,
    ],
    ['no preStop', [good({ lifecycle: undefined })], /no preStop/, /preStop: \{ sleep: \{ seconds: 3/],
    [
      'a short preStop',
      [good({ lifecycle: { preStop: { sleep: { seconds: 1 } } } })],
      /a preStop of 1 s/,
      /seconds: 3/,
    ],
    [
      'a short grace',
      [pod({ terminationGracePeriodSeconds: 5 })],
      /killed 5 s after.*preStop takes 3 s/,
      /terminationGracePeriodSeconds: 33/,
    ],
    ['one replica', [good({}, {})], /has one replica/, /replicas: 2/],
    ['Recreate', [good({}, { ...FEW, strategy: { type: 'Recreate' } })], /stops all its pods/, /RollingUpdate/],
    [
      'too many away',
      [good({}, { ...FEW, strategy: { rollingUpdate: { maxUnavailable: 2 } } })],
      /loses 2 of its 4/,
      /maxUnavailable: 0/,
    ],
    [
      'all away',
      [good({}, { ...FEW, strategy: { rollingUpdate: { maxUnavailable: '100%' } } })],
      /loses 4 of its 4/,
      /maxUnavailable: 0/,
    ],
    [
      'a tag',
      [good({ image: 'shop:v1' })],
      /container app by a tag/,
      /^container:app=docker\.io\/library\/shop@sha256/,
    ],
    [
      'a Job that forgets itself',
      [workload('Job', { ttlSecondsAfterFinished: 60 }, { containers: [] })],
      /^Job shop\/web is deleted 60 s after its end/,
      /remove the line/,
    ],
  ];
  for (const [name, objects, what, fix] of rows) {
    test(name, () => {
      const warnings = findWarnings(objects);

      assert.equal(warnings.length, 1, JSON.stringify(warnings));
      assert.match(warnings[0]?.what ?? '', what);
      assert.match(warnings[0]?.fix ?? '', fix);
      assert.match(warnings[0]?.what ?? '', /^(Deployment|Job) shop\/web /);
    });
  }

  test('what a Service sends requests to serves, ports or not', () => {
    assert.deepEqual(
      findWarnings([web(FEW, WORKER), service]).map(({ what }) => what.split(':')[0]),
      ['Deployment shop/web has no readiness probe', 'Deployment shop/web has no preStop'],
    );
  });
});

describe('a rollout without an end is refused', () => {
  const rows: readonly (readonly [name: string, object: KubeObject, message: RegExp])[] = [
    [
      'OnDelete',
      workload('StatefulSet', { updateStrategy: { type: 'OnDelete' } }, {}),
      /StatefulSet shop\/web is updated only.*fix: +updateStrategy: \{ type: RollingUpdate \}/s,
    ],
    ['OnDelete of a DaemonSet', workload('DaemonSet', { updateStrategy: { type: 'OnDelete' } }, {}), /DaemonSet/],
    ['paused', web({ paused: true }), /is paused.*paused: false/s],
    ['suspended', workload('Job', { suspend: true }, {}), /is suspended.*suspend: false/s],
  ];
  for (const [name, object, message] of rows) {
    test(name, () => {
      assert.throws(() => refuseEndless([good(), object]), message);
    });
  }

  test('the others are not', () => {
    refuseEndless([
      good(),
      workload('StatefulSet', { updateStrategy: { type: 'RollingUpdate' } }, {}),
      workload('CronJob', { suspend: true }, {}),
    ]);
  });
});

describe('how many replicas go at once', () => {
  const rows: readonly (readonly [kind: string, spec: JsonObject, replicas: number, away: number])[] = [
    ['Deployment', {}, 4, 1],
    ['Deployment', {}, 3, 0],
    ['Deployment', { strategy: { rollingUpdate: { maxUnavailable: '50%' } } }, 3, 1],
    ['Deployment', { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } }, 3, 1],
    ['Deployment', { strategy: { rollingUpdate: { maxUnavailable: 9 } } }, 3, 3],
    ['StatefulSet', {}, 3, 1],
    ['StatefulSet', { updateStrategy: { rollingUpdate: { maxUnavailable: '50%' } } }, 4, 2],
  ];
  for (const [kind, spec, replicas, away] of rows) {
    test(`${kind} ${JSON.stringify(spec)} of ${replicas}: ${away}`, () => {
      assert.equal(unavailableAtOnce(workload(kind, spec, {}), replicas), away);
    });
  }

  test('never more than there are', () => {
    const value = fc.oneof(
      fc.nat(20),
      fc.nat(100).map((share) => `${share}%`),
    );
    fc.assert(
      fc.property(value, value, fc.nat(20), (maxUnavailable, maxSurge, replicas) => {
        const away = unavailableAtOnce(web({ strategy: { rollingUpdate: { maxUnavailable, maxSurge } } }), replicas);

        assert.ok(away >= 0 && (away <= replicas || away === 1));
      }),
    );
  });
});
