import { humanSeconds } from '@slipway/kernel/duration';
import { UserError, userError } from '@slipway/kernel/errors';
import { type AdminSocket, configLine } from './haproxy-cli.ts';
import { describeRow, hasShare, type ServerRow, shareOf, weightFor } from './haproxy-stats.ts';

export function unknownBackend({ who }: AdminSocket, backend: string, known: readonly string[]): UserError {
  return new UserError({
    what: `${who} has no backend "${backend}".`,
    got: `backend=${backend}`,
    allowed: known.join(', ') || 'none is there: is this the admin socket of a worker?',
    fix: `name one of these in the "balancer" input, such as backend=${known[0] ?? 'web'}`,
  });
}

export function unknownServers(
  { who }: AdminSocket,
  backend: string,
  missing: readonly string[],
  known: readonly string[],
): UserError {
  return new UserError({
    what: `${who} has no ${plural('server', missing)} ${missing.join(', ')} in the backend "${backend}".`,
    got: missing.join(', '),
    allowed: known.join(', ') || 'none is there',
    fix: 'add it to the backend, or change "server=" of the "balancer" input or "name=" of the host',
  });
}

export function notHaproxy(admin: AdminSocket, reply: string): UserError {
  return new UserError({
    what: `What answers on ${admin.socket} does not speak like ${admin.who}.`,
    got: JSON.stringify(reply.slice(0, 200)),
    allowed: 'the tables of "show stat" and "show servers state"',
    fix: `give the path of the admin socket in the "balancer" input; it is declared by\n${configLine(admin)}`,
  });
}

/** A share that the server's weight cannot express would silently become another one, or none. */
export function refuseImpossible({ who }: AdminSocket, row: ServerRow, share: number): void {
  const weight = weightFor(row, share);
  const real = row.fullWeight === 0 ? 0 : (100 * weight) / row.fullWeight;
  if (Math.abs(real - share) < 1 && (share === 0 || weight > 0)) return;
  throw new UserError({
    what: `${who} cannot give ${row.name} ${share} % of its traffic: of its weight ${row.fullWeight} that is ${weight}.`,
    got: `weight ${row.fullWeight}`,
    allowed: 'a weight that can be divided as finely as the shares',
    fix: `server ${row.name} ... weight 100`,
  });
}

/** An error has no status: any text in a reply is one. */
export function refuseErrors(admin: AdminSocket, commands: readonly string[], replies: readonly string[]): void {
  const refused = commands.flatMap((command, index) => {
    const reply = replies[index] ?? '';
    return reply === '' ? [] : [`${command}: ${reply}`];
  });
  if (refused.length === 0) return;
  const denied = refused.every((line) => line.includes('Permission denied'));
  throw new UserError({
    what: denied
      ? `${admin.who} lets nobody change servers through ${admin.socket}: it takes the level "admin".`
      : `${admin.who} refused ${refused.length} of ${commands.length} commands; it carried out the others.`,
    got: refused.join('\n'),
    ...(denied ? { allowed: 'level admin', fix: configLine(admin) } : {}),
  });
}

/** What is there now, and the share that was asked for. */
export interface Wanted {
  readonly row: ServerRow;
  readonly asked: { readonly share: number };
}

export function refuseDifferences({ who }: AdminSocket, wanted: readonly Wanted[]): void {
  const wrong = wanted.filter(({ row, asked }) => !hasShare(row, asked.share));
  if (wrong.length === 0) return;
  throw new UserError({
    what: `${who} accepted the change, yet ${wrong.length} of ${wanted.length} servers are not as asked.`,
    got: wrong.map(({ row, asked }) => `${row.name}: ${asked.share} % asked, but ${describeRow(row)}`).join('\n'),
    fix: 'look who else changes it: another deployment, an agent check, a reload',
  });
}

/** In-flight counts mean nothing once the server takes new requests, or once other counters have begun. */
export function refuseUndrained({ who }: AdminSocket, rows: readonly ServerRow[], sameProcess: boolean): void {
  if (!sameProcess) {
    throw userError(
      `${who} was restarted or reloaded while servers were drained: requests of its old process are out of sight.`,
      'run again; keep reloads of the balancer apart from deployments',
    );
  }
  const back = rows.filter((row) => shareOf(row) > 0);
  if (back.length === 0) return;
  throw userError(
    `${who} sends requests to ${back.map(({ name }) => name).join(', ')} again while they are waited for.`,
    'run again; look who else changes the balancer',
  );
}

export function notDrained({ who }: AdminSocket, busy: readonly ServerRow[], deadlineMs: number): UserError {
  const counts = busy.map(({ name, inFlight }) => `${name} ${inFlight}`).join(', ');
  return new UserError({
    what: `${who} still has requests in flight ${humanSeconds(deadlineMs)} after the drain: ${counts}.`,
    fix: 'drain-timeout: 2m    # longer than the longest request, or end those requests',
  });
}

export function notUp({ who }: AdminSocket, down: readonly ServerRow[], deadlineMs: number): UserError {
  const words = down.map((row) => `${row.name} is ${describeRow(row)}`).join('; ');
  return new UserError({
    what: `${who} does not call every server up after ${humanSeconds(deadlineMs)}: ${words}.`,
    fix: "look at the balancer's own check of these servers: its path, its port, and what the app answers to it",
  });
}

function plural(word: string, items: readonly unknown[]): string {
  return items.length === 1 ? word : `${word}s`;
}
