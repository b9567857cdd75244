import type { Located, LocatedEntry } from './located.ts';
import { isNothing, type Refuse, shown, type Variables } from './variables.ts';

/** An inventory as it was written, in whatever shape, before hosts get what their groups have. */
export interface Written {
  /** For all hosts. */
  readonly vars: Variables;
  readonly groups: ReadonlyMap<string, WrittenGroup>;
  readonly hosts: ReadonlyMap<string, WrittenHost>;
}

export interface WrittenGroup {
  readonly line: number;
  readonly vars: Variables;
  /** Names of hosts, in order. */
  readonly hosts: readonly string[];
}

export interface WrittenHost {
  readonly line: number;
  readonly vars: Variables;
}

/** A list of texts. */
export function namesIn(located: Located | undefined, refuse: Refuse): readonly string[] {
  if (located === undefined || isNothing(located)) return [];
  if (located.kind !== 'list') {
    refuse(located.line, { what: 'here stands a list of names.', got: shown(located), allowed: '[web-1, web-2]' });
    return [];
  }
  const seen = new Set<string>();
  for (const item of located.items) {
    const name = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : undefined;
    if (name === undefined) refuse(item.line, { what: 'this is no name.', got: shown(item), allowed: 'a text' });
    else if (seen.has(name)) refuse(item.line, { what: `"${name}" is named twice.`, allowed: 'each name once' });
    else seen.add(name);
  }
  return [...seen];
}

export function entriesOf(located: Located | undefined, what: string, refuse: Refuse): readonly LocatedEntry[] {
  if (located === undefined || isNothing(located)) return [];
  if (located.kind === 'map') return located.entries;
  refuse(located.line, { what: `${what}: here stands a map.`, got: shown(located), allowed: 'a map' });
  return [];
}
