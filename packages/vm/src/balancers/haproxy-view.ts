import type { ServerRef } from './balancer.ts';
import { type AdminSocket, converse } from './haproxy-cli.ts';
import { notHaproxy, unknownBackend, unknownServers } from './haproxy-errors.ts';
import { type ServerRow, serverRows } from './haproxy-stats.ts';
import { backendFor, type HaproxyUri, serverName } from './uri.ts';

/** What one look at the servers shows. */
export interface View<R extends ServerRef> {
  /** Another one means a restart or reload: in-flight requests of the old process are out of sight. */
  readonly process: string;
  /** In the order of the servers asked for, those of one backend together. */
  readonly seen: readonly Seen<R>[];
}

export interface Seen<R extends ServerRef> {
  readonly asked: R;
  readonly row: ServerRow;
}

/** One look, at all backends that the servers are in; one that is not there is a UserError, and so is a server. */
export async function look<R extends ServerRef>(
  admin: AdminSocket,
  uri: HaproxyUri,
  servers: readonly R[],
  signal: AbortSignal,
): Promise<View<R>> {
  const backends = [...new Set(servers.map(({ slot }) => backendFor(uri, slot)))];
  const commands = backends.flatMap((backend) => [`show stat ${backend} 4 -1`, `show servers state ${backend}`]);
  const replies = await converse(admin, [...commands, 'show info', 'show backend'], signal);
  const [info = '', known = ''] = replies.slice(-2);
  const tables = new Map(
    backends.map((backend, index) => {
      const [stat = '', state = ''] = replies.slice(2 * index);
      return [backend, rowsOf(admin, backend, stat, state, known.split('\n').slice(1))] as const;
    }),
  );
  return {
    process: (info.match(/^(?:Pid|Start_time_sec): .*$/gm) ?? []).join(', '),
    seen: backends.flatMap((backend) => {
      const named = servers
        .filter(({ slot }) => backendFor(uri, slot) === backend)
        .map((asked) => ({ asked, name: serverName(uri.server, asked.member, asked.slot) }));
      return found(admin, backend, named, tables.get(backend) ?? new Map());
    }),
  };
}

function rowsOf(admin: AdminSocket, backend: string, stat: string, state: string, known: readonly string[]) {
  if (/^(?:No such proxy|Can't find backend)/m.test(`${stat}\n${state}`)) throw unknownBackend(admin, backend, known);
  const rows = serverRows(stat, state);
  if (rows === undefined) throw notHaproxy(admin, stat);
  return rows;
}

function found<R extends ServerRef>(
  admin: AdminSocket,
  backend: string,
  named: readonly { readonly asked: R; readonly name: string }[],
  known: ReadonlyMap<string, ServerRow>,
): readonly Seen<R>[] {
  const missing = named.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw unknownServers(admin, backend, missing, [...known.keys()]);
  return named.flatMap(({ asked, name }) => {
    const row = known.get(name);
    return row === undefined ? [] : [{ asked, row }];
  });
}
