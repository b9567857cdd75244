import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems, type Problem } from '@slipway/kernel/errors';
import { type Inventory, type InventoryHost, parseInventory } from '@slipway/vm/inventory/inventory';
import * as fc from 'fast-check';

const ROOT = '/opt/slipway';

test('a host has the variables of itself, else of its groups, else of all; labels are laid over one another', () => {
  const { hosts, groups } = inventoryOf(`
vars: { user: deploy, port: 22, labels: { site: east, role: none } }
groups:
  web: { vars: { service-port: 8080, root: /srv, labels: { role: web } }, hosts: [web-1, web-2] }
  old: { vars: { port: 2222 }, hosts: [web-2] }
  empty:
hosts:
  web-1: { address: 10.0.0.11, labels: { zone: a } }
  web-2: { root: ~/apps, jump: none }
  "2001": { address: "2001:db8::7", jump: [ops@j1, "j2:2222"] }
`);

  assert.deepEqual(groups, ['web', 'old', 'empty']);
  assert.deepEqual(hosts, [
    {
      host: { name: 'web-1', address: '10.0.0.11', root: '/srv', user: 'deploy', port: 22, servicePort: 8080 },
      groups: ['web'],
      labels: { site: 'east', role: 'web', zone: 'a' },
    },
    {
      host: {
        name: 'web-2',
        address: 'web-2',
        root: '~/apps',
        user: 'deploy',
        port: 2222,
        servicePort: 8080,
        jump: [],
      },
      groups: ['web', 'old'],
      labels: { site: 'east', role: 'web' },
    },
    {
      host: {
        name: '2001',
        address: '2001:db8::7',
        root: ROOT,
        user: 'deploy',
        port: 22,
        jump: [
          { address: 'j1', user: 'ops' },
          { address: 'j2', port: 2222 },
        ],
      },
      groups: [],
      labels: { site: 'east', role: 'none' },
    },
  ] satisfies InventoryHost[]);
});

test('names are enough: a list of hosts, or groups that name theirs', () => {
  assert.deepEqual(namesIn('hosts: [web-1, web-2]'), ['web-1', 'web-2']);
  assert.deepEqual(namesIn('groups: { a: { hosts: [web-1] }, b: { hosts: [web-2, web-1] } }'), ['web-1', 'web-2']);
});

test('JSON is read alike, and anchors mean what they name', () => {
  assert.deepEqual(namesIn('{"hosts": {"web-1": {"port": 22}}}'), ['web-1']);
  const [first, second] = inventoryOf('hosts:\n  a: &common { user: deploy }\n  b: *common').hosts;
  assert.deepEqual([first?.host.user, second?.host.user], ['deploy', 'deploy']);
});

test('what ansible-inventory --list prints: groups, children, and of the variables those that mean something', () => {
  const { hosts, groups } = inventoryOf(
    JSON.stringify({
      _meta: {
        hostvars: {
          'web-1': { ansible_host: '10.0.0.11', ansible_user: 'deploy', ansible_port: '2222', http_port: { odd: [] } },
          'db-1': {
            slipway_labels: { role: 'db' },
            slipway_root: '/srv',
            slipway_service_port: 5432,
            slipway_jump: 'j',
          },
        },
      },
      all: { children: ['site', 'ungrouped'], vars: { ansible_user: 'ops' } },
      site: { children: ['web', 'db', 'site'] },
      web: { hosts: ['web-1', 'web-2'] },
      db: { hosts: ['db-1'] },
    }),
  );

  assert.deepEqual(groups, ['site', 'web', 'db']);
  assert.deepEqual(hosts, [
    {
      host: { name: 'web-1', address: '10.0.0.11', root: ROOT, user: 'deploy', port: 2222 },
      groups: ['site', 'web'],
      labels: {},
    },
    {
      host: {
        name: 'db-1',
        address: 'db-1',
        root: '/srv',
        user: 'ops',
        servicePort: 5432,
        jump: [{ address: 'j' }],
      },
      groups: ['site', 'db'],
      labels: { role: 'db' },
    },
    { host: { name: 'web-2', address: 'web-2', root: ROOT, user: 'ops' }, groups: ['site', 'web'], labels: {} },
  ] satisfies InventoryHost[]);
});

