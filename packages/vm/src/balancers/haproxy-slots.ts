import { UserError } from '@slipway/kernel/errors';
import type { SlotName } from '@slipway/strategy/topology';
import type { Balancer, ServerRef } from './balancer.ts';
import { type AdminSocket, converse } from './haproxy-cli.ts';
import { refuseErrors } from './haproxy-errors.ts';
import { figuresOf } from './haproxy-figures.ts';
import { mapText, readGreen, writeGreen } from './haproxy-map.ts';
import type { HaproxyPorts } from './haproxy-ports.ts';
import { describeRow, isUp, type ServerRow } from './haproxy-stats.ts';
import { look, type Seen } from './haproxy-view.ts';
import { untilDrained, untilUp, type Waiting } from './haproxy-waits.ts';
import type { HaproxyUri, SlotRouting } from './uri.ts';

type Change = ServerRef & { readonly share: number };

/**
 * HAProxy with a backend for each slot, and a map that says which clients go to which: the whole fleet moves at one
 * moment, a share is one of the clients, and no server is told anything but whether it is in service.
 */
export function haproxySlots(uri: HaproxyUri, routing: SlotRouting, admin: AdminSocket, ports: HaproxyPorts): Balancer {
  let processAtSet: string | undefined;
  const waiting = (servers: readonly ServerRef[], deadlineMs: number, signal: AbortSignal): Waiting => {
    return { admin, clock: ports.clock, deadlineMs, signal, look: () => look(admin, uri, servers, signal) };
  };
  return {
    name: `${routing.map} on ${uri.host.name}`,
    capabilities: { weights: 'exact', shifts: 'together', perClient: true, inFlight: 'exact', cutsOnChange: false },

    async read(servers, signal) {
      const [{ seen }, green] = await Promise.all([
        look(admin, uri, servers, signal),
        readGreen(admin, routing, signal),
      ]);
      return seen.map(({ asked: { member, slot }, row }) => {
        const share = isOut(row) ? 0 : shareOf(slot, green);
        return { member, slot, share, up: isUp(row), inFlight: row.inFlight, detail: describeRow(row) };
      });
    },

    async ready(servers, deadlineMs, signal) {
      const green = await readGreen(admin, routing, signal);
      const joining = servers.filter(({ slot }) => shareOf(slot, green) === 0).map((ref) => ({ ...ref, share: 100 }));
      if (joining.length === 0) return;
      await tell((await look(admin, uri, joining, signal)).seen, 'ready', signal);
      await untilUp(waiting(joining, deadlineMs, signal));
    },

    async set(changes, signal) {
      const { seen } = await look(admin, uri, changes, signal);
      // In service first, so that nobody is sent to a side without servers; out of it last.
      await tell(seen, 'ready', signal);
      const green = greenIn(changes);
      if (green !== undefined && (await readGreen(admin, routing, signal)) !== green) {
        await ports.writeFile(routing.map, mapText(green), signal);
        await writeGreen(admin, routing, green, signal);
      }
      await tell(seen, 'drain', signal);
      processAtSet = (await look(admin, uri, changes, signal)).process;
    },

    async drained(servers, deadlineMs, signal) {
      const green = await readGreen(admin, routing, signal);
      await untilDrained(waiting(servers, deadlineMs, signal), processAtSet, ({ seen }) =>
        seen.filter(({ asked, row }) => !isOut(row) && shareOf(asked.slot, green) > 0).map(({ row }) => row),
      );
    },

    up: (servers, deadlineMs, signal) => untilUp(waiting(servers, deadlineMs, signal)),

    figures: async (servers, signal) => figuresOf(await look(admin, uri, servers, signal)),
  };

  /** Members that get nothing from either side are drained one by one; what an operator took out stays so. */
  async function tell(seen: readonly Seen<Change>[], state: 'ready' | 'drain', signal: AbortSignal): Promise<void> {
    const idle = (member: string): boolean =>
      seen.filter(({ asked }) => asked.member === member).every(({ asked }) => asked.share === 0);
    const commands = seen
      .filter(({ asked, row }) => isOut(row) === (state === 'ready') && idle(asked.member) === (state === 'drain'))
      .filter(({ asked }) => state === 'drain' || asked.share > 0)
      .map(({ asked, row }) => `set server ${routing[asked.slot]}/${row.name} state ${state}`);
    if (commands.length > 0) refuseErrors(admin, commands, await converse(admin, commands, signal));
  }
}

function shareOf(slot: SlotName, green: number): number {
  return slot === 'green' ? green : 100 - green;
}

function isOut(row: ServerRow): boolean {
  return row.takenOut !== 'no' || row.weight === 0;
}

/** The one share that all members ask for; undefined when they only shall be taken out. */
function greenIn(changes: readonly Change[]): number | undefined {
  const wanted = changes.filter(({ member }) => changes.some((other) => other.member === member && other.share > 0));
  const asked = new Set(wanted.map(({ slot, share }) => (slot === 'green' ? share : 100 - share)));
  if (asked.size <= 1) return [...asked][0];
  throw new UserError({
    what: 'This balancer moves the traffic of the whole fleet, and members ask for different shares.',
    got: [...asked].map((share) => `green ${share} %`).join(', '),
    fix: 'strategy: blue-green, or canary',
  });
}
