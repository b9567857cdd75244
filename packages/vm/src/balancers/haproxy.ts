import type { Clock } from '@slipway/effects/clock';
import type { LineSocket } from '@slipway/effects/socket';
import type { Balancer, ServerRef, ServerState } from './balancer.ts';
import { type AdminSocket, converse } from './haproxy-cli.ts';
import * as errors from './haproxy-errors.ts';
import { describeRow, hasShare, isConfirmed, isUp, shareOf, weightFor } from './haproxy-stats.ts';
import { look, type Seen } from './haproxy-view.ts';
import type { HaproxyUri } from './uri.ts';

const DRAIN_POLL_MS = 20;
const UP_POLL_MS = 50;

export interface HaproxyPorts {
  readonly socket: LineSocket;
  readonly clock: Clock;
}

/**
 * HAProxy through its admin socket, which is reached from here at `path`. The `member` of a server is what `{host}`
 * stands for. No change needs a reload, so none cuts a connection.
 */
export function haproxy(uri: HaproxyUri, path: string, ports: HaproxyPorts): Balancer {
  const admin: AdminSocket = { who: `HAProxy on ${uri.host.name}`, socket: uri.socket, path, sockets: ports.socket };
  let processAtSet: string | undefined;

  return {
    name: `${uri.backend} on ${uri.host.name}`,
    capabilities: { weights: 'exact', inFlight: 'exact', cutsOnChange: false },

    async read(servers, signal) {
      const { seen } = await look(admin, uri, servers, signal);
      return seen.map(stateOf);
    },

    async set(changes, signal) {
      const before = await look(admin, uri, changes, signal);
      const commands = commandsFor(admin, uri.backend, before.seen);
      if (commands.length > 0) errors.refuseErrors(admin, commands, await converse(admin, commands, signal));
      const after = await look(admin, uri, changes, signal);
      errors.refuseDifferences(admin, after.seen);
      processAtSet = after.process;
    },

    async drained(servers, deadlineMs, signal) {
      let process = processAtSet;
      let quietLooks = 0;
      await poll(ports.clock, DRAIN_POLL_MS, deadlineMs, signal, async (over) => {
        const now = await look(admin, uri, servers, signal);
        process ??= now.process;
        const rows = now.seen.map(({ row }) => row);
        errors.refuseUndrained(admin, rows, process === now.process);
        const busy = rows.filter(({ inFlight }) => inFlight > 0);
        if (over && busy.length > 0) throw errors.notDrained(admin, busy, deadlineMs);
        // Two in a row: a request may sit between two counters at the moment of one look.
        quietLooks = busy.length === 0 ? quietLooks + 1 : 0;
        return quietLooks === 2;
      });
    },

    async up(servers, deadlineMs, signal) {
      await poll(ports.clock, UP_POLL_MS, deadlineMs, signal, async (over) => {
        const { seen } = await look(admin, uri, servers, signal);
        const down = seen.map(({ row }) => row).filter((row) => !isConfirmed(row));
        if (over && down.length > 0) throw errors.notUp(admin, down, deadlineMs);
        return down.length === 0;
      });
    },
  };
}

function stateOf({ asked: { member, slot }, row }: Seen<ServerRef>): ServerState {
  return { member, slot, share: shareOf(row), up: isUp(row), inFlight: row.inFlight, detail: describeRow(row) };
}

/** Only what differs, so that an operator's `maint` stays; what joins comes first, so that somebody always serves. */
function commandsFor(admin: AdminSocket, backend: string, wanted: readonly errors.Wanted[]): readonly string[] {
  for (const { row, asked } of wanted) errors.refuseImpossible(admin, row, asked.share);
  return wanted
    .filter(({ row, asked }) => !hasShare(row, asked.share))
    .toSorted((a, b) => b.asked.share - a.asked.share)
    .flatMap(({ row, asked: { share } }) => {
      const server = `set server ${backend}/${row.name}`;
      if (share === 0) return [`${server} state drain`];
      const weight = row.weight === weightFor(row, share) ? [] : [`${server} weight ${share}%`];
      return row.takenOut === 'no' ? weight : [...weight, `${server} state ready`];
    });
}

/** Asks until it is so; `over` says that the time is up, for the last look to throw what it sees. */
async function poll(
  clock: Clock,
  everyMs: number,
  deadlineMs: number,
  signal: AbortSignal,
  isDone: (over: boolean) => Promise<boolean>,
): Promise<void> {
  const end = clock.monotonic() + deadlineMs;
  while (!(await isDone(clock.monotonic() >= end))) await clock.sleep(everyMs, signal);
}
