import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, LedgerEntry } from '@slipway/rollout/entry';
import { parseJournal } from '@slipway/rollout/journal';
import { parseLedger } from '@slipway/rollout/ledger';
import type { SlotName } from '@slipway/strategy/topology';
import type { FleetHost } from '../lab/ssh-fleet.ts';
import { isAlive } from './processes.ts';
import { until } from './until.ts';

/** What lies on one host of a lab, read from its files as an administrator would. */
type Host = Pick<FleetHost, 'root'> | undefined;

export function stateFile(host: Host, name: string): string {
  return join(host?.root ?? '', 'shop', 'production', 'state', name);
}

export function ledgerOf(host: Host): readonly LedgerEntry[] {
  return parseLedger(readFileSync(stateFile(host, 'ledger.jsonl'), 'utf8')).entries;
}

export function journalOf(host: Host): readonly JournalLine[] {
  return parseJournal(readIfThere(stateFile(host, 'journal.jsonl')));
}

/** The process of the slot, with its start time and release; empty when there is none. */
export function runningOn(host: Host): string {
  return readIfThere(slotFile(host, 'process'));
}

/** The leader of the process group that runs in the slot. */
export function leaderIn(host: Host, slot: SlotName): number {
  return Number(readFileSync(slotFile(host, 'process', slot), 'utf8').split(' ')[0]);
}

/** Ends the service with its supervisor, as a crash of the host would: nothing is left to start it again. */
export async function killService(host: Host): Promise<void> {
  for (const name of ['supervisor', 'process']) {
    const pid = Number(readFileSync(slotFile(host, name), 'utf8').split(' ')[0]);
    process.kill(-pid, 'SIGKILL');
    await until(`${name} of the service is gone`, () => !isAlive(pid));
  }
}

function slotFile(host: Host, name: string, slot: SlotName = 'blue'): string {
  return join(host?.root ?? '', 'shop', 'production', 'slots', `${slot}.d`, name);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
