import type { LocatedEntry } from './located.ts';
import { type Refuse, readName, readVariables, type Variables } from './variables.ts';
import { entriesOf, namesIn, type Written, type WrittenGroup, type WrittenHost } from './written.ts';

/** What of Ansible's variables means something to us; the others are none of our business. */
const MEANINGS: Readonly<Record<string, string>> = {
  ansible_host: 'address',
  ansible_user: 'user',
  ansible_port: 'port',
  slipway_root: 'root',
  slipway_service_port: 'service-port',
  slipway_jump: 'jump',
  slipway_labels: 'labels',
};

/** The groups that hold every host, or those without another group: no groups of anybody's making. */
const BUILT_IN = ['_meta', 'all', 'ungrouped'];

/**
 * Reads what `ansible-inventory --list` and dynamic inventories print: groups with `hosts`, `children` and `vars`, and
 * the variables of each host below `_meta.hostvars`.
 */
export function readAnsible(entries: readonly LocatedEntry[], refuse: Refuse): Written {
  const partsOf = (name: string): readonly LocatedEntry[] =>
    entriesOf(entries.find(({ key }) => key === name)?.value, name, refuse);
  const hostvars = partsOf('_meta').find(({ key }) => key === 'hostvars')?.value;
  const given = new Map(entriesOf(hostvars, 'hostvars', refuse).map((entry) => [entry.key, entry]));
  const read = new Map(
    entries.filter(({ key }) => key !== '_meta').map((entry) => [entry.key, readGroup(entry, refuse)]),
  );
  const names = new Set([...given.keys(), ...[...read.values()].flatMap(({ hosts }) => hosts)]);
  const hosts = new Map<string, WrittenHost>();
  for (const name of names) {
    const entry = given.get(name);
    const line = entry?.line ?? 1;
    if (readName(name, line, 'host', refuse) === undefined) continue;
    hosts.set(name, { line, vars: readOurs(entry, refuse) });
  }
  const own = [...read].filter(([name]) => !BUILT_IN.includes(name));
  const groups = new Map(
    own.map(([name, { line, vars }]): [string, WrittenGroup] => [name, { line, vars, hosts: hostsBelow(name, read) }]),
  );
  return { vars: read.get('all')?.vars ?? {}, groups, hosts };
}

interface AnsibleGroup extends WrittenGroup {
  readonly children: readonly string[];
}

function readGroup(entry: LocatedEntry, refuse: Refuse): AnsibleGroup {
  const parts = new Map(entriesOf(entry.value, entry.key, refuse).map((part) => [part.key, part]));
  return {
    line: entry.line,
    hosts: namesIn(parts.get('hosts')?.value, refuse),
    children: namesIn(parts.get('children')?.value, refuse),
    vars: readOurs(parts.get('vars'), refuse),
  };
}

function readOurs(entry: LocatedEntry | undefined, refuse: Refuse): Variables {
  return readVariables(entry?.value, refuse, (key) => (Object.hasOwn(MEANINGS, key) ? MEANINGS[key] : undefined));
}

function hostsBelow(
  name: string,
  groups: ReadonlyMap<string, AnsibleGroup>,
  seen = new Set<string>(),
): readonly string[] {
  const group = groups.get(name);
  if (group === undefined || seen.has(name)) return [];
  seen.add(name);
  return [...new Set([...group.hosts, ...group.children.flatMap((child) => hostsBelow(child, groups, seen))])];
}
