import type { Problem } from '@slipway/kernel/errors';
import type { ReleaseId } from '@slipway/kernel/release';
import type { SlotName } from '@slipway/strategy/topology';
import type { Host } from '../host.ts';
import { allOf, type Said } from '../remote.ts';
import { parseAnswer } from './answer.ts';

/** How a release is run on a host. */
export interface Service {
  /**
   * sh that defines, for `$slot`: `service_check` (fails when the release in `$dir_path` cannot be run), `service_stop`,
   * `service_start`, `service_status` (says `service SLOT PID SINCE RESTARTS INSIDE FOLDER` when a process is there, or
   * `answered SLOT` and the answer of a program of the user's) and `service_log N` (says the last lines). It may define `service_ready`, which says `lacks WHAT` for all without
   * which no release can run on this host.
   */
  readonly functions: string;
  /**
   * What it runs; default: files. For images, `service_fetch` has the host bring `$image`, and the folder of a release
   * holds nothing but its name, in the file `image`.
   */
  readonly releases?: 'image';
  /**
   * A start leaves the release before running, and `service_settle` ends it once the new one is proved. Default: a
   * start stops it first, and there is nothing to settle.
   */
  readonly settles?: true;
  /** What stopping may take, in milliseconds. */
  readonly stopMs: number;
  /** Of these variables, what belongs to the release: it is kept in the ledger, and comes back with it. */
  readonly kept?: Readonly<Record<string, string>>;
  /** The shell variables that stopping and starting want; without a release: stopping alone. */
  vars(host: Host, slot: SlotName, release: ReleaseId | null): Readonly<Record<string, string>>;
  /** What is wrong with a host that lacks something. */
  problems?(host: ServiceHost): readonly Problem[];
  /** What an administrator does once on a host, as lines for a shell of root. */
  setup?(host: ServiceHost): string;
}

/** A host as its service sees it. */
export interface ServiceHost {
  readonly name: string;
  /** Who we are there. */
  readonly user: string;
  /** The folder of the app and environment, as an absolute path where the service said it. */
  readonly base: string;
  /** What `service_ready` said is not there. */
  readonly lacks: readonly string[];
  /** The full path of systemctl, where there is one. */
  readonly systemctl: string | undefined;
}

/** The process in a slot, as its host sees it. */
export interface ServiceState {
  readonly pid: number;
  /** Its start in clock ticks since boot: with the pid it names one process. */
  readonly since: string;
  /** How often it was started again since the slot was. */
  readonly restarts: number;
  /** Its program or its working folder lies in the release, or those of a process in its group. */
  readonly inside: boolean;
  /** The folder of the release that it was started from. */
  readonly folder: string;
}

export function sameProcess(a: ServiceState, b: ServiceState): boolean {
  return a.pid === b.pid && a.since === b.since && a.restarts === b.restarts;
}

/** Reads all that `service_status` said, for the slots in which something runs. */
export function servicesIn(said: Said): readonly (readonly [slot: string, state: ServiceState])[] {
  return [...allOf(said, 'service').map(parseService), ...allOf(said, 'answered').flatMap(parseAnswered)];
}

/** A program of the user's said it in JSON. */
function parseAnswered(text: string): readonly (readonly [slot: string, state: ServiceState])[] {
  const [slot = ''] = text.split(' ', 1);
  const state = parseAnswer(text.slice(slot.length + 1));
  return state === undefined ? [] : [[slot, state]];
}

/** Reads one line of `service_status`. */
export function parseService(text: string): readonly [slot: string, state: ServiceState] {
  const [slot = '', pid = '', since = '', restarts = '', inside = '', ...folder] = text.split(' ');
  return [
    slot,
    { pid: Number(pid), since, restarts: Number(restarts), inside: inside === 'yes', folder: folder.join(' ') },
  ];
}
