import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { StepResult } from '../support/runner/job.ts';
import { type Inputs, sharedLab, underLoad, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.40' });

interface Case {
  readonly name: string;
  /** The inputs that are not as they should be; v1 is live and v2 is asked for. */
  readonly bad: (lab: VmLab) => Inputs;
  readonly says: (lab: VmLab) => readonly (RegExp | string)[];
}

const REFUSED: readonly Case[] = [
  {
    name: 'a host whose name nobody knows',
    bad: ({ inputs }) => ({ hosts: `${inputs.hosts}\ndeploy@web-9.invalid name=web-9 root=/opt` }),
    says: () => ['web-9', 'deploy@web-9.invalid', 'could not be opened', 'Could not resolve hostname web-9.invalid'],
  },
  {
    name: 'a host where nobody listens',
    bad: ({ inputs, fleet }) => ({
      hosts: `${inputs.hosts}\ndeploy@127.0.40.9:${fleet.sshPort} name=web-9 root=/opt`,
      'connect-timeout': '2s',
    }),
    says: ({ fleet }) => [`deploy@127.0.40.9:${fleet.sshPort}`, /Connection refused/],
  },
  {
    name: 'a host key that known-hosts does not have',
    bad: ({ fleet }) => ({ 'known-hosts': fleet.hosts.slice(1).concat(fleet.balancer).map(keyLine).join('\n') }),
    says: ({ fleet }) => ['web-1: its host key is not in known-hosts', ...offered(keyLine(fleet.hosts[0]))],
  },
  {
    name: 'a host key that is another one',
    bad: ({ fleet, inputs }) => ({
      'known-hosts': (inputs['known-hosts'] ?? '').replace(keyOf(fleet.hosts[0]), keyOf(fleet.hosts[1])),
    }),
    says: ({ fleet }) => ['web-1: its host key is another one', ...offered(keyLine(fleet.hosts[0]))],
  },
  {
    name: 'a balancer host whose key is not known',
    bad: ({ fleet }) => ({ 'known-hosts': fleet.hosts.map(keyLine).join('\n') }),
    says: ({ fleet }) => [/its host key is not in known-hosts/, ...offered(keyLine(fleet.balancer))],
  },
  {
    name: 'a key that opens nothing',
    bad: () => ({ 'ssh-key': 'not a key' }),
    says: () => ['The ssh-key cannot be used', 'ssh-key: ${{ secrets.SSH_KEY }}'],
  },
  {
    name: 'a backend that HAProxy does not have',
    bad: ({ inputs }) => ({ balancer: (inputs.balancer ?? '').replace('backend=web', 'backend=wep') }),
    says: () => ['has no backend "wep"', 'allowed: web', 'backend=web'],
  },
  {
    name: 'servers that HAProxy does not have',
    bad: ({ inputs }) => ({ balancer: (inputs.balancer ?? '').replace('{host}-{slot}', '{host}-{slot}-x') }),
    says: () => ['has no servers web-1-blue-x, web-2-blue-x', 'web-1-blue, web-2-blue'],
  },
  {
    name: 'an admin socket that is not there',
    bad: ({ inputs }) => ({ balancer: (inputs.balancer ?? '').replace('admin.sock', 'other.sock') }),
    says: () => [/other\.sock/],
  },
  {
    name: 'one host with something live',
    bad: ({ inputs }) => ({ hosts: (inputs.hosts ?? '').split('\n')[0] ?? '' }),
    says: () => ['web-1 is the only member that can be in service', 'allow-downtime: true'],
  },
  {
    name: 'no balancer with something live',
    bad: () => ({ balancer: '' }),
    says: () => ['Without a balancer', 'loses requests', 'allow-downtime: true'],
  },
  {
    name: 'several bad inputs at once',
    bad: () => ({ hosts: 'deploy@a@b', health: 'ftp://x', batch: 'many', 'drain-timeout': 'soon', environment: '' }),
    says: () => ['"environment" is missing', '"batch"', '"drain-timeout"', /hosts/, /health/],
  },
];

const EDITED: readonly (readonly [field: string, edit: Partial<ReleaseRecord>])[] = [
  ['version', { version: 'v9' }],
  ['size', { size: 1 }],
  ['digest', { digest: `sha256:${'0'.repeat(64)}` }],
  ['commit', { commit: 'd'.repeat(40) }],
];

test('bad input is a clear error, and nothing is changed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const record = await lab.release('v2');
  await underLoad(lab, async () => {
    for (const { name, bad, says } of REFUSED) {
      await t.test(name, async () => saysAll(await changingNothing(lab, () => lab.deploy('v2', bad(lab))), says(lab)));
    }
    for (const [field, edit] of EDITED) {
      await t.test(`a release record whose ${field} was edited by hand`, async () => {
        const step = await changingNothing(lab, () => lab.deploy({ ...record, ...edit }));
        saysAll(step, [`its "${field}" differs`, 'use the "release" output of publish-artifact as it is']);
      });
    }
  });
  assert.equal(await lab.served(), 'v1');
});

