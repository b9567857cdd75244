import { makePrivateFolder, removeTree } from '@slipway/effects/files';
import { humanSeconds } from '@slipway/kernel/duration';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { Intent } from '@slipway/rollout/decide';
import type { RunInfo } from '@slipway/rollout/entry';
import { executeRemembered } from '@slipway/rollout/execute-remembered';
import type { Result } from '@slipway/rollout/result';
import { connectTarget, type MachinePorts } from './connect.ts';
import { readFleetWish } from './fleet-wish.ts';
import type { FleetInputs } from './inputs.ts';

export interface FleetRunPorts extends MachinePorts {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly run: RunInfo;
  /** Writes the bytes of a release below the folder, checked, and says where. */
  readonly fetch: (release: ReleaseRecord, folder: string, signal: AbortSignal) => Promise<string>;
  /** Remembers, past our own end, whether the fleet may be half way. */
  readonly remember: (unfinished: boolean) => void;
}

export interface FleetTask {
  readonly intent: Intent;
  readonly mode: 'apply' | 'plan';
}

/** One deployment or rollback on the fleet of the inputs: connect, execute, and leave nothing behind here. */
export async function runOnFleet(inputs: FleetInputs, task: FleetTask, ports: FleetRunPorts): Promise<Result> {
  const { log, clock, signal, run } = ports;
  // Not below the runner's own folder for such things: the path of a unix socket has to be short.
  const folder = await makePrivateFolder('/tmp', 'slipway-');
  try {
    const wish = readFleetWish(inputs);
    const began = clock.monotonic();
    const connected = await connectTarget(wish, {
      ...ports,
      privateFolder: folder,
      fetch: (release, until) => ports.fetch(release, folder, until),
    });
    log.info(`Connected to ${wish.hosts.length} hosts in ${humanSeconds(clock.monotonic() - began)}.`);
    try {
      const options = {
        ...task,
        target: connected.target,
        tactics: {
          strategy: 'rolling',
          batch: [inputs.batch],
          pauseMs: 0,
          mixedVersions: 'allowed',
          minAvailable: inputs.minAvailable,
          allowDowntime: inputs.allowDowntime,
        },
        app: inputs.app,
        environment: inputs.environment,
        maxFailures: inputs.maxFailures,
        keep: inputs.keep,
        lockWaitMs: inputs.lockWait,
        run,
        clock,
        log,
        signal,
      } as const;
      return await executeRemembered(options, ports.remember);
    } finally {
      await connected.close();
    }
  } finally {
    await removeTree(folder);
  }
}
