import type { ServerRef } from './balancer.ts';
import { type AdminSocket, converse } from './haproxy-cli.ts';
import { notHaproxy, unknownBackend, unknownServers } from './haproxy-errors.ts';
import { type ServerRow, serverRows } from './haproxy-stats.ts';
import { type HaproxyUri, serverName } from './uri.ts';

/** What one look at the servers shows. */
export interface View<R extends ServerRef> {
  /** Another one means a restart or reload: in-flight requests of the old process are out of sight. */
  readonly process: string;
  /** In the order of the servers asked for. */
  readonly seen: readonly Seen<R>[];
}

export interface Seen<R extends ServerRef> {
  readonly asked: R;
  readonly row: ServerRow;
}

/** One look; a backend or server that is not there is a UserError. */
export async function look<R extends ServerRef>(
  admin: AdminSocket,
  { backend, server }: HaproxyUri,
  servers: readonly R[],
  signal: AbortSignal,
): Promise<View<R>> {
  const commands = [`show stat ${backend} 4 -1`, `show servers state ${backend}`, 'show info', 'show backend'];
  const [stat = '', state = '', info = '', backends = ''] = await converse(admin, commands, signal);
  if (/^(?:No such proxy|Can't find backend)/m.test(`${stat}\n${state}`)) {
    throw unknownBackend(admin, backend, backends.split('\n').slice(1));
  }
  const known = serverRows(stat, state);
  if (known === undefined) throw notHaproxy(admin, stat);
  const named = servers.map((asked) => ({ asked, name: serverName(server, asked.member, asked.slot) }));
  const missing = named.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw unknownServers(admin, backend, missing, [...known.keys()]);
  return {
    process: (info.match(/^(?:Pid|Start_time_sec): .*$/gm) ?? []).join(', '),
    seen: named.flatMap(({ asked, name }) => {
      const row = known.get(name);
      return row === undefined ? [] : [{ asked, row }];
    }),
  };
}