test('a store that is gone is a clear error, and nothing is changed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  await lab.release('v2');
  renameSync(lab.storeFolder, `${lab.storeFolder}-away`);
  t.after(() => renameSync(`${lab.storeFolder}-away`, lab.storeFolder));

  const step = await changingNothing(lab, () => lab.deploy('v2'));

  saysAll(step, [lab.storeFolder, /release shop v2/]);
});

test('bytes in the store that are not those of the record are a clear error, and nothing is changed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');
  const record = await lab.release('v2');
  const file = join(lab.storeFolder, 'shop', 'v2', 'shop.tar.gz');
  const bytes = readFileSync(file);
  const changed = Buffer.from(bytes);
  changed[100] = (changed[100] ?? 0) ^ 1;
  writeFileSync(file, changed);
  t.after(() => writeFileSync(file, bytes));

  const step = await changingNothing(lab, () => lab.deploy(record));

  const digest = `sha256:${createHash('sha256').update(changed).digest('hex')}`;
  saysAll(step, ['Digest mismatch', record.digest, digest]);
});

test('an input that nobody knows is a warning with what was meant', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await lab.bring('v1');

  const step = await lab.deploy('v1', { 'min-avialable': '50%' });

  assert.equal(step.outputs.outcome, 'unchanged', step.log);
  const warnings = step.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);
  assert.ok(
    warnings.some((message) => message.includes('"min-avialable"') && message.includes('"min-available"')),
    warnings.join('\n'),
  );
});

/** The step is red, and neither files nor traffic are any different afterwards; a restart would change a file. */
async function changingNothing(lab: VmLab, act: () => Promise<StepResult>): Promise<StepResult> {
  const before = { files: lab.files(), traffic: await lab.traffic() };
  const result = await act();
  assert.deepEqual({ files: lab.files(), traffic: await lab.traffic() }, before);
  assert.equal(result.outcome, 'failure', result.log);
  assert.equal(result.exit.code, 1);
  assert.doesNotMatch(result.log, /^\s+at .*\.ts:\d+/m, 'what the user can mend comes without a stack');
  return result;
}

function saysAll(step: StepResult, wanted: readonly (RegExp | string)[]): void {
  for (const each of wanted) {
    const found = typeof each === 'string' ? step.log.includes(each) : each.test(step.log);
    assert.ok(found, `${String(each)} is not in\n${step.log}`);
  }
}

type Host = VmLab['fleet']['balancer'] | undefined;

function keyLine(host: Host): string {
  return host?.sshd.knownHosts.split(' ').slice(0, 3).join(' ') ?? '';
}

function keyOf(host: Host): string {
  return keyLine(host).split(' ')[2] ?? '';
}

/** What a person needs to decide about a key: its type, its fingerprint, and the line to paste. */
function offered(line: string): readonly string[] {
  const [, type = '', blob = ''] = line.split(' ');
  const fingerprint = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  return [`${type} SHA256:${fingerprint}`, line];
}
