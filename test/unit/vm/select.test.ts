import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblems } from '@slipway/kernel/errors';
import { choose, isChosen, parseSelection } from '@slipway/vm/inventory/select';

const INVENTORY = {
  groups: ['web', 'db'],
  hosts: [
    hostOf('web-1', ['web'], { role: 'web', zone: 'a' }),
    hostOf('web-2', ['web'], { role: 'web', zone: 'b' }),
    hostOf('db-1', ['db'], { role: 'db' }),
  ],
};

const CHOSEN: readonly (readonly [lines: readonly string[], names: string])[] = [
  [['web'], 'web-1 web-2'],
  [['!web'], 'db-1'],
  [['role=web,zone!=b'], 'web-1'],
  [['zone!=b'], 'web-1 db-1'],
  [['web, zone=b', 'db'], 'web-2 db-1'],
  [['name=web-2'], 'web-2'],
];

for (const [lines, names] of CHOSEN) {
  test(`${lines.join(' or ')} chooses ${names}`, () => {
    assert.equal(chosen(lines), names);
  });
}

test('nothing chosen, or a word that nobody has, is told with all groups and labels', () => {
  const offer = 'allowed: groups: web, db; labels: role=web|db, zone=a|b';

  assert.equal(chosen(['db,zone=a']), `select: it chooses no host. got: db,zone=a ${offer}`);
  assert.equal(chosen(['!webb']), `select: no host has a group "webb". got: webb ${offer} fix: web`);
  assert.equal(chosen(['zne!=b']), `select: no host has a label "zne". got: zne ${offer} fix: zone`);
});

test('what is no term is refused, all at once', () => {
  const problems = parseSelection(['role=', 'a b, c=d=e', '']);

  assert.ok(isProblems(problems));
  assert.deepEqual(
    problems.map(({ got }) => got),
    ['role=', 'a b', 'c=d=e', ''],
  );
});

function chosen(lines: readonly string[]): string {
  const selection = parseSelection(lines);
  assert.ok(!isProblems(selection), JSON.stringify(selection));
  const list = choose(INVENTORY, selection);
  if (isChosen(list)) return list.map(({ host }) => host.name).join(' ');
  return list
    .map(
      ({ what, got, allowed, fix }) =>
        `${what} got: ${got} allowed: ${allowed}${fix === undefined ? '' : ` fix: ${fix}`}`,
    )
    .join();
}

function hostOf(name: string, groups: readonly string[], labels: Readonly<Record<string, string>>) {
  return { host: { name, address: name, root: '/opt/slipway' }, groups, labels };
}
