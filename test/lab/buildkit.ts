import { join } from 'node:path';
import { fromCache } from './k8s/cache.ts';
import { run } from './k8s/command.ts';
import { findGo, goEnvironment } from './k8s/go.ts';

const BUILDX = 'v0.38.2';
const BUILDKIT = 'v0.34.2';
const BUILD = ['build', '-trimpath', '-ldflags', '-s -w'] as const;

type Say = (line: string) => void;

/** The plug-in of the docker client, from the cache; the first time it is built from Go modules, for some minutes. */
export async function buildBuildx(say: Say): Promise<string> {
  const module = `github.com/docker/buildx@${BUILDX}`;
  const folder = await fromCache({
    name: `buildx-${BUILDX}`,
    make: (to) => buildModule(module, './cmd/buildx', join(to, 'docker-buildx'), say),
  });
  return join(folder, 'docker-buildx');
}

/** The daemon that buildx's driver "remote" talks to; the first time it is built from Go modules, for some minutes. */
export async function buildBuildkitd(say: Say): Promise<string> {
  const module = `github.com/moby/buildkit@${BUILDKIT}`;
  const folder = await fromCache({
    name: `buildkit-${BUILDKIT}`,
    make: (to) => buildModule(module, './cmd/buildkitd', join(to, 'buildkitd'), say),
  });
  return join(folder, 'buildkitd');
}

/** `go install` refuses modules that have exclude directives, so the module's own tree is built. */
async function buildModule(module: string, command: string, to: string, say: Say): Promise<void> {
  const go = await findGo(say);
  say(`Building ${module} from Go modules, once; this takes minutes.`);
  const { Dir } = JSON.parse(await run([go, 'mod', 'download', '-json', module], { env: goEnvironment() })) as {
    readonly Dir: string;
  };
  await run(['nice', '-n', '19', go, ...BUILD, '-o', to, command], { cwd: Dir, env: goEnvironment() });
}
