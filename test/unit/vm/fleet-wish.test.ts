import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetProblems, readFleetWish } from '@slipway/vm/fleet-wish';
import type { FleetInputs } from '@slipway/vm/inputs';
import { parseSource } from '@slipway/vm/inventory/source';
import { endpointOf, forwardOf } from '@slipway/vm/prober';

const INPUTS = {
  hosts: ['deploy@web-1 port=8081', 'deploy@web-2'],
  root: '/opt/slipway',
  balancer: 'haproxy://deploy@lb-1/run/haproxy/admin.sock?backend=web&server={host}',
  health: 'http://:8080/healthz',
  service: 'script',
  command: undefined,
  versionFrom: 'process',
} as const;

const SLOTTED = {
  hosts: ['deploy@web-1', 'deploy@web-2'],
  slots: ['blue=8080', 'green=8081'],
  health: 'http://:{port}/healthz?slot={slot}',
  balancer: 'haproxy://deploy@lb-1/run/haproxy/admin.sock?map=/etc/haproxy/slipway.map&blue=b&green=g&server={host}',
} as const;

test('inputs that can be read have no problems', () => {
  assert.deepEqual(fleetProblems(INPUTS), []);
});

test('a health check with {port} names the hosts that do not say theirs', () => {
  const [problem, ...more] = fleetProblems({ ...INPUTS, health: 'http://:{port}/healthz' });

  assert.deepEqual(more, []);
  assert.equal(problem?.got, 'web-2');
  assert.equal(problem?.fix, 'web-2 port=8080');
});

test('each text that cannot be read has its problem, all at once', () => {
  const problems = fleetProblems({ ...INPUTS, hosts: ['-x'], balancer: 'x', health: 'x', versionFrom: 'x' });

  assert.deepEqual(
    problems.map(({ what }) => what.split(/[,:]/, 1)[0]),
    ['hosts', 'balancer', 'health', 'version-from'],
  );
});

test('a process that outlives its releases is no proof, and a command has to be named', () => {
  assert.deepEqual(wrong({ ...INPUTS, service: 'tomcat' }), ['version-from']);
  assert.deepEqual(wrong({ ...INPUTS, service: 'tomcat', versionFrom: 'body' }), []);
  assert.deepEqual(wrong({ ...INPUTS, service: 'tomcat', versionFrom: 'body', envFile: 'A=b' }), ['env-file']);
  assert.deepEqual(wrong({ ...INPUTS, service: 'command', command: undefined }), ['Input "command" is missing']);
  assert.deepEqual(wrong({ ...INPUTS, service: 'command', command: '/usr/local/bin/run' }), []);
});

function wrong(inputs: Parameters<typeof fleetProblems>[0]): readonly string[] {
  return fleetProblems(inputs).map((problem) => problem.what.split(':', 1)[0] ?? '');
}

test('two slots have a port each, which is that of the health check', () => {
  const right = { ...INPUTS, ...SLOTTED };
  const host = { name: 'web-1', address: 'web-1', root: '/r' };
  const { slots, health } = readFleetWish(right as unknown as FleetInputs, { hosts: [host], userConfig: undefined });

  assert.deepEqual(fleetProblems(right), []);
  assert.deepEqual(endpointOf({ slots, health }, host, 'green'), { port: 8_081 });
  assert.deepEqual(forwardOf({ slots, health }, host, 'blue'), { kind: 'tcp', host: '127.0.0.1', port: 8_080 });
});

test('slots that cannot be are told, each with the line to write', () => {
  const cases: readonly (readonly [slots: readonly string[], what: RegExp])[] = [
    [['blue=8080'], /one of the two is missing/],
    [['blue=8080', 'green=8080'], /both would listen on one port/],
    [['blue=8080', 'blue=8081'], /blue is given twice/],
    [['blue=8080', 'red=8081'], /no slot with its port/],
    [['blue=8080', 'green=70000'], /no slot with its port/],
  ];
  for (const [slots, what] of cases) {
    const [problem] = fleetProblems({ ...INPUTS, ...SLOTTED, slots });
    assert.match(problem?.what ?? '', what);
    assert.equal(problem?.fix, 'slots: blue=8080, green=8081');
  }
});

