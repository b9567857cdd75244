import { closest } from '@slipway/kernel/closest';
import type { Problem } from '@slipway/kernel/errors';
import type { Host } from '../host.ts';
import { readAnsible } from './ansible.ts';
import { type At, type Located, type LocatedEntry, readLocated } from './located.ts';
import { type Refuse, readName, readVariables, shown, type Variables } from './variables.ts';
import { entriesOf, namesIn, type Written, type WrittenGroup, type WrittenHost } from './written.ts';

export interface Inventory {
  /** In their order; at least one. */
  readonly hosts: readonly InventoryHost[];
  readonly groups: readonly string[];
}

export interface InventoryHost {
  readonly host: Host;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const EXAMPLE = 'hosts:\n  web-1: { address: 10.0.0.11, user: deploy }';

/**
 * Reads an inventory of YAML or JSON: `vars`, `groups` and `hosts`, or the shape of `ansible-inventory --list`. A host
 * has the variables of itself, else those of its groups, else those of all; `root` is for hosts without one. What is
 * wrong comes back together, with lines; `name` says what text it is.
 */
export function parseInventory(text: string, name: string, root: string): Inventory | readonly Problem[] {
  const at: At = (line, { what, ...rest }) => ({ what: `${name}, line ${line}: ${what}`, ...rest });
  const located = readLocated(text, at);
  if (Array.isArray(located)) return located as readonly Problem[];
  const problems: Problem[] = [];
  const refuse: Refuse = (line, problem) => problems.push(at(line, problem));
  const written = readWritten(located as Located, refuse);
  const hosts = [...(written?.hosts ?? [])].map(([host, own]) => resolve(host, own, written as Written, root, refuse));
  if (hosts.length === 0 && problems.length === 0) {
    problems.push({ what: `${name}: there is no host.`, allowed: 'at least one host', fix: EXAMPLE });
  }
  return problems.length > 0 ? problems : { hosts, groups: [...(written?.groups.keys() ?? [])] };
}

function readWritten(located: Located, refuse: Refuse): Written | undefined {
  if (located.kind !== 'map') {
    refuse(located.line, { what: 'this is no inventory.', got: shown(located), allowed: 'a map', fix: EXAMPLE });
    return undefined;
  }
  if (located.entries.some(({ key }) => key === '_meta')) return readAnsible(located.entries, refuse);
  const parts = new Map(located.entries.map(({ key, value }) => [key, value]));
  for (const { key, line } of located.entries) {
    if (['vars', 'groups', 'hosts'].includes(key)) continue;
    refuse(line, { what: `there is no part "${key}".`, allowed: 'vars, groups, hosts', fix: EXAMPLE });
  }
  const groups = new Map(
    entriesOf(parts.get('groups'), 'groups', refuse).flatMap((entry) => {
      const group = readName(entry.key, entry.line, 'group', refuse);
      return group === undefined ? [] : [[group, readGroup(entry, refuse)] as const];
    }),
  );
  const listed = parts.has('hosts') ? readHosts(parts.get('hosts'), refuse) : hostsOfGroups(groups, refuse);
  refuseStrangers(groups, listed, refuse);
  return { vars: readVariables(parts.get('vars'), refuse), groups, hosts: listed };
}

/** A map of names and their variables, or only a list of names. */
function readHosts(located: Located | undefined, refuse: Refuse): ReadonlyMap<string, WrittenHost> {
  if (located?.kind === 'list') {
    const names = namesIn(located, refuse);
    return new Map(names.map((name) => [name, { line: located.line, vars: {} }]));
  }
  return new Map(
    entriesOf(located, 'hosts', refuse).flatMap(({ key, line, value }) => {
      const name = readName(key, line, 'host', refuse);
      return name === undefined ? [] : [[name, { line, vars: readVariables(value, refuse) }] as const];
    }),
  );
}

function hostsOfGroups(groups: Written['groups'], refuse: Refuse): ReadonlyMap<string, WrittenHost> {
  return new Map(
    [...groups.values()].flatMap(({ line, hosts }) =>
      hosts
        .filter((name) => readName(name, line, 'host', refuse) !== undefined)
        .map((name) => [name, { line, vars: {} }] as const),
    ),
  );
}

function readGroup({ line, value }: LocatedEntry, refuse: Refuse): WrittenGroup {
  const parts = entriesOf(value, 'a group', refuse);
  for (const part of parts) {
    if (part.key === 'vars' || part.key === 'hosts') continue;
    refuse(part.line, { what: `there is no part "${part.key}" of a group.`, allowed: 'vars, hosts' });
  }
  const partOf = (name: string): Located | undefined => parts.find(({ key }) => key === name)?.value;
  return { line, vars: readVariables(partOf('vars'), refuse), hosts: namesIn(partOf('hosts'), refuse) };
}

function refuseStrangers(groups: Written['groups'], hosts: Written['hosts'], refuse: Refuse): void {
  for (const [group, { line, hosts: names }] of groups) {
    for (const name of names.filter((each) => !hosts.has(each))) {
      const near = closest(name, [...hosts.keys()]);
      const what = `the group "${group}" names the host "${name}", which is not among the hosts.`;
      refuse(line, { what, ...(near === undefined ? {} : { fix: near }), allowed: 'names that stand below "hosts"' });
    }
  }
}

/** What is nearer to the host counts; two of its groups may not disagree. */
function resolve(name: string, own: WrittenHost, written: Written, root: string, refuse: Refuse): InventoryHost {
  const groups = [...written.groups].filter(([, group]) => group.hosts.includes(name));
  const shared: Record<string, unknown> = {};
  const labels: Record<string, string> = {};
  for (const [group, { vars }] of groups) {
    for (const [key, value] of Object.entries({ ...vars, labels: undefined })) {
      if (value === undefined || key in own.vars) continue;
      if (key in shared && JSON.stringify(shared[key]) !== JSON.stringify(value)) {
        const what = `"${name}" gets "${key}" from the group "${group}" and another one from an earlier group.`;
        refuse(own.line, { what, allowed: 'one value, or one of its own', fix: `${name}: { ${key}: ... }` });
      }
      shared[key] = value;
    }
    Object.assign(labels, vars.labels);
  }
  const vars: Variables = { ...written.vars, ...shared, ...own.vars };
  const { address = name, user, port, jump } = vars;
  return {
    host: {
      name,
      address,
      root: vars.root ?? root,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
      ...(vars['service-port'] === undefined ? {} : { servicePort: vars['service-port'] }),
      ...(jump === undefined ? {} : { jump }),
    },
    groups: groups.map(([group]) => group),
    labels: { ...written.vars.labels, ...labels, ...own.vars.labels },
  };
}
