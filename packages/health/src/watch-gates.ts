import type { Gate } from './gates.ts';
import { type Figures, type GatePorts, type Judgement, judge, type Watched } from './judge-gate.ts';

export interface Watching {
  readonly forMs: number;
  /** From the end of one look at all gates to the next. */
  readonly everyMs: number;
}

export type GateVerdict =
  | { readonly kind: 'good'; readonly seen: readonly string[] }
  | { readonly kind: 'bad'; readonly why: string; readonly lastLines: readonly string[] };

/**
 * Watches until the time is over or a gate is broken, which ends it at once. A gate that never came to a verdict has
 * not passed.
 */
export async function watchGates(
  gates: readonly Gate[],
  watched: Watched,
  { forMs, everyMs }: Watching,
  ports: GatePorts,
  signal: AbortSignal,
): Promise<GateVerdict> {
  const { clock } = ports;
  const end = clock.monotonic() + forMs;
  const first = await firstFigures(gates, ports, signal);
  const latest = new Map<Gate, Judgement>();
  for (;;) {
    const left = end - clock.monotonic();
    await clock.sleep(Math.max(0, Math.min(everyMs, left)), signal);
    const judged = await Promise.all(
      gates.map(async (gate) => ({ gate, judgement: await judge(gate, first, watched, ports, signal) })),
    );
    for (const { gate, judgement } of judged) {
      if (judgement.kind === 'breach') {
        return {
          kind: 'bad',
          why: `the gate "${gate.text}" is broken: ${judgement.seen}`,
          lastLines: judgement.lastLines,
        };
      }
      // What was seen once stays seen: a scrape that fails later takes nothing back.
      if (judgement.kind === 'pass' || latest.get(gate)?.kind !== 'pass') latest.set(gate, judgement);
    }
    if (clock.monotonic() >= end) return atTheEnd(gates, latest);
  }
}

function atTheEnd(gates: readonly Gate[], latest: ReadonlyMap<Gate, Judgement>): GateVerdict {
  const open = gates.flatMap((gate) => {
    const judgement = latest.get(gate);
    return judgement?.kind === 'none' ? [`the gate "${gate.text}" came to no verdict: ${judgement.why}`] : [];
  });
  if (open.length > 0) return { kind: 'bad', why: open.join('; '), lastLines: [] };
  const seen = gates.flatMap((gate) => {
    const judgement = latest.get(gate);
    return judgement?.kind === 'pass' ? [`${gate.text}: ${judgement.seen}`] : [];
  });
  return { kind: 'good', seen };
}

async function firstFigures(
  gates: readonly Gate[],
  ports: GatePorts,
  signal: AbortSignal,
): Promise<Figures | undefined> {
  return gates.some(({ kind }) => kind === 'errors' || kind === 'time') ? await ports.figures(signal) : undefined;
}
