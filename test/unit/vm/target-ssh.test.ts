import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { releaseId } from '@slipway/kernel/release';
import { execute } from '@slipway/rollout/execute';
import type { Result } from '@slipway/rollout/result';
import { releaseFolder } from '@slipway/vm/layout';
import { lockFleet, unlockFleet } from '@slipway/vm/lease/fleet-lock';
import { createVmTarget } from '@slipway/vm/target';
import { keptLog } from '../../support/kept-log.ts';
import { memoryBalancer } from '../../support/memory-balancer.ts';
import { isAlive, killGroup } from '../../support/processes.ts';
import { aRecord } from '../../support/releases.ts';
import { requirePart } from '../../support/require.ts';
import { lockSettings, type SshLab, sshLab } from '../../support/ssh-lab.ts';
import { aRequest } from '../../support/topologies.ts';
import { packRelease, TREE, testService } from '../../support/vm-host.ts';

test('over real connections: a deployment outlives its run, and the next run finds it', async (t) => {
  if (requirePart(t, 'sshd') === undefined) return;
  await using lab = await sshLab(3);
  const files = { 'bin/start': '#!/bin/sh\nexec sleep 600\n', VERSION: 'v1' };
  const packed = await packRelease(lab.folder, 'v1', files);
  const path = lab.folder.at('v1.bytes');
  writeFileSync(path, packed.bytes);
  const release = aRecord('v1', { ...packed.id, size: packed.bytes.length, mediaType: TREE });
  const base = (index: number): string => lab.folder.at(`root-${index}`, 'shop', 'test');
  const pids = (): number[] => [0, 1].map((index) => Number(read(base(index), 'slots/blue.d/process').split(' ')[0]));

  const first = await deploy(lab, release, path);
  try {
    assert.equal(first.outcome, 'deployed', JSON.stringify(first.failures));
    for (const pid of pids()) assert.equal(isAlive(pid), true, 'the service does not end with the connection');
    for (const index of [0, 1, 2]) {
      assert.equal(read(base(index), 'state/ledger.jsonl').trimEnd().split('\n').length, 1);
      assert.deepEqual(readdirSync(`${base(index)}/state/steps`), []);
    }
    assert.deepEqual(readdirSync(`${base(0)}/releases`), [releaseFolder(releaseId(release))]);
    const [line] = read(base(0), 'state/ledger.jsonl').split('\n');
    const entry = JSON.parse(line ?? '') as { hosts: string[]; balancers: string[] };
    assert.deepEqual(
      entry.hosts,
      [0, 1].map((index) => read(base(index), 'state/host-id').trim()),
    );
    assert.deepEqual(entry.balancers, [read(base(2), 'state/host-id').trim()]);

    const before = pids();
    const second = await deploy(lab, release, path);

    assert.equal(second.outcome, 'unchanged');
    assert.deepEqual(pids(), before);
  } finally {
    for (const index of [0, 1]) {
      for (const file of ['slots/blue.d/supervisor', 'slots/blue.d/process']) {
        if (existsSync(`${base(index)}/${file}`)) killGroup(Number(read(base(index), file).split(' ')[0]));
      }
    }
  }
});

let runs = 0;

/** With the third host as the balancer's. */
async function deploy(lab: SshLab, release: ReturnType<typeof aRecord>, path: string): Promise<Result> {
  const fleet = await lab.open([lab.host(0), lab.host(1), lab.host(2, { name: 'lb-1' })]);
  const [one, two, lb] = fleet.sessions;
  if (one === undefined || two === undefined || lb === undefined) throw new Error('not all hosts were opened');
  runs += 1;
  const target = createVmTarget({
    slots: ['blue'],
    place: { app: 'shop', environment: 'test' },
    members: [one, two],
    balancers: [{ session: lb, balancer: memoryBalancer('lb-1', ['web-1', 'web-2']) }],
    service: testService(),
    prober: { once: () => Promise.resolve(true), untilHealthy: () => Promise.resolve() },
    processProof: true,
    lease: {
      lock: (waitMs, signal) => lockFleet(fleet.sessions, lockSettings({ waitMs, signal })),
      unlock: () => unlockFleet(fleet.sessions),
    },
    fetch: () => Promise.resolve(path),
    hooks: [],
    runner: { exec: systemExec, folder: '/', env: {} },
    clock: systemClock,
    log: keptLog(),
    limits: { atOnce: 8, stepMs: 20_000, stageMs: 20_000, drainMs: 1_000, upMs: 1_000, keep: 3 },
  });
  try {
    return await execute({
      app: 'shop',
      environment: 'test',
      intent: { kind: 'deploy', release, allowOlder: false },
      tactics: aRequest(),
      mode: 'apply',
      maxFailures: 0,
      keep: 3,
      lockWaitMs: 5_000,
      run: { id: String(runs), attempt: 1, number: runs, url: `https://ci.example/runs/${runs}`, actor: 'ada' },
      target,
      clock: systemClock,
      log: keptLog(),
      signal: new AbortController().signal,
    });
  } finally {
    await fleet.close();
  }
}

function read(base: string, file: string): string {
  return readFileSync(`${base}/${file}`, 'utf8');
}
