import type { Clock } from '@slipway/effects/clock';
import { messageOf } from '@slipway/kernel/errors';
import type { KubeApi } from '../api.ts';
import { describeRef, type KubeObject, type ObjectRef, refOf } from '../object.ts';
import type { Trouble } from '../works.ts';
import { countAt, textAt } from './fields.ts';
import type { Finding } from './finding.ts';
import { HINTS } from './hints.ts';
import { LOG_LINES, type LogKeeper } from './log-keeper.ts';
import { eventTime, type Scene } from './scene.ts';

/** Why a workload was not rolled out: the root cause in a paragraph, and the log that explains it. */
export interface RolloutTrouble extends Trouble {
  readonly ref: ObjectRef;
  /** What the cluster reported of it, oldest first: `21:03:46 pod web-1: Unhealthy: ...`. */
  readonly events: readonly string[];
}

export interface ExplainPorts {
  readonly api: Pick<KubeApi, 'logs'>;
  readonly clock: Clock;
  /** Of pods that may be gone. */
  readonly kept?: LogKeeper['kept'];
}

const EVENTS = 10;
/** Nodes that are cut off never answer. */
const LOG_MS = 2_000;

/** `how` says in a few words how the wait ended; the first finding is the cause, as far as there is one. */
export async function explain(
  { awaited, events }: Scene,
  how: string,
  findings: readonly Finding[],
  ports: ExplainPorts,
): Promise<RolloutTrouble> {
  const { ref } = awaited;
  const [first] = findings;
  const began = `${describeRef(ref)} ${how}`;
  if (first === undefined) return { ref, what: `${began}.`, lastLines: [], events: eventLines(events) };
  const same = new Set(
    findings.filter(({ cause }) => cause === first.cause).map(({ subject }) => subject.metadata.uid),
  );
  const more = same.size > 1 ? ` So it is with ${same.size - 1} more of its pods.` : '';
  const { note, lastLines } = await readLog(first, ports);
  const own = events.filter((event) => textAt(event, 'involvedObject', 'uid') === first.subject.metadata.uid);
  const hint = HINTS[first.cause] === undefined ? '' : ` ${HINTS[first.cause]}`;
  return { ref, what: `${began}: ${first.what}${more}${note}${hint}`, lastLines, events: eventLines(own) };
}

interface ReadLog {
  readonly note: string;
  readonly lastLines: readonly string[];
}

async function readLog(finding: Finding, ports: ExplainPorts): Promise<ReadLog> {
  if (finding.log === undefined || finding.container === undefined) return { note: '', lastLines: [] };
  try {
    const lastLines = (await lastWords(finding, finding.container, ports))
      .split('\n')
      .filter((line) => line !== '')
      .slice(-LOG_LINES);
    return { note: lastLines.length === 0 ? ' It wrote no log.' : '', lastLines };
  } catch (cause) {
    return { note: ` Its log cannot be read: ${messageOf(cause)}.`, lastLines: [] };
  }
}

async function lastWords(finding: Finding, container: string, { api, clock, kept }: ExplainPorts): Promise<string> {
  const { subject, log } = finding;
  const over = new AbortController();
  const late = clock.sleep(LOG_MS, over.signal).then(() => Promise.reject(new Error('the node does not answer')));
  try {
    const asked = api.logs(refOf(subject), container, { lines: LOG_LINES, previous: log === 'previous' });
    return await Promise.race([asked, late]);
  } catch (cause) {
    const text = await Promise.race([kept?.(finding), late]).catch(() => undefined);
    if (text === undefined) throw cause;
    return text;
  } finally {
    over.abort();
    late.catch(() => {});
  }
}

/** Of those that tell the same of the same object again and again, the last one. */
function eventLines(events: readonly KubeObject[]): readonly string[] {
  const last = new Map<string, KubeObject>();
  for (const event of events.filter(({ type }) => type === 'Warning')) {
    const key = `${textAt(event, 'involvedObject', 'uid')} ${textAt(event, 'reason')} ${pattern(event)}`;
    last.delete(key);
    last.set(key, event);
  }
  return [...last.values()].slice(-EVENTS).map((event) => {
    const about = `${textAt(event, 'involvedObject', 'kind')} ${textAt(event, 'involvedObject', 'name')}`;
    const count = countAt(event, 'count');
    const times = count > 1 ? ` (${count} times)` : '';
    const time = new Date(eventTime(event)).toISOString().slice(11, 19);
    return `${time} ${about}: ${textAt(event, 'reason')}: ${textAt(event, 'message').trim()}${times}`;
  });
}

/** The message without names that were made up for it. */
function pattern(event: KubeObject): string {
  return textAt(event, 'message')
    .replace('(combined from similar events): ', '')
    .replaceAll(/"[^"]*"/g, '');
}
