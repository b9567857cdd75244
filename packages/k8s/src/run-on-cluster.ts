import type { Exec } from '@slipway/effects/exec';
import { makePrivateFolder, removeTree } from '@slipway/effects/files';
import type { Http } from '@slipway/effects/http';
import { createClient } from './client.ts';
import { type ClusterResult, type ClusterTask, type RunPorts, runByApi } from './cluster-run.ts';
import type { ClusterInputs } from './inputs.ts';
import { openProxy } from './proxy.ts';

export interface ClusterRunPorts extends RunPorts {
  readonly exec: Exec;
  readonly http: Http;
}

/**
 * One deployment or rollback in the cluster of the inputs: connect, execute, and leave nothing behind here. A task that
 * has still to be read is read while we connect; when it cannot be, that is what is told.
 */
export async function runOnCluster(
  inputs: ClusterInputs,
  task: ClusterTask | (() => Promise<ClusterTask>),
  ports: ClusterRunPorts,
): Promise<ClusterResult> {
  // Not below the runner's own folder for such things: the path of a unix socket has to be short.
  const folder = await makePrivateFolder('/tmp', 'slipway-');
  try {
    const [wanted, opened] = await Promise.allSettled([
      typeof task === 'function' ? task() : task,
      openProxy(inputs, { ...ports, privateFolder: folder }),
    ]);
    try {
      const known = resultOf(wanted);
      const { socketPath, lost } = resultOf(opened);
      const api = createClient({ ...ports, socketPath, lost });
      const outcome = await runByApi(inputs, known, { ...ports, api, lost });
      for (const line of outcome.changes) ports.log.info(line);
      return outcome;
    } finally {
      if (opened.status === 'fulfilled') await opened.value.close();
    }
  } finally {
    await removeTree(folder);
  }
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
