import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { requireRoot } from '../support/require.ts';
import { ledgerOf, runningOn } from '../support/vm-host-state.ts';
import { sharedLab, underLoad, type VmLab } from '../support/vm-lab.ts';

let mounted: string | undefined;
// Before the lab's own end, which cannot remove a folder that is a disk.
after(() => mounted !== undefined && execFileSync('umount', ['--lazy', mounted]));
const startedLab = sharedLab({ hosts: 2, network: '127.0.41', sshPort: 22_141, appPort: 8_141 });

test('a disk without room for the release is told with its numbers, and the old version serves', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const before = lab.fleet.hosts.map(runningOn);
  leave(lab, 300);

  const { result: step } = await underLoad(lab, () => lab.deploy('v2'));

  assert.equal(step.outcome, 'failure');
  assert.match(
    step.log,
    /web-1: The disk of \S+ is full: \d+ KiB are needed for v2-\w{12}; \d+ KiB and \d+ inodes are free/,
  );
  assert.deepEqual(lab.fleet.hosts.map(runningOn), before);
  assert.equal(await lab.served(), 'v1');
  assert.deepEqual(await lab.traffic(), ['web-1-blue up 1', 'web-2-blue up 1']);

  makeRoom(lab);
  assert.equal((await lab.deploy('v2')).outputs.outcome, 'deployed');
});

test('a disk without any room is a clear error before anything is touched', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const before = lab.fleet.hosts.map(runningOn);
  const entries = lab.fleet.hosts.map(ledgerOf);
  leave(lab, 0);

  const { result: step } = await underLoad(lab, () => lab.deploy('v2'));

  assert.equal(step.outcome, 'failure');
  assert.match(step.log, /web-1.*(disk is full|disk of \S+ is full)/);
  assert.deepEqual(lab.fleet.hosts.map(runningOn), before);
  assert.equal(await lab.served(), 'v1');
  assert.deepEqual(ledgerOf(lab.fleet.hosts[0]), entries[0]);
});

/** v1 is live, and the first host keeps everything on a disk of 8 MB. */
async function labOf(t: TestContext): Promise<VmLab | undefined> {
  if (!requireRoot(t)) return undefined;
  const lab = await startedLab(t);
  if (lab === undefined) return undefined;
  const root = lab.roots[0] ?? '';
  if (mounted === undefined) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0755', 'none', root]);
  mounted = root;
  makeRoom(lab);
  await lab.bring('v1');
  return lab;
}

function leave(lab: VmLab, kib: number): void {
  const { bavail, bsize } = statfsSync(lab.roots[0] ?? '');
  writeFileSync(ballast(lab), Buffer.alloc(bavail * bsize - kib * 1024));
}

function makeRoom(lab: VmLab): void {
  rmSync(ballast(lab), { force: true });
}

function ballast(lab: VmLab): string {
  return join(lab.roots[0] ?? '', 'ballast');
}
