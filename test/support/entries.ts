import type { NewEntry } from '@slipway/rollout/entry';
import { appendLine } from '@slipway/rollout/ledger';
import { aRecord, aRelease } from './releases.ts';

/** A finished deployment; `v2` is number 2 and came after `v1` unless told otherwise. */
export function anEntry(version: string, overrides: Partial<NewEntry> = {}): NewEntry {
  const number = Number(/\d+/.exec(version)?.[0] ?? 1);
  const id = String(100 + (overrides.number ?? number));
  return {
    schema: 'slipway.ledger/v1',
    number,
    kind: 'deploy',
    outcome: 'deployed',
    app: 'shop',
    environment: 'production',
    strategy: 'rolling',
    release: aRecord(version),
    previous: number > 1 ? aRelease(`v${number - 1}`) : null,
    bad: null,
    run: { id, attempt: 1, number, url: `https://ci.example/runs/${id}`, actor: 'ada' },
    hosts: ['id-1', 'id-2'],
    balancers: ['id-lb'],
    at: '2026-01-01T00:00:00.000Z',
    ms: 1200,
    ...overrides,
  };
}

export function aRollback(number: number, to: string, from: string): NewEntry {
  const bad = aRelease(from);
  return anEntry(to, { number, kind: 'rollback', outcome: 'rolled-back', previous: bad, bad: bad.digest });
}

export function ledgerText(entries: readonly NewEntry[]): string {
  return entries.reduce((text, entry) => text + appendLine(text, entry), '');
}
