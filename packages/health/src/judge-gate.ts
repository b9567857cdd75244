import type { Clock } from '@slipway/effects/clock';
import type { Argv, Exec } from '@slipway/effects/exec';
import type { Http } from '@slipway/effects/http';
import { messageOf } from '@slipway/kernel/errors';
import { isObject, isString, parseJson } from '@slipway/kernel/json';
import type { Gate } from './gates.ts';

/** What a balancer has counted of one side; counters only grow while it is the same process. */
export interface Figures {
  readonly process: string;
  readonly requests: number;
  /** Answers 5xx, connections that failed, answers that broke off. */
  readonly failed: number;
  /** Mean time of an answer lately, in milliseconds; undefined when nothing was answered. */
  readonly meanMs: number | undefined;
}

/** One side of a rollout, for queries and programs. */
export interface GateSide {
  readonly slot: string;
  readonly version: string;
}

export interface Watched {
  readonly app: string;
  readonly environment: string;
  readonly fresh: GateSide;
  /** What served before; undefined on a first deployment. */
  readonly stable: GateSide | undefined;
  /** Of the traffic, in percent, that the new side has. */
  readonly share: number;
}

export interface GatePorts {
  readonly exec: Exec;
  readonly http: Http;
  readonly clock: Clock;
  /** Of the new side, now; undefined where no balancer counts. */
  readonly figures: (signal: AbortSignal) => Promise<Figures | undefined>;
}

/** `none`: nothing can be said yet; that is never a pass. */
export type Judgement =
  | { readonly kind: 'pass'; readonly seen: string }
  | { readonly kind: 'breach'; readonly seen: string; readonly lastLines: readonly string[] }
  | { readonly kind: 'none'; readonly why: string };

const ASK_MS = 10_000;
const COMMAND_MS = 60_000;
const LAST_LINES = 50;

/** One look at one gate. `first` are the figures when the soak began. */
export async function judge(
  gate: Gate,
  first: Figures | undefined,
  watched: Watched,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<Judgement> {
  try {
    switch (gate.kind) {
      case 'errors':
      case 'time':
        return judgeFigures(gate, first, await ports.figures(signal));
      case 'prometheus':
        return await judgeQuery(gate, watched, ports, signal);
      case 'command':
        return await runCommand(gate.argv, watched, ports, signal);
    }
  } catch (cause) {
    signal.throwIfAborted();
    return { kind: 'none', why: messageOf(cause) };
  }
}

function judgeFigures(
  gate: Extract<Gate, { kind: 'errors' | 'time' }>,
  first: Figures | undefined,
  now: Figures | undefined,
): Judgement {
  if (first === undefined || now === undefined) return { kind: 'none', why: 'no balancer counts requests here' };
  if (first.process !== now.process) return { kind: 'none', why: 'the balancer was restarted, and counts anew' };
  const requests = now.requests - first.requests;
  if (requests < gate.atLeast) return { kind: 'none', why: `${requests} requests, of ${gate.atLeast} that are needed` };
  if (gate.kind === 'time') {
    if (now.meanMs === undefined) return { kind: 'none', why: 'the balancer measured no time' };
    return verdict(now.meanMs <= gate.most, `${now.meanMs.toFixed(0)} ms on the mean, of ${requests} requests`);
  }
  const failed = now.failed - first.failed;
  const percent = (100 * failed) / requests;
  return verdict(percent <= gate.most, `${failed} of ${requests} requests failed, ${percent.toFixed(2)} %`);
}

async function judgeQuery(
  { url, query, compare, bound }: Extract<Gate, { kind: 'prometheus' }>,
  { fresh, stable }: Watched,
  { http }: GatePorts,
  signal: AbortSignal,
): Promise<Judgement> {
  const value = await ask(fresh);
  if (bound.kind === 'number') return verdict(holds(value, bound.value), `${value}, asked ${compare} ${bound.value}`);
  if (stable === undefined) return { kind: 'none', why: 'nothing served before, so there is nothing to compare with' };
  const before = await ask(stable);
  const words = `${value} in ${fresh.slot}, ${before} in ${stable.slot}, asked ${compare} ${bound.factor} x`;
  return verdict(holds(value, bound.factor * before), words);

  function holds(left: number, right: number): boolean {
    return compare === '<=' ? left <= right : left >= right;
  }

  /** The instant query of Prometheus' HTTP API, version 1. */
  async function ask({ slot, version }: GateSide): Promise<number> {
    const filled = query.replaceAll('{slot}', () => slot).replaceAll('{version}', () => version);
    const address = `${url}/api/v1/query?query=${encodeURIComponent(filled)}`;
    const answer = await http.request({ url: address, timeoutMs: ASK_MS, signal });
    return numberIn(answer.status, answer.body.toString('utf8'));
  }
}

function numberIn(status: number, text: string): number {
  const answer = parseJson(text);
  if (!isObject(answer) || answer.status !== 'success' || !isObject(answer.data)) {
    const said = isObject(answer) && isString(answer.error) ? answer.error : text.slice(0, 200);
    throw new Error(`Prometheus answered ${status}: ${said}`);
  }
  const { resultType, result } = answer.data;
  const samples = resultType === 'scalar' ? [{ value: result }] : Array.isArray(result) ? (result as unknown[]) : [];
  if (samples.length !== 1) throw new Error(`the query gives ${samples.length} numbers, and one is needed`);
  const [sample] = samples;
  const pair = isObject(sample) && Array.isArray(sample.value) ? (sample.value as unknown[]) : [];
  const value = isString(pair[1]) ? Number(pair[1]) : Number.NaN;
  if (Number.isNaN(value)) throw new Error('the query gives no number: NaN');
  return value;
}

async function runCommand(argv: Argv, watched: Watched, { exec }: GatePorts, signal: AbortSignal): Promise<Judgement> {
  const ended = await exec.run({ argv, input: `${JSON.stringify(watched)}\n`, timeoutMs: COMMAND_MS, signal });
  const lines = `${ended.stdout}\n${ended.stderr}`.split('\n').filter((line) => line !== '');
  const seen = lines.at(-1) ?? `status ${ended.code}`;
  if (ended.timedOut) return { kind: 'none', why: `it did not end within ${COMMAND_MS / 1_000} s` };
  if (ended.code === 0) return { kind: 'pass', seen };
  if (ended.code === 1) return { kind: 'breach', seen, lastLines: lines.slice(-LAST_LINES) };
  return { kind: 'none', why: `it ended with ${ended.signal ?? `status ${ended.code}`}: ${seen}` };
}

function verdict(holds: boolean, seen: string): Judgement {
  return holds ? { kind: 'pass', seen } : { kind: 'breach', seen, lastLines: [] };
}
