import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podTemplate } from '../../lab/k8s/pod.ts';
import { appOptions, controls, PARTS, type Part, turns } from '../../traffic-k8s/scenario.ts';

const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  'readiness probe': ['readinessProbe'],
  preStop: ['lifecycle'],
  'graceful end': ['env'],
  'Connection: close': ['env'],
};

for (const part of PARTS) {
  test(`pods without ${part.name} are like the others in all else`, () => {
    const [whole, less] = [container(undefined), container(part)];

    const keys = [...new Set([...Object.keys(whole), ...Object.keys(less)])];
    const different = keys.filter((key) => JSON.stringify(whole[key]) !== JSON.stringify(less[key]));

    assert.deepEqual(different, DIFFERENCES[part.name]);
    assert.deepEqual(
      environmentOf(less).slice(0, environmentOf(whole).length),
      environmentOf(whole),
      'nothing but one variable more',
    );
    assert.ok(environmentOf(less).length <= environmentOf(whole).length + 1);
  });
}

test('each part is taken away once, and missed in one direction only', () => {
  const phases = controls();

  assert.equal(phases.length, 2 * PARTS.length);
  for (const { name } of PARTS) {
    const own = phases.filter((phase) => phase.name.startsWith(`no ${name}: `));
    assert.equal(own.length, 2);
    assert.equal(own.filter(({ loses }) => loses).length, 1);
  }
});

test('releases come and go without end, each one under a version of its own', () => {
  const [first, second] = turns();

  const versions = [first, second].map((turn) => turn?.map(({ act }) => `${act.kind} ${act.version}`));
  assert.deepEqual(versions, [
    ['deploy v1', 'roll back v0'],
    ['deploy v2', 'roll back v0'],
  ]);
});

function container(without: Part | undefined): Readonly<Record<string, unknown>> {
  const { containers } = podTemplate({ image: 'app', ...appOptions(without) }).spec;
  return (containers as readonly Readonly<Record<string, unknown>>[])[0] ?? {};
}

function environmentOf(given: Readonly<Record<string, unknown>>): readonly unknown[] {
  return given.env as readonly unknown[];
}
