import { randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { openDistantLine } from './distant-line.ts';
import type { FromWorker, LoadOptions, PhaseCount, ToWorker } from './load.ts';

type Count = { -readonly [K in keyof PhaseCount]: PhaseCount[K] } & {
  readonly versions: Record<string, number>;
  readonly errors: Record<string, number>;
};

interface Shape {
  readonly method: 'GET' | 'POST';
  readonly path: '/' | '/slow';
  readonly agent: Agent;
  readonly user: number;
}

// `fifo` keeps every kept connection in use; an idle one is dropped long before a server would, since a request that
// crosses with the server's close fails without anybody's fault. node:http itself never sends a request again.
const KEPT = new Agent({ keepAlive: true, scheduling: 'fifo', maxSockets: 512, timeout: 2_000 });
const FRESH = new Agent({ keepAlive: false });
const TICK_MS = 2;

const phases: Count[] = [];
const pending = new Set<Promise<void>>();
let phaseBegan = 0;
let lagMs = 0;
let ticking: NodeJS.Timeout | undefined;

// Ctrl-C reaches the whole terminal group; the parent decides when the load ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'start':
      void start(message.options);
      return;
    case 'phase': {
      const earlier = [...pending];
      enter(message.name);
      void Promise.all(earlier).then(() => answer({ kind: 'phase' }));
      return;
    }
    case 'stop':
      clearInterval(ticking);
      closePhase();
      void Promise.all(pending).then(() => answer({ kind: 'result', phases, lagMs }));
      return;
  }
});

function answer(message: FromWorker): void {
  process.send?.(message);
}

function enter(name: string): void {
  closePhase();
  phases.push({ name, seconds: 0, requests: 0, failed: 0, versions: {}, errors: {} });
}

function closePhase(): void {
  const now = performance.now();
  const last = phases.at(-1);
  if (last !== undefined) last.seconds = (now - phaseBegan) / 1_000;
  phaseBegan = now;
}

/** The line of clients that are far away ends with this process. */
async function start(options: LoadOptions): Promise<void> {
  const { awayMs = 0, url } = options;
  begin(awayMs === 0 ? options : { ...options, url: await openDistantLine(url, awayMs) });
  answer({ kind: 'started' });
}

function begin(options: LoadOptions): void {
  enter(options.phase);
  const began = performance.now();
  let sent = 0;
  ticking = setInterval(() => {
    const now = performance.now() - began;
    for (; (sent * 1_000) / options.rate <= now; sent += 1) {
      lagMs = Math.max(lagMs, Math.round(now - (sent * 1_000) / options.rate));
      launch(options, shapeOf(sent));
    }
  }, TICK_MS);
}

/** A fixed mix, with slow POSTs on both kinds of connection within any ten requests. */
function shapeOf(index: number): Shape {
  const place = index % 10;
  return {
    method: place === 4 || place === 7 ? 'GET' : 'POST',
    path: place === 2 || place === 5 ? '/slow' : '/',
    agent: place % 2 === 0 ? KEPT : FRESH,
    user: index,
  };
}

function launch(options: LoadOptions, shape: Shape): void {
  const phase = phases.at(-1);
  if (phase === undefined) return;
  phase.requests += 1;
  const done = counted(exchange(options, shape), phase);
  pending.add(done);
  void done.finally(() => pending.delete(done));
}

async function counted(exchanged: Promise<string>, phase: Count): Promise<void> {
  try {
    const version = await exchanged;
    phase.versions[version] = (phase.versions[version] ?? 0) + 1;
  } catch (cause) {
    const reason = reasonOf(cause);
    phase.failed += 1;
    phase.errors[reason] = (phase.errors[reason] ?? 0) + 1;
  }
}

/** The version that answered; rejects with a Failure or a transport error. */
async function exchange(options: LoadOptions, shape: Shape): Promise<string> {
  const body = shape.method === 'POST' ? randomBytes(96).toString('base64url') : undefined;
  const ownMs = shape.path === '/slow' ? (options.slowMs ?? 300) : 0;
  const began = performance.now();
  const response = await send(options, shape, body);
  const version = judge(response.statusCode ?? 0, await read(response), body);
  if (performance.now() - began > ownMs + (options.lateMs ?? 1_000)) throw new Failure('late');
  return version;
}

function send(
  options: LoadOptions,
  { method, path, agent, user }: Shape,
  body: string | undefined,
): Promise<IncomingMessage> {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'text/plain', 'content-length': body.length }),
    ...(options.users === undefined ? {} : { cookie: `slipway=user-${user % options.users}` }),
  };
  const signal = AbortSignal.timeout(options.giveUpMs ?? 10_000);
  return new Promise((resolve, reject) => {
    request(new URL(path, options.url), { method, agent, headers, signal })
      .on('response', resolve)
      .on('error', reject)
      .end(body);
  });
}

async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function judge(status: number, text: string, body: string | undefined): string {
  if (status < 200 || status > 299) throw new Failure(`status ${status}`);
  let said: { version?: unknown; echo?: unknown };
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    throw new Failure('wrong body');
  }
  if (typeof said.version !== 'string' || (body !== undefined && said.echo !== body)) throw new Failure('wrong body');
  return said.version;
}

class Failure extends Error {}

function reasonOf(cause: unknown): string {
  if (cause instanceof Failure) return cause.message;
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ABORT_ERR' ? 'no answer' : (code ?? String(cause));
}
