import type { Balancer, ServerRef, ServerState } from './balancer.ts';
import { type AdminSocket, converse } from './haproxy-cli.ts';
import * as errors from './haproxy-errors.ts';
import { figuresOf } from './haproxy-figures.ts';
import type { HaproxyPorts } from './haproxy-ports.ts';
import { describeRow, hasShare, isUp, shareOf, weightFor } from './haproxy-stats.ts';
import { look, type Seen } from './haproxy-view.ts';
import { untilDrained, untilUp, type Waiting } from './haproxy-waits.ts';
import type { HaproxyUri } from './uri.ts';

/**
 * HAProxy through its admin socket, which is reached from here at `path`. Each server has its own share, which is its
 * weight. The `member` of a server is what `{host}` stands for. No change needs a reload, so none cuts a connection.
 */
export function haproxyServers(uri: HaproxyUri, backend: string, admin: AdminSocket, ports: HaproxyPorts): Balancer {
  let processAtSet: string | undefined;
  const waiting = (servers: readonly ServerRef[], deadlineMs: number, signal: AbortSignal): Waiting => {
    return { admin, clock: ports.clock, deadlineMs, signal, look: () => look(admin, uri, servers, signal) };
  };
  return {
    name: `${backend} on ${uri.host.name}`,
    capabilities: { weights: 'exact', shifts: 'each', perClient: false, inFlight: 'exact', cutsOnChange: false },

    async read(servers, signal) {
      const { seen } = await look(admin, uri, servers, signal);
      return seen.map(stateOf);
    },

    async set(changes, signal) {
      const before = await look(admin, uri, changes, signal);
      const commands = commandsFor(admin, backend, before.seen);
      if (commands.length > 0) errors.refuseErrors(admin, commands, await converse(admin, commands, signal));
      const after = await look(admin, uri, changes, signal);
      errors.refuseDifferences(admin, after.seen);
      processAtSet = after.process;
    },

    drained(servers, deadlineMs, signal) {
      return untilDrained(waiting(servers, deadlineMs, signal), processAtSet, ({ seen }) =>
        seen.map(({ row }) => row).filter((row) => shareOf(row) > 0),
      );
    },

    up: (servers, deadlineMs, signal) => untilUp(waiting(servers, deadlineMs, signal)),

    figures: async (servers, signal) => figuresOf(await look(admin, uri, servers, signal)),
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
