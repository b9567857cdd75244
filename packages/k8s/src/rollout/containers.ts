import type { JsonObject } from '@slipway/kernel/json';
import type { KubeObject } from '../object.ts';
import { at, countAt, listAt, textAt } from './fields.ts';
import { AT_ONCE, CURABLE_MS, type Finding, NEVER, named, PASSING_MS, sentence } from './finding.ts';

export interface PodContext {
  readonly pod: KubeObject;
  /** About this pod, oldest first. */
  readonly events: readonly KubeObject[];
  /** Another pod of this revision is ready: what it is made of is not wrong as such. */
  readonly provedElsewhere: boolean;
  /** Its containers shall run for ever; else their ends are judged by the Job, or by the phase of the pod. */
  readonly isServer: boolean;
}

/** One container: what it should be, and how it is. */
interface Place extends PodContext {
  readonly name: string;
  readonly spec: JsonObject | undefined;
  readonly status: JsonObject;
  readonly list: 'initContainers' | 'containers';
  /** It has to end before the others start. */
  readonly isInit: boolean;
}

const IMAGE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]);
/** They are no matter of what the registry says. */
const SURE = new Set(['InvalidImageName', 'ErrImageNeverPull']);
const TOLD_BY_REASON: Readonly<Record<string, string>> = {
  ErrImageNeverPull: 'it is not on the node, and imagePullPolicy is Never',
};
const START = new Set(['CreateContainerError', 'RunContainerError']);
const NOT_STARTED = new Set(['StartError', 'ContainerCannotRun']);
/** Said of images that do not come by trying again. */
const NO_IMAGE =
  /not found|manifest unknown|denied|unauthorized|forbidden|\b40[134] |no match for platform|invalid reference/i;
/** Said by kubelets whose caches are late. */
const LATE_CACHE = /failed to sync|not registered|timed out/i;
/** Said of programs that can never run. */
const NO_PROGRAM = /no such file|not found|permission denied|exec format error|not a directory|is a directory/i;
const ENDS = 2;
const ENDS_WHERE_OTHERS_RUN = 3;

/** What is wrong with the containers of a pod, init containers first. */
export function containerFindings(context: PodContext): readonly Finding[] {
  const { pod } = context;
  const places = (list: Place['list'], statuses: string): readonly Place[] =>
    listAt(pod, 'status', statuses).map((status) => {
      const name = textAt(status, 'name');
      const spec = listAt(pod, 'spec', list).find((each) => each.name === name);
      const isInit = list === 'initContainers' && spec?.restartPolicy !== 'Always';
      return { ...context, name, spec, status, list, isInit };
    });
  return [...places('initContainers', 'initContainerStatuses'), ...places('containers', 'containerStatuses')].flatMap(
    (place) => findingOf(place) ?? [],
  );
}

function findingOf(place: Place): Finding | undefined {
  const { status } = place;
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const message = textAt(status, 'state', 'waiting', 'message');
  if (IMAGE.has(reason)) return noImage(place, reason, message);
  if (reason === 'CreateContainerConfigError') return noConfig(place, message);
  if (START.has(reason)) return notStarted(place, message);
  const end = endOf(status);
  if (end !== undefined)
    return NOT_STARTED.has(textAt(end, 'reason')) ? notStarted(place, textAt(end, 'message')) : ended(place, end);
  return at(status, 'state', 'running') === undefined ? undefined : notReady(place);
}

function noImage(place: Place, reason: string, message: string): Finding {
  const { provedElsewhere, status } = place;
  const event = lastEvent(place, 'Failed', /^Failed to pull image/);
  const told = TOLD_BY_REASON[reason] ?? (tidy(message) || tidy(textAt(event, 'message')) || reason);
  const image = textAt(place.spec, 'image') || textAt(status, 'image');
  const words = told.replaceAll(/"[^"]*"/g, '').replaceAll(image, '');
  const isSure = SURE.has(reason) || NO_IMAGE.test(words);
  return finding(place, {
    cause: 'image',
    what: sentence(`${container(place)} cannot get its image ${image}: ${told}`),
    terminalAfterMs: isSure && !provedElsewhere ? AT_ONCE : PASSING_MS,
  });
}

/** Without what each layer of the container runtime puts around the reason. */
function tidy(message: string): string {
  const wrappers = [
    /^Back-off pulling image "[^"]*"(?:: )?/,
    /^Failed to pull image "[^"]*": /,
    /^\w+: (?=rpc error|failed to)/,
    /^rpc error: code = \w+ desc = /,
    /^failed to pull and unpack image "[^"]*": /,
    /^failed to resolve (?:reference|image) "[^"]*": /,
  ];
  return wrappers.reduce((text, wrapper) => text.replace(wrapper, ''), message);
}

