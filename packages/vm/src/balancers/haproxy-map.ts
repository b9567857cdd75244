import { UserError } from '@slipway/kernel/errors';
import { type AdminSocket, converse } from './haproxy-cli.ts';
import { refuseErrors } from './haproxy-errors.ts';
import type { SlotRouting } from './uri.ts';

/** Clients are hashed into so many buckets. Those below the number in the map are green's, the others blue's. */
const BUCKETS = 10_000;
const KEY = 'green';

/**
 * The share of green in percent, as the process works with it now. It is one number, so a change of it is one moment
 * for all requests; and since both sides grow from their own end, no client flips back while a share only grows.
 */
export async function readGreen(admin: AdminSocket, { map, ...routing }: SlotRouting, signal: AbortSignal) {
  const [reply = ''] = await converse(admin, [`show map ${map}`], signal);
  // Of a key that is there twice, HAProxy takes the first.
  const value = /^0x[0-9a-f]+ green (\d+)$/m.exec(reply)?.[1];
  const buckets = Number(value);
  if (value !== undefined && buckets <= BUCKETS) return (100 * buckets) / BUCKETS;
  throw new UserError({
    what: `${admin.who} has no map ${map} with the share of green.`,
    got: reply.slice(0, 300),
    allowed: `one line "${KEY} N" with N from 0 to ${BUCKETS}`,
    fix: `${map} with the line "${KEY} 0", and in the configuration:\n${configuration({ map, ...routing })}`,
  });
}

/** One command, then read back: an answer is only a hint. */
export async function writeGreen(
  admin: AdminSocket,
  routing: SlotRouting,
  percent: number,
  signal: AbortSignal,
): Promise<void> {
  const command = `set map ${routing.map} ${KEY} ${bucketsFor(percent)}`;
  refuseErrors(admin, [command], await converse(admin, [command], signal));
  const now = await readGreen(admin, routing, signal);
  if (Math.abs(now - percent) < 0.01) return;
  throw new UserError({
    what: `${admin.who} accepted the change, yet its map ${routing.map} is not as asked.`,
    got: `green ${now} %`,
    allowed: `green ${percent} %`,
    fix: 'look who else changes it: another deployment, a reload',
  });
}

/** The file that HAProxy reads at its start, so that a reload keeps what is so now. */
export function mapText(percent: number): string {
  return `${KEY} ${bucketsFor(percent)}\n`;
}

function bucketsFor(percent: number): number {
  return Math.round((percent * BUCKETS) / 100);
}

/** What to write into HAProxy's configuration. A client is known by its cookie, else by its address and program. */
export function configuration({ map, blue, green }: SlotRouting): string {
  return `frontend ...
  http-request set-var(txn.key) req.cook(slipway)
  http-request set-var-fmt(txn.key) "%[src]|%[req.hdr(user-agent)]" unless { req.cook(slipway) -m found }
  http-request set-var(txn.bucket) var(txn.key),xxh32,mod(${BUCKETS})
  http-request set-var(txn.green) str(${KEY}),map_str(${map},0)
  use_backend ${green} if { var(txn.bucket),sub(txn.green) -m int lt 0 }
  default_backend ${blue}`;
}
