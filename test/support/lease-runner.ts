// A runner of its own, to be stopped and killed: opens the host, takes its lease, runs one fenced step.
// Argument: JSON of the host and settings. Says on stdout: locked, then done or the error.
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import type { Host } from '@slipway/vm/host';
import { lockFleet } from '@slipway/vm/lease/fleet-lock';
import { openAll } from '@slipway/vm/ssh/open';
import type { SshSettings } from '@slipway/vm/ssh/settings';
import { keptLog } from './kept-log.ts';

/** What can be written as JSON. */
export interface RunnerOrder {
  readonly host: Host;
  readonly settings: Pick<SshSettings, 'privateFolder' | 'knownHosts' | 'sshKey' | 'connectTimeoutMs' | 'lease'>;
  readonly script: string;
  readonly forward?: string;
}

const order = JSON.parse(process.argv[2] ?? '') as RunnerOrder;
const log = keptLog();
const { sessions } = await openAll([order.host], {
  ...order.settings,
  exec: systemExec,
  clock: systemClock,
  log,
  forwards: () => (order.forward === undefined ? [] : [{ kind: 'unix', path: order.forward }]),
});
await lockFleet(sessions, { waitMs: 0, clock: systemClock, log, signal: new AbortController().signal });
const [session] = sessions;
console.log(`locked ${order.forward === undefined ? '' : session?.socket({ kind: 'unix', path: order.forward })}`);
const step = { label: 'slow', script: order.script, vars: {}, fence: 'fenced', timeoutMs: 60_000 } as const;
try {
  await session?.run(step);
  console.log('done');
} catch (cause) {
  console.log(String(cause));
}
process.exit();
