import type { HealthHost } from '@slipway/health/health';
import type { Problem } from '@slipway/kernel/errors';
import type { SlotName } from '@slipway/strategy/topology';
import { isPort } from './authority.ts';
import type { Host } from './host.ts';

/** The slots that every host has, each with the port that its service listens on; undefined = as the host says. */
export type Slots = ReadonlyMap<SlotName, number | undefined>;

export const ONE_SLOT: Slots = new Map([['blue', undefined]]);

const ALLOWED = 'blue=PORT and green=PORT, with two ports from 1 to 65535';
const EXAMPLE = 'slots: blue=8080, green=8081';

/** Reads the entries of the `slots` input. */
export function parseSlots(entries: readonly string[]): Slots | readonly Problem[] {
  const slots = new Map<SlotName, number>();
  const problems: Problem[] = [];
  const refuse = (what: string, got: string): void => {
    problems.push({ what: `slots: ${what}`, got, allowed: ALLOWED, fix: EXAMPLE });
  };
  for (const entry of entries) {
    const [, name, port = ''] = /^(blue|green)\s*=\s*(\d+)$/.exec(entry) ?? [];
    if (name === undefined || !isPort(port)) refuse('this is no slot with its port.', entry);
    else if (slots.has(name as SlotName)) refuse(`${name} is given twice.`, entry);
    else slots.set(name as SlotName, Number(port));
  }
  if (problems.length > 0) return problems;
  if (slots.size < 2) refuse('one of the two is missing.', entries.join(', '));
  else if (slots.get('blue') === slots.get('green')) refuse('both would listen on one port.', entries.join(', '));
  return problems.length > 0 ? problems : slots;
}

/** A slot of a host, for the placeholders of its health check. */
export function slotOn({ name, address, servicePort }: Host, slot: SlotName, slots: Slots): HealthHost {
  const port = slots.get(slot) ?? servicePort;
  return { name, address, slot, ...(port === undefined ? {} : { servicePort: port }) };
}
