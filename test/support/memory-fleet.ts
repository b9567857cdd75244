import assert from 'node:assert/strict';
import type { Clock } from '@slipway/effects/clock';
import type { Digest } from '@slipway/kernel/digest';
import type { ReleaseId } from '@slipway/kernel/release';
import { drainedByUs, parseJournal } from '@slipway/rollout/journal';
import type { Capabilities, Member, SlotName, Topology } from '@slipway/strategy/topology';
import { virtualClock } from './virtual-clock.ts';

interface Slot {
  release: ReleaseId | null;
  /** Started gradually, and not through yet. */
  next: ReleaseId | null;
  running: boolean;
  /** The process answers its health check. */
  answers: boolean;
  /** Its health check was seen to pass since it started. */
  proven: boolean;
  share: number;
}

/** What outlives every run: processes, traffic, files. */
export interface MemoryHost {
  readonly id: string;
  readonly name: string;
  readonly slots: Partial<Record<SlotName, Slot>>;
  readonly staged: Set<Digest>;
  ledger: string;
  journal: string;
}

export interface MemoryFleet {
  readonly capabilities: Capabilities;
  readonly hosts: readonly MemoryHost[];
  readonly clock: Clock;
  /** Releases whose processes never answer. */
  readonly broken: Set<Digest>;
  /** Members in service may not be fewer at any instant; a test sets it before it begins. */
  floor: number;
  /** The session that has the lease. */
  owner: { readonly dead: boolean } | null;
  /** Every effect so far, in words. */
  readonly effects: string[];
  /** Every broken promise; not thrown, since the executor would take it for a host that fails. */
  readonly violations: string[];
}

export function memoryFleet(size: number, capabilities: Partial<Capabilities> = {}): MemoryFleet {
  const can: Capabilities = { weights: 'by-member', slots: 1, shifts: 'each', replaces: 'stop-start', ...capabilities };
  const hosts = Array.from({ length: size }, (_, i): MemoryHost => {
    const slots = can.slots === 1 ? { blue: emptySlot(100) } : { blue: emptySlot(100), green: emptySlot(0) };
    return { id: `id-${i + 1}`, name: `web-${i + 1}`, slots, staged: new Set(), ledger: '', journal: '' };
  });
  return {
    capabilities: can,
    hosts,
    clock: virtualClock(),
    broken: new Set(),
    floor: 0,
    owner: null,
    effects: [],
    violations: [],
  };
}

/** The same fleet once more, for another course of events. */
export function copyOf(fleet: MemoryFleet): MemoryFleet {
  return {
    ...fleet,
    hosts: structuredClone(fleet.hosts),
    clock: virtualClock(),
    owner: null,
    effects: [],
    violations: [],
  };
}

function emptySlot(share: number): Slot {
  return { release: null, next: null, running: false, answers: false, proven: false, share };
}

export function hostOf(fleet: MemoryFleet, id: string): MemoryHost {
  return fleet.hosts.find((host) => host.id === id) ?? assert.fail(`there is no host ${id}`);
}

export function slotOf(host: MemoryHost, name: SlotName = 'blue'): Slot {
  return host.slots[name] ?? assert.fail(`${host.name} has no slot ${name}`);
}

export function topologyOf({ capabilities, hosts }: MemoryFleet): Topology {
  return { capabilities, members: hosts.map((host) => memberOf(host, capabilities)) };
}

export function inServiceCount(fleet: MemoryFleet): number {
  return fleet.hosts.filter((host) => Object.values(host.slots).some((slot) => slot.answers && slot.share > 0)).length;
}

/** Version and share of each host's first slot, for tests to compare: `v2 100`. */
export function picture(fleet: MemoryFleet): readonly string[] {
  return fleet.hosts.map((host) => {
    const { release, running, share } = slotOf(host);
    return `${running ? release?.version : 'nothing'} ${share}`;
  });
}

/** At every instant only what was proven has traffic, and enough is in service. */
export function watchPromise(fleet: MemoryFleet): void {
  for (const host of fleet.hosts) {
    for (const slot of Object.values(host.slots)) {
      const routed = slot.share > 0 && fleet.capabilities.weights !== 'none';
      if (routed && slot.running && !slot.proven) fleet.violations.push(`${host.name} has traffic, and is unproven`);
    }
  }
  const count = inServiceCount(fleet);
  if (count < fleet.floor) fleet.violations.push(`${count} in service, and not ${fleet.floor}`);
}

function memberOf(host: MemoryHost, capabilities: Capabilities): Member {
  const slots = Object.values(host.slots);
  const drained = slots.every((slot) => slot.share === 0) && capabilities.weights !== 'none';
  return {
    id: host.id,
    name: host.name,
    slots: Object.fromEntries(
      Object.entries(host.slots).map(([name, slot]) => [
        name,
        {
          release: slot.release,
          healthy: slot.answers,
          share: slot.share,
          ...(slot.next === null ? {} : { becoming: slot.next }),
        },
      ]),
    ),
    drainedByOperator: drained && !drainedByUs(parseJournal(host.journal), host.id),
  };
}
