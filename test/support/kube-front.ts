import { writeFile } from 'node:fs/promises';
import { type FateOf, startSocketProxy } from './socket-proxy.ts';
import { temporaryFolder } from './temp.ts';

/** A way to a cluster for one run, on which things go wrong. */
export interface KubeFront extends AsyncDisposable {
  /** A kubeconfig without credentials: an action that uses it comes through here. */
  readonly kubeconfig: string;
}

/** Plain HTTP on loopback before the socket of a `kubectl proxy` of the test's own, which has the credentials. */
export async function startKubeFront(socketPath: string, fateOf: FateOf): Promise<KubeFront> {
  const folder = temporaryFolder('slipway-front-');
  const proxy = await startSocketProxy(socketPath, fateOf, 'port');
  const name = 'front';
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: `http://127.0.0.1:${proxy.port}` } }],
    contexts: [{ name, context: { cluster: name, user: '' } }],
    'current-context': name,
  };
  await writeFile(folder.at('kubeconfig'), JSON.stringify(kubeconfig));
  return {
    kubeconfig: folder.at('kubeconfig'),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
