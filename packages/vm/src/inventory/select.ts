import { closest } from '@slipway/kernel/closest';
import type { Problem } from '@slipway/kernel/errors';
import type { Inventory, InventoryHost } from './inventory.ts';

/** `key=value`, `key!=value`; a bare word is the name of a group. */
export interface Term {
  readonly kind: 'label' | 'group';
  readonly key: string;
  readonly value: string;
  readonly wanted: boolean;
}

/** A host is chosen when all terms of one line hold for it. */
export interface Selection {
  readonly lines: readonly (readonly Term[])[];
}

const FORM = 'a group, !group, label=value or label!=value; "name" is a label too; several on a line with commas';
const EXAMPLE = 'select: role=web,zone!=b';
const LABEL = /^([A-Za-z0-9][\w.-]*)(!?)=([A-Za-z0-9][\w.-]*)$/;
const GROUP = /^(!?)([A-Za-z0-9][\w.-]*)$/;

/** Reads the `select` input: lines of terms. */
export function parseSelection(lines: readonly string[]): Selection | readonly Problem[] {
  const problems: Problem[] = [];
  const read = lines.map((line) =>
    line.split(',').flatMap((text) => {
      const term = parseTerm(text.trim());
      if (term === undefined) {
        problems.push({ what: 'select: this chooses nothing.', got: text.trim(), allowed: FORM, fix: EXAMPLE });
      }
      return term ?? [];
    }),
  );
  return problems.length > 0 ? problems : { lines: read };
}

/** The hosts that were chosen, in the inventory's order; a word that the inventory does not know is a problem. */
export function choose(inventory: Inventory, selection: Selection): readonly InventoryHost[] | readonly Problem[] {
  const strangers = selection.lines.flat().flatMap((term) => stranger(term, inventory));
  if (strangers.length > 0) return strangers;
  const chosen = inventory.hosts.filter((host) =>
    selection.lines.some((terms) => terms.every((term) => holds(term, host))),
  );
  if (chosen.length > 0) return chosen;
  return [{ what: 'select: it chooses no host.', got: selection.lines.map(written).join(' or '), ...offer(inventory) }];
}

/** Tells the hosts from problems: both are lists. */
export function isChosen(list: readonly InventoryHost[] | readonly Problem[]): list is readonly InventoryHost[] {
  return list.every((item) => 'host' in item);
}

function parseTerm(text: string): Term | undefined {
  const [, key = '', not = '', value = ''] = LABEL.exec(text) ?? [];
  if (key !== '') return { kind: 'label', key, value, wanted: not === '' };
  const [, without = '', group = ''] = GROUP.exec(text) ?? [];
  return group === '' ? undefined : { kind: 'group', key: group, value: '', wanted: without === '' };
}

function holds({ kind, key, value, wanted }: Term, { host, groups, labels }: InventoryHost): boolean {
  if (kind === 'group') return groups.includes(key) === wanted;
  const own = key === 'name' ? host.name : labels[key];
  return (own === value) === wanted;
}

function stranger({ kind, key }: Term, inventory: Inventory): readonly Problem[] {
  const known = kind === 'group' ? inventory.groups : ['name', ...labelsOf(inventory).keys()];
  if (known.includes(key)) return [];
  const near = closest(key, known);
  const what = `select: no host has a ${kind} "${key}".`;
  return [{ what, got: key, ...offer(inventory), ...(near === undefined ? {} : { fix: near }) }];
}

function offer(inventory: Inventory): Pick<Problem, 'allowed'> {
  const labels = [...labelsOf(inventory)].map(([key, values]) => `${key}=${[...values].join('|')}`);
  return { allowed: `groups: ${inventory.groups.join(', ') || 'none'}; labels: ${labels.join(', ') || 'none'}` };
}

function labelsOf(inventory: Inventory): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, Set<string>>();
  for (const [key, value] of inventory.hosts.flatMap(({ labels }) => Object.entries(labels))) {
    all.set(key, (all.get(key) ?? new Set()).add(value));
  }
  return all;
}

function written(terms: readonly Term[]): string {
  return terms
    .map(({ kind, key, value, wanted }) =>
      kind === 'group' ? `${wanted ? '' : '!'}${key}` : `${key}${wanted ? '' : '!'}=${value}`,
    )
    .join(',');
}
