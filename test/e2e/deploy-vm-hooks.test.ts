import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from '../support/processes.ts';
import { sharedLab, underLoad, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.45', sshPort: 22_145, appPort: 8_145 });

test('each hook runs at its moment, with what it is about, in the folder of its release', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');
  const line = (where: string): string =>
    `sh -c 'echo "${where} $SLIPWAY_MEMBERS $SLIPWAY_HOST $SLIPWAY_VERSION $SLIPWAY_PREVIOUS_VERSION" >>${trace(lab)}'`;

  const { result: step } = await underLoad(lab, () =>
    deployed(lab, 'h2', [
      `before-stage on runner: ${line('before-stage runner')}`,
      `before-stage on once: ${line('before-stage once')}`,
      `after-start on host: ${line('after-start host')}`,
      `before-shift on runner: ${line('before-shift runner')}`,
      `after-deploy on once: ${line('after-deploy once')}`,
      'on-failure on host: false',
    ]),
  );

  assert.equal(step.outputs.outcome, 'deployed', step.log);
  const [first, last] = [traced(lab).slice(0, -3), traced(lab).slice(-3)];
  assert.deepEqual(first, [
    'before-stage runner web-1 web-2  h2 h1',
    'before-stage once web-1 web-2 web-1 h2 h1',
    ...tracesOf('web-1'),
    ...tracesOf('web-2'),
  ]);
  assert.deepEqual(last.slice(0, 2).toSorted(), [
    'own after-deploy web-1 h2 h1  h2',
    'own after-deploy web-2 h2 h1  h2',
  ]);
  assert.equal(last[2], 'after-deploy once web-1 web-2 web-1 h2 h1');
  assert.match(step.log, /web-1: The hook after-start of h2\n::stop-commands::\S+\nh2 after-start says hello on web-1/);
});

test('a plan lists the hooks, and runs none', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');
  const told = traced(lab);

  const step = await lab.deploy(await hooked(lab, 'h2'), { mode: 'plan', hooks: 'after-start on host: bin/warm-up' });

  assert.match(step.log, /^beside: after-start on host: bin\/warm-up$/m);
  assert.match(step.summary ?? '', /after-start on host: bin\/warm-up/);
  assert.deepEqual(traced(lab), told);
});

