import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Skippable } from '../support/require.ts';
import { cacheFolder, fromCache } from './k8s/cache.ts';
import { run } from './k8s/command.ts';
import { findGo, goEnvironment } from './k8s/go.ts';

/** What Debian does not have, by the program's name. Built for some minutes the first time, from Go modules. */
const MODULES = {
  'docker-buildx': { module: 'github.com/docker/buildx', version: 'v0.38.2', command: './cmd/buildx' },
  buildkitd: { module: 'github.com/moby/buildkit', version: 'v0.34.2', command: './cmd/buildkitd' },
} as const;

export type Built = keyof typeof MODULES;

type Say = (line: string) => void;

/** The full path of the program, from the cache. */
export async function buildProgram(program: Built, say: Say): Promise<string> {
  const { module, version, command } = MODULES[program];
  const folder = await fromCache({
    name: nameInCache(program),
    make: (to) => buildModule(`${module}@${version}`, { command, to: join(to, program), version }, say),
  });
  return join(folder, program);
}

/**
 * The same for a test. What is not in the cache yet skips the test with the line that builds it, and with CI=true it
 * is built.
 */
export async function requireBuilt(t: Skippable, program: Built): Promise<string | undefined> {
  const isThere = existsSync(join(cacheFolder(), nameInCache(program)));
  if (isThere || process.env.CI === 'true') return await buildProgram(program, () => {});
  t.skip(
    `${program} is not in the lab's cache; build it: npm exec node -- --conditions=@slipway/source test/lab/buildkit.ts`,
  );
  return undefined;
}

function nameInCache(program: Built): string {
  return `${program}-${MODULES[program].version}`;
}

/** `go install` refuses modules that have exclude directives, so the module's own tree is built. */
async function buildModule(
  module: string,
  { command, to, version }: { readonly command: string; readonly to: string; readonly version: string },
  say: Say,
): Promise<void> {
  const go = await findGo(say);
  say(`Building ${module} from Go modules, once; this takes minutes.`);
  const fetched = JSON.parse(await run([go, 'mod', 'download', '-json', module], { env: goEnvironment() })) as {
    readonly Dir: string;
  };
  const stamp = `-s -w -X ${module.split('@')[0]}/version.Version=${version}`;
  const build = ['nice', '-n', '19', go, 'build', '-mod=readonly', '-trimpath', '-ldflags', stamp] as const;
  await run([...build, '-o', to, command], { cwd: fetched.Dir, env: goEnvironment() });
}

if (import.meta.main) {
  for (const program of Object.keys(MODULES) as Built[]) {
    process.stdout.write(`${await buildProgram(program, (line) => void process.stdout.write(`${line}\n`))}\n`);
  }
}
