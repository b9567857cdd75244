import { throwIfAborted } from '@slipway/effects/clock';
import type { LineSocket } from '@slipway/effects/socket';
import { messageOf, UserError, userError } from '@slipway/kernel/errors';

/** HAProxy answers from memory; what takes longer than this is stuck. */
const TIMEOUT_MS = 5_000;

/** The admin socket of one HAProxy. */
export interface AdminSocket {
  /** Which HAProxy, for messages: `HAProxy on lb-1`. */
  readonly who: string;
  /** Its path on its own host, for messages. */
  readonly socket: string;
  /** Where it is reached from here. */
  readonly path: string;
  readonly sockets: LineSocket;
}

/**
 * Runs commands in one go: one line, one connection. Gives one reply for each, in their order and without the empty
 * line that ends it. An error among them is a reply like any other, and the commands after it were carried out.
 */
export async function converse(
  admin: AdminSocket,
  commands: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answer = await exchange(admin, `${commands.join('; ')}\n`, signal);
  const replies = splitReplies(answer);
  if (replies.length === commands.length) return replies;
  throw new UserError({
    what: `${admin.who} broke off on ${admin.socket}: it gave ${replies.length} of ${commands.length} replies.`,
    got: answer === '' ? 'nothing' : JSON.stringify(answer.slice(0, 200)),
    allowed: 'one reply to each command',
    fix: `make sure that HAProxy runs and that ${admin.socket} is its admin socket, then run again:\n${configLine(admin)}`,
  });
}

/** What to write into HAProxy's configuration for the socket to serve us. */
export function configLine({ socket }: Pick<AdminSocket, 'socket'>): string {
  return `global\n  stats socket ${socket} mode 660 group GROUP-OF-THE-SSH-USER level admin`;
}

/** Every reply ends with an empty line; a silent success is nothing but that. What has no such end was cut off. */
function splitReplies(answer: string): readonly string[] {
  const replies: string[] = [];
  let lines: string[] = [];
  for (const line of answer.split('\n').slice(0, -1)) {
    if (line === '') replies.push(lines.splice(0).join('\n'));
    else lines = [...lines, line];
  }
  return replies;
}

async function exchange({ who, socket, path, sockets }: AdminSocket, line: string, signal: AbortSignal) {
  try {
    return await sockets.exchange({ path }, line, { timeoutMs: TIMEOUT_MS, signal });
  } catch (cause) {
    throwIfAborted(signal);
    throw userError(
      `${who} cannot be asked through ${socket}: ${messageOf(cause)}.`,
      `make sure that HAProxy runs and that the ssh user may open the socket:\n${configLine({ socket })}`,
      cause,
    );
  }
}