test('a hook that fails fails its member: all goes back, with the hooks of what comes back', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');
  const told = traced(lab).length;

  const { result: step } = await underLoad(lab, () =>
    deployed(lab, 'h2', ["before-shift on host: sh -c 'seq 60; echo not ready >&2; exit 3'"]),
  );

  assert.deepEqual([step.outputs.outcome, step.outputs.version], ['rolled-back', 'h1'], step.log);
  assert.match(step.log, /web-1: The hook before-shift on host: sh -c .* ended with status 3\./);
  assert.match(step.summary ?? '', /```text\n12\n13\n(.*\n)*60\nnot ready\n/);
  assert.equal(await lab.served(), 'h1');
  assert.deepEqual(traced(lab).slice(told, told + 4), [
    'own after-start web-1 h2 h1 blue h2',
    'own before-shift web-1 h2 h1 blue h2',
    'own after-start web-1 h1 h2 blue h1',
    'own before-shift web-1 h1 h2 blue h1',
  ]);
  assert.deepEqual(
    traced(lab)
      .slice(told + 4)
      .toSorted(),
    ['web-1', 'web-2'].map((name) => `own on-failure ${name} h2 h1  h2`),
  );
});

test('a hook that hangs is ended in time, with all that it started', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');
  const pids = join(lab.fleet.folder, 'pids');

  const { result: step } = await underLoad(lab, () =>
    deployed(lab, 'h2', [
      `after-start on host within 1s: sh -c 'sleep 300 & echo $! >${pids}; echo $$ >>${pids}; echo it hangs; sleep 301'`,
    ]),
  );

  assert.equal(step.outputs.outcome, 'rolled-back', step.log);
  assert.match(
    step.log,
    /did not end within 1s, so it was ended with all that it had started\.\n::stop-commands::\S+\nit hangs/,
  );
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  assert.deepEqual([started.length, started.filter(isAlive)], [2, []]);
  assert.equal(await lab.served(), 'h1');
});

test('a hook on the runner that hangs or is not there fails all members of its step', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');

  const hangs = await deployed(lab, 'h2', ['before-stage on runner within 1s: sleep 300']);
  const missing = await deployed(lab, 'h2', ['before-stage on runner: ./no-such-thing']);

  assert.deepEqual([hangs.outcome, missing.outcome], ['failure', 'failure']);
  assert.match(hangs.log, /web-1: The hook before-stage on runner: sleep 300 did not end within 1s/);
  assert.match(missing.log, /no-such-thing/);
  assert.equal(await lab.served(), 'h1');
});

test('hooks at the end only warn: what is deployed is deployed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');

  const step = await deployed(lab, 'h2', ["after-deploy on once: sh -c 'echo nobody listens; exit 1'"]);

  assert.deepEqual([step.outcome, step.outputs.outcome], ['success', 'deployed'], step.log);
  assert.match(step.annotations.map(({ message }) => message).join('\n'), /web-1: The hook after-deploy .* status 1/);
  assert.match(step.summary ?? '', /The hook after-deploy/);
  assert.equal((await deployed(lab, 'h2')).outputs.outcome, 'unchanged');
});

test('what cannot be read is told all at once, and nothing is changed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await deployed(lab, 'h1');
  const before = lab.files();

  const step = await deployed(lab, 'h2', [
    'after-strat on host: x',
    'after-start on moon: x',
    "after-start on host: 'x",
  ]);

  assert.equal(step.outcome, 'failure');
  assert.match(step.log, /"after-strat" is no moment\. Did you mean "after-start"\?/);
  assert.match(step.log, /"moon" is no place to run it\.[\s\S]*allowed: host, runner, once/);
  assert.match(step.log, /a quote is never closed/);
  assert.deepEqual(lab.files(), before);
});

function tracesOf(member: string): readonly string[] {
  return [
    `own after-start ${member} h2 h1 blue h2`,
    `after-start host ${member} ${member} h2 h1`,
    `own before-shift ${member} h2 h1 blue h2`,
    `before-shift runner ${member}  h2 h1`,
  ];
}

async function deployed(lab: VmLab, version: string, hooks: readonly string[] = []) {
  const release = await hooked(lab, version);
  if (version === 'h1') rmSync(trace(lab), { force: true });
  const step = await lab.deploy(release, { 'allow-older': 'true', 'min-available': '50%', hooks: hooks.join('\n') });
  if (version === 'h1') rmSync(trace(lab), { force: true });
  return step;
}

/** A release whose own hooks leave a trace. */
function hooked(lab: VmLab, version: string) {
  const moments = ['after-start', 'before-shift', 'after-deploy', 'on-failure'];
  const files = moments.map((moment) => [
    `.slipway/hooks/${moment}`,
    [
      '#!/bin/sh',
      `echo ${version} ${moment} says hello on $SLIPWAY_HOST`,
      '[ "$(pwd -P)" = "$SLIPWAY_RELEASE_DIR" ] || exit 9',
      'name=${PWD##*/}',
      `echo "own ${moment} $SLIPWAY_HOST $SLIPWAY_VERSION $SLIPWAY_PREVIOUS_VERSION $SLIPWAY_SLOT \${name%-*}" >>${trace(lab)}`,
      '',
    ].join('\n'),
  ]);
  return lab.release(version, { files: Object.fromEntries(files) as Record<string, string> });
}

function trace(lab: VmLab): string {
  return join(lab.fleet.folder, 'trace');
}

function traced(lab: VmLab): readonly string[] {
  return existsSync(trace(lab)) ? readFileSync(trace(lab), 'utf8').trim().split('\n') : [];
}
