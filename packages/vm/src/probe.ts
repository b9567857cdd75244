import type { Clock } from '@slipway/effects/clock';
import { messageOf } from '@slipway/kernel/errors';
import type { ReleaseId } from '@slipway/kernel/release';
import type { SlotName } from '@slipway/strategy/topology';
import { releaseFolder } from './layout.ts';
import { allOf, HostError, requireWhole, runStep, type Site } from './remote.ts';
import { type Service, type ServiceState, sameProcess, servicesIn } from './services/service.ts';

/** The health check as seen from the runner, through the connection to the host. */
export interface Prober {
  /** One look: whether the slot answers, healthy and as this release. */
  once(member: string, slot: SlotName, release: ReleaseId, signal: AbortSignal): Promise<boolean>;
  /** Resolves after enough passes in a row; rejects with one sentence on what was seen last. */
  untilHealthy(member: string, slot: SlotName, release: ReleaseId, signal: AbortSignal): Promise<void>;
}

export interface ProbePorts {
  readonly prober: Prober;
  readonly service: Service;
  readonly clock: Clock;
  /** The version is proved by the process itself: it has to lie in the release. */
  readonly processProof: boolean;
  readonly stepMs: number;
}

const LOG_LINES = 50;
/** Most processes that die do so in their first second. */
const FIRST_LOOK_MS = 1_000;
const NEXT_LOOK_MS = 3_000;

/** What is to be proved, and where. */
export interface Claim {
  readonly site: Site;
  readonly slot: SlotName;
  readonly release: ReleaseId;
  readonly signal: AbortSignal;
}

/**
 * Resolves once the release in the slot is proved: the health check passed as often as it has to, and the process is
 * the one of `baseline` (without it: the one found at the beginning), never started again. A process that dies in
 * between ends the wait at once.
 */
export async function proveMember(claim: Claim, baseline: ServiceState | undefined, ports: ProbePorts): Promise<void> {
  const before = baseline ?? (await look(claim, ports)).service;
  if (before === undefined) throw await explained(`Nothing runs ${where(claim)}.`, claim, ports);
  await healthyWhile(before, claim, ports);
  await requireSame(before, claim, ports);
}

async function healthyWhile(process: ServiceState, claim: Claim, ports: ProbePorts): Promise<void> {
  const { site, slot, release } = claim;
  const over = new AbortController();
  const signal = AbortSignal.any([claim.signal, over.signal]);
  try {
    await Promise.race([
      ports.prober.untilHealthy(site.session.host.name, slot, release, signal),
      untilGone(process, { ...claim, signal }, ports),
    ]);
  } catch (cause) {
    claim.signal.throwIfAborted();
    throw cause instanceof HostError ? cause : await explained(messageOf(cause), claim, ports, cause);
  } finally {
    over.abort();
  }
}

/** Never resolves: rejects when the process is not the same any more, or when this is not wanted any longer. */
async function untilGone(process: ServiceState, claim: Claim, ports: ProbePorts): Promise<never> {
  for (let pause = FIRST_LOOK_MS; ; pause = NEXT_LOOK_MS) {
    await ports.clock.sleep(pause, claim.signal);
    await requireSame(process, claim, ports);
  }
}

async function requireSame(process: ServiceState, claim: Claim, ports: ProbePorts): Promise<void> {
  const { service, log } = await look(claim, ports);
  const wrong = objection(service, process, claim, ports.processProof);
  if (wrong !== undefined) throw new HostError(wrong, log);
}

function objection(
  now: ServiceState | undefined,
  before: ServiceState,
  claim: Claim,
  processProof: boolean,
): string | undefined {
  const folder = releaseFolder(claim.release);
  if (now === undefined) return `The process ${before.pid} ${where(claim)} died while it was probed.`;
  if (!sameProcess(now, before)) return `The process ${where(claim)} died while it was probed, and was started again.`;
  if (now.folder !== folder) return `The process ${where(claim)} is of ${now.folder}, not of ${folder}.`;
  if (!processProof || now.inside) return undefined;
  return (
    `The process ${now.pid} ${where(claim)} cannot be proved to be ${claim.release.version}: ` +
    'neither its program nor its working folder lies in the release. `version-from` names another proof.'
  );
}

async function explained(what: string, claim: Claim, ports: ProbePorts, cause?: unknown): Promise<HostError> {
  const { log } = await look(claim, ports).catch(() => ({ log: [] }));
  return new HostError(what, log, { cause });
}

interface Look {
  readonly service: ServiceState | undefined;
  /** The last lines that the service wrote. */
  readonly log: readonly string[];
}

async function look({ site, slot, signal }: Claim, { service, stepMs }: ProbePorts): Promise<Look> {
  const said = await runStep(site, 'status', {
    functions: service.functions,
    vars: { slot, log_lines: String(LOG_LINES) },
    fence: 'free',
    timeoutMs: stepMs,
    signal,
  });
  const found = servicesIn(requireWhole(said, site))[0];
  return { service: found?.[1], log: allOf(said, 'log') };
}

function where({ site, slot }: Claim): string {
  return `in the slot ${slot} of ${site.session.host.name}`;
}
