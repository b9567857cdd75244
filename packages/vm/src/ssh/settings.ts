import type { Clock } from '@slipway/effects/clock';
import type { Exec } from '@slipway/effects/exec';
import type { Log } from '@slipway/kernel/log';
import type { RunRef } from '@slipway/kernel/release';
import type { Host } from '../host.ts';
import type { Forward } from './session.ts';

export interface SshSettings {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Log;
  /** For sockets: 0700, at most 60 characters, of letters, digits and `/._-`. */
  readonly privateFolder: string;
  /** The text of a known_hosts file that is the only truth about host keys; undefined = the user's own file. */
  readonly knownHosts: string | undefined;
  /** A private key as text; undefined = whatever the user's ssh configuration and agent offer. */
  readonly sshKey: string | undefined;
  /** A user certificate as text, for the key or one of the agent's. */
  readonly certificate?: string | undefined;
  /** The text of an ssh configuration that is in force instead of the user's own; undefined = the user's own. */
  readonly userConfig?: string | undefined;
  /** Until a host speaks SSH and has shown its key, second tries included. */
  readonly connectTimeoutMs: number;
  readonly forwards: (host: Host) => readonly Forward[];
  /** Gives up opening when it is aborted; later it changes nothing. */
  readonly signal?: AbortSignal;
  readonly lease: LeaseSettings;
}

export interface LeaseSettings {
  readonly app: string;
  readonly environment: string;
  readonly run: RunRef;
  /** A run that a host has not heard for so long has lost its lease. */
  readonly leaseSeconds: number;
  readonly pingSeconds: number;
}