const BAD: readonly (readonly [text: string, says: RegExp])[] = [
  ['hosts:\n  web-1: {}\n  web-1: {}', /line 3: Map keys must be unique/],
  ['hosts:\n  web-1:\n    usr: x', /line 3: there is no variable "usr"/],
  ['hosts:\n  web-1: { port: ssh }', /line 2: this port cannot be used/],
  ['hosts:\n  web-1: { port: 70000 }', /line 2: this port cannot be used/],
  ['hosts:\n  web-1: { user: 7 }', /line 2: this user cannot be used/],
  ['hosts:\n  web-1: { user: -l }', /line 2: this user cannot be used/],
  ['hosts:\n  web-1: { address: deploy@h }', /line 2: this address cannot be used/],
  ['hosts:\n  web-1: { root: /opt/../etc }', /line 2: this root cannot be used/],
  ['hosts:\n  web-1: { jump: [a, {}] }', /line 2: this jump cannot be used/],
  ['hosts:\n  web-1: { labels: [a] }', /line 2: this labels cannot be used/],
  ['hosts:\n  web-1: { labels: { name: x } }', /line 2: this labels cannot be used/],
  ['hosts:\n  web-1: [a]', /line 2: here stands a map of variables/],
  ['hosts:\n  "-x": {}', /line 2: this cannot be the name of a host/],
  ['hosts: [web-1, web-1]', /line 1: "web-1" is named twice/],
  ['hosts: [a]\ngroups:\n  web:\n    hosts: [b]', /line 3: the group "web" names the host "b"/],
  ['hosts: [a]\ngroups:\n  web: { members: [a] }', /line 3: there is no part "members" of a group/],
  ['hosts: [a]\nother: 1', /line 2: there is no part "other"/],
  ['groups:\n  g: { vars: { port: 1 }, hosts: [a] }\n  h: { vars: { port: 2 }, hosts: [a] }', /"a" gets "port" from/],
  ['- a', /line 1: this is no inventory/],
  ['hosts: {', /line \d: /],
  ['', /this is no inventory/],
  ['hosts: {}', /there is no host/],
  ['{"_meta": {"hostvars": {"web-1": {"ansible_port": "ssh"}}}}', /line 1: this ansible_port cannot be used/],
];

for (const [text, says] of BAD) {
  test(`refused: ${JSON.stringify(text)}`, () => {
    const [problem, ...more] = problemsOf(text);

    assert.deepEqual(more, []);
    assert.match(problem?.what ?? '', says);
    assert.match(problem?.what ?? '', /^inventory hosts\.yml[,:]/);
  });
}

test('all problems come at once, with their lines', () => {
  const problems = problemsOf('vars: { usr: a }\nhosts:\n  web-1: { port: x }\n  web-2: { root: / }\ngroups: 7');

  assert.deepEqual(
    problems.map(({ what }) => /line \d+/.exec(what)?.[0] ?? '').toSorted((a, b) => a.localeCompare(b)),
    ['line 1', 'line 3', 'line 4', 'line 5'],
  );
});

test('a text that multiplies itself by aliases is read in no time', () => {
  const lines = Array.from({ length: 40 }, (_, n) => `x${n + 1}: &x${n + 1} [*x${n}, *x${n}, *x${n}]`);
  const problems = problemsOf(['x0: &x0 [a]', ...lines, 'hosts: [web-1]'].join('\n'));

  assert.equal(problems.length, 41);
});

test('no text whatever gives a host that ssh could take for an option', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (address, user) => {
      const read = parseInventory(JSON.stringify({ hosts: { h: { address, user, jump: address } } }), 'x', ROOT);
      for (const { host } of isProblems(read) ? [] : read.hosts) {
        for (const word of [host.address, host.user, ...(host.jump ?? []).map((hop) => hop.address)]) {
          assert.doesNotMatch(word ?? '', /^-|[\s/@]/);
        }
      }
    }),
  );
});

function inventoryOf(text: string): Inventory {
  const read = parseInventory(text, 'inventory hosts.yml', ROOT);
  assert.ok(!isProblems(read), JSON.stringify(read));
  return read;
}

function namesIn(text: string): readonly string[] {
  return inventoryOf(text).hosts.map(({ host }) => host.name);
}

function problemsOf(text: string): readonly Problem[] {
  const read = parseInventory(text, 'inventory hosts.yml', ROOT);
  assert.ok(isProblems(read), JSON.stringify(read));
  return read;
}
