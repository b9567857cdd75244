import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Inputs, sharedLab, type VmLab } from '../support/vm-lab.ts';

/** The bundle, since the reader of YAML is a part of it that is loaded only now. */
const labOf = sharedLab({ hosts: 3, network: '127.0.45', code: 'dist' });

test('an inventory is a file, or what a program prints; a selection of it is deployed, and rolled back', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const file = join(lab.fleet.folder, 'hosts.yml');
  writeFileSync(file, yamlOf(lab));
  const program = join(lab.fleet.folder, 'hosts');
  writeFileSync(program, `#!/bin/sh\n[ "$1" = --list ] || exit 3\ncat <<'END'\n${ansibleOf(lab)}\nEND\n`);
  chmodSync(program, 0o755);
  const some: Inputs = { hosts: '', inventory: file, select: 'web,zone!=b' };

  const planned = await lab.deploy('v1', { ...some, mode: 'plan' });
  const deployed = await lab.deploy('v1', { ...some, select: 'web\nzone=b' });
  const unchanged = await lab.deploy('v1', { hosts: '', inventory: `exec: ${program} --list` });
  const second = await lab.deploy('v2', { hosts: '', inventory: file });
  const back = await lab.rollBack({ hosts: '', inventory: file });

  assert.match(planned.log, /Chosen: web-1, web-3 \(2 of 3\)\.[\s\S]*Connected to 2 hosts/, planned.log);
  assert.equal(deployed.outputs.outcome, 'deployed', deployed.log);
  assert.equal(unchanged.outputs.outcome, 'unchanged', unchanged.log);
  assert.equal(second.outputs.outcome, 'deployed', second.log);
  assert.equal(back.outputs.outcome, 'rolled-back', back.log);
  assert.equal(await lab.served(), 'v1');
});

test('an inventory that cannot be used is told with its lines, and nothing is changed', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const file = join(lab.fleet.folder, 'bad.yml');
  writeFileSync(file, 'hosts:\n  web-1: { port: ssh }\n  web-2: { adress: x }\n');
  const good = join(lab.fleet.folder, 'good.yml');
  writeFileSync(good, yamlOf(lab));
  const cases: readonly (readonly [inputs: Inputs, ...says: (string | RegExp)[]])[] = [
    [
      { inventory: file },
      `${file}, line 2: this port cannot be used`,
      `${file}, line 3: there is no variable "adress"`,
    ],
    [{ inventory: good, select: 'zone=c' }, 'it chooses no host', 'groups: web; labels: zone=a|b'],
    [{ inventory: good, select: 'wep' }, 'no host has a group "wep"'],
    [{ inventory: '/nowhere/hosts.yml' }, 'there is no file /nowhere/hosts.yml'],
    [{ inventory: 'exec: ls /nowhere' }, /ls ended with status \d\.[\s\S]*\/nowhere/],
    [{ inventory: 'exec: no-such-program' }, 'The program "no-such-program" is not on this machine'],
    [{ inventory: 'exec: echo' }, 'inventory of echo, line 1: this is no inventory'],
    [{ inventory: good, 'ssh-config': '/nowhere' }, 'ssh-config: there is no file /nowhere'],
    [{ inventory: good, hosts: 'a' }, 'Both `hosts` and `inventory`'],
    [{ inventory: '' }, 'Input "hosts" is missing, and there is no "inventory"'],
  ];
  const before = lab.files();

  for (const [inputs, ...says] of cases) {
    const step = await lab.deploy('v2', { hosts: '', ...inputs });
    assert.equal(step.outcome, 'failure', step.log);
    assert.doesNotMatch(step.log, /^\s+at .*\.[jt]s:\d+/m);
    for (const each of says) {
      assert.ok(typeof each === 'string' ? step.log.includes(each) : each.test(step.log), `${each}\n${step.log}`);
    }
  }
  assert.deepEqual(lab.files(), before);
});

function yamlOf({ fleet }: VmLab): string {
  const lines = fleet.hosts.map(({ name, address, root }, index) => {
    return `  ${name}: { address: ${address}, root: ${root}, labels: { zone: ${index === 1 ? 'b' : 'a'} } }`;
  });
  const vars = `vars: { port: ${fleet.sshPort} }`;
  return [vars, 'groups:', '  web:', '    hosts: [web-1, web-3]', 'hosts:', ...lines, ''].join('\n');
}

function ansibleOf({ fleet }: VmLab): string {
  const hostvars = Object.fromEntries(
    fleet.hosts.map(({ name, address, root }) => [
      name,
      { ansible_host: address, ansible_port: fleet.sshPort, slipway_root: root },
    ]),
  );
  return JSON.stringify({ _meta: { hostvars }, all: { children: ['web'] }, web: { hosts: Object.keys(hostvars) } });
}