function noConfig(place: Place, message: string): Finding {
  return finding(place, {
    cause: 'config',
    what: sentence(`${container(place)} cannot be created: ${message}`),
    terminalAfterMs: LATE_CACHE.test(message) ? NEVER : CURABLE_MS,
  });
}

function notStarted(place: Place, message: string): Finding {
  // The runtime's own layers say nothing to people: the last one has the reason.
  const told = message.replace(/^.*unable to start container process: /, '').replace(/: unknown$/, '');
  return finding(place, {
    cause: 'start',
    what: sentence(`${container(place)} cannot be started: ${told}`),
    terminalAfterMs: NO_PROGRAM.test(message) ? AT_ONCE : PASSING_MS,
  });
}

/** How its last run ended, when that is why it does not run, or not yet well. */
function endOf(status: JsonObject): JsonObject | undefined {
  if (status.ready === true) return undefined;
  const end = at(status, 'state', 'terminated') ?? at(status, 'lastState', 'terminated');
  return end as JsonObject | undefined;
}

function ended(place: Place, end: JsonObject): Finding | undefined {
  const { isInit, isServer, provedElsewhere, status } = place;
  const code = countAt(end, 'exitCode');
  if (code === 0 && (isInit || !isServer)) return undefined;
  const isRunning = at(status, 'state', 'running') !== undefined;
  const ends = countAt(status, 'restartCount') + (isRunning ? 0 : 1);
  const isOver = isServer && !isRunning && ends >= (provedElsewhere ? ENDS_WHERE_OTHERS_RUN : ENDS);
  const times = ends > 1 ? `, ${ends} times so far` : '';
  const shared = {
    terminalAfterMs: isOver ? AT_ONCE : NEVER,
    log: at(status, 'state', 'terminated') === undefined ? ('previous' as const) : ('current' as const),
  };
  const killed = lastEvent(place, 'Killing', /failed (?:liveness|startup) probe/);
  if (killed !== undefined) {
    const probe = lastEvent(place, 'Unhealthy', /^(?:Liveness|Startup) probe/);
    const told = textAt(probe, 'message') || textAt(killed, 'message');
    const what = sentence(`${container(place)} was killed by its own probe${times}: ${told}`);
    return finding(place, { cause: 'liveness', what, ...shared });
  }
  if (end.reason === 'OOMKilled') {
    const limit = textAt(place.spec, 'resources', 'limits', 'memory');
    const most = limit === '' ? 'more memory than there is' : `more memory than its limit of ${limit}`;
    const what = `${container(place)} was killed for using ${most} (exit code ${code}${times}).`;
    return finding(place, { cause: 'out-of-memory', what, ...shared });
  }
  const never = code === 0 ? '; it has to go on running' : '';
  const ran = secondsOf(end);
  const what = `${container(place)} ended with ${describeCode(code)} after ${ran} s${times}${never}.`;
  return finding(place, { cause: 'crash', what, ...shared });
}

function notReady(place: Place): Finding | undefined {
  const { status } = place;
  if (status.ready === true) return undefined;
  const kind = status.started === false ? 'startup' : 'readiness';
  const event = lastEvent(place, 'Unhealthy', new RegExp(`^${kind} probe`, 'i'));
  const answer = textAt(event, 'message').replace(/^\w+ probe (?:failed|errored)[^:]*: /, '');
  const count = countAt(event, 'count');
  const times = count > 1 ? `failed ${count} times, the last time with` : 'failed';
  const told = event === undefined ? `its ${kind} probe has not passed` : `its ${kind} probe ${times}: ${answer}`;
  return finding(place, {
    cause: 'probe',
    what: sentence(`${container(place)} runs, but is not ready: ${told}`),
    terminalAfterMs: NEVER,
    log: 'current',
  });
}

function finding(place: Place, found: Omit<Finding, 'subject' | 'container'>): Finding {
  return { ...found, subject: place.pod, container: place.name };
}

function container({ name, isInit, pod }: Place): string {
  return `${isInit ? 'init container' : 'container'} ${name} of ${named(pod)}`;
}

function lastEvent({ name, list, events }: Place, reason: string, message: RegExp): KubeObject | undefined {
  const path = `spec.${list}{${name}}`;
  return events.findLast(
    (event) =>
      event.reason === reason &&
      message.test(textAt(event, 'message')) &&
      textAt(event, 'involvedObject', 'fieldPath') === path,
  );
}

function secondsOf(end: JsonObject): number {
  const ms = Date.parse(textAt(end, 'finishedAt')) - Date.parse(textAt(end, 'startedAt'));
  return Number.isNaN(ms) ? 0 : Math.max(0, Math.round(ms / 1_000));
}

function describeCode(code: number): string {
  const signal = SIGNALS[code];
  return signal === undefined ? `exit code ${code}` : `exit code ${code} (${signal})`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  126: 'not executable',
  127: 'command not found',
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};