test('two slots need what tells them apart: servers or a map, a port of their own, a process of their own', () => {
  const slotted = { ...INPUTS, ...SLOTTED };

  assert.match(told({ ...slotted, balancer: undefined }), /^slots: two slots need a balancer/);
  assert.match(
    told({ ...slotted, balancer: INPUTS.balancer }),
    /^slots: both slots of a host would be one and the same/,
  );
  assert.equal(told({ ...slotted, balancer: `${INPUTS.balancer}-{slot}` }), '');
  assert.match(told({ ...slotted, health: INPUTS.health }), /^slots: the health check asks both slots at one port/);
  assert.match(told({ ...slotted, service: 'tomcat', versionFrom: 'body' }), /^slots: with "service: tomcat"/);
  assert.match(told({ ...slotted, hosts: ['web-1 port=1', 'web-2'] }), /^slots: \{port\} is the port of a slot/);
  assert.match(
    told({ ...INPUTS, balancer: SLOTTED.balancer }),
    /^balancer: its map moves the traffic between two slots/,
  );
});

test('the fleet is named once: by hosts or by an inventory, and only from an inventory can be chosen', () => {
  const { hosts, ...rest } = INPUTS;
  const inventory = 'hosts.yml';

  assert.match(told({ ...INPUTS, inventory }), /^Both `hosts` and `inventory`/);
  assert.match(told(rest), /^Input "hosts" is missing, and there is no "inventory"/);
  assert.match(told({ ...rest, hosts, select: ['web'] }), /^`select` chooses from an `inventory`/);
  assert.equal(told({ ...rest, inventory, select: ['web,zone!=b'] }), '');
});

test('jump hosts, a selection and a program that cannot be are told together', () => {
  const { hosts: _hosts, ...rest } = INPUTS;
  const problems = told({ ...rest, inventory: 'exec:', select: ['a=='], jump: ['ops@j1', '-x'] });

  assert.match(
    problems,
    /^inventory: there is no program to run\. select: this chooses nothing\. jump: "-x" is neither/,
  );
});

test('an inventory is a file, or a program with its arguments', () => {
  assert.deepEqual(parseSource(' hosts.yml '), { kind: 'file', path: 'hosts.yml' });
  assert.deepEqual(parseSource('exec: bin/hosts  --env p'), { kind: 'program', argv: ['bin/hosts', '--env', 'p'] });
  assert.deepEqual(parseSource('exec: ["bin/hosts", "a b"]'), { kind: 'program', argv: ['bin/hosts', 'a b'] });
  for (const text of ['exec:', 'exec: []', 'exec: ["a", 7]', 'exec: [""]'])
    assert.ok('what' in parseSource(text), text);
});

test('hosts and balancers go by the jump hosts of the input, unless they have their own', () => {
  const values = { ...INPUTS, balancer: `${INPUTS.balancer}&jump=none`, jump: ['ops@j1', 'j2'] };
  const hosts = [
    { name: 'web-1', address: 'web-1', root: '/r' },
    { name: 'web-2', address: 'web-2', root: '/r', jump: [{ address: 'own' }] },
  ];
  const wish = readFleetWish(values as unknown as FleetInputs, { hosts, userConfig: undefined });

  assert.deepEqual(
    [...wish.hosts, ...wish.balancers.map(({ host }) => host)].map(({ jump }) => jump?.map(({ address }) => address)),
    [['j1', 'j2'], ['own'], []],
  );
});

function told(inputs: Parameters<typeof fleetProblems>[0]): string {
  return fleetProblems(inputs)
    .map(({ what }) => what)
    .join(' ');
}
