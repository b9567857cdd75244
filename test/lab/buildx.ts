import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fromCache } from './k8s/cache.ts';
import { run } from './k8s/command.ts';
import { findGo, goEnvironment } from './k8s/go.ts';

const BUILDX = 'v0.38.2';

/** The plug-in of the docker client, from the cache; the first time it is built from Go modules, for about 8 minutes. */
export async function buildBuildx(say: (line: string) => void): Promise<string> {
  const folder = await fromCache({
    name: `buildx-${BUILDX}`,
    async make(to) {
      const go = await findGo(say);
      say(`Building buildx ${BUILDX} from Go modules, once; about 8 minutes on 2 cores.`);
      const install = ['nice', '-n', '19', go, 'install', '-trimpath', '-ldflags', '-s -w'] as const;
      await run([...install, `github.com/docker/buildx/cmd/buildx@${BUILDX}`], {
        env: { ...goEnvironment(), GOBIN: to },
      });
      await rename(join(to, 'buildx'), join(to, 'docker-buildx'));
    },
  });
  return join(folder, 'docker-buildx');
}
