import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromCache } from '../k8s/cache.ts';
import { run } from '../k8s/command.ts';

/** What makes hosts differ from the plain ones; an image is made once for each recipe. */
export interface Recipe {
  /** Debian packages besides those of every host, such as `tomcat10`. */
  readonly packages?: readonly string[];
}

const SCRIPT = fileURLToPath(new URL('image.sh', import.meta.url));
const BOOT = fileURLToPath(new URL('boot.sh', import.meta.url));
const TAR = 'rootfs.tar';

/** The tar of a host's root file system, made of the packages of this machine's Debian when it is not in the cache. */
export async function hostImage(recipe: Recipe, say: (line: string) => void): Promise<string> {
  const packages = [...(recipe.packages ?? [])].toSorted();
  const { suite, mirror, components } = archive();
  const hash = createHash('sha256').update([suite, process.arch, ...packages].join('\n'));
  for (const file of [SCRIPT, BOOT]) hash.update(readFileSync(file));
  const folder = await fromCache({
    name: `vm-image-${hash.digest('hex').slice(0, 12)}`,
    async make(to) {
      const began = performance.now();
      say(
        `Making the image of a host${packages.length > 0 ? ` with ${packages.join(', ')}` : ''}, once; about 2 minutes.`,
      );
      await run(['sh', SCRIPT, join(to, TAR), suite, mirror, components, BOOT, ...packages]);
      say(`  made in ${Math.round((performance.now() - began) / 1_000)} s`);
    },
  });
  return join(folder, TAR);
}

interface Archive {
  readonly suite: string;
  readonly mirror: string;
  /** Separated by commas, as debootstrap takes them. */
  readonly components: string;
}

/** Where apt of this machine has its packages from. */
function archive(): Archive {
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)';
  const asked = spawnSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const rows = (asked.stdout ?? '').split('\n').map((line) => line.split(' '));
  const own = rows.filter(([, codename]) => codename === suite);
  const mirror = own[0]?.[0];
  if (mirror === undefined) {
    throw new Error(`apt-get on this machine knows no packages of its own Debian "${suite}": run apt-get update`);
  }
  const components = own.flatMap(([uri, , component]) => (uri === mirror && component ? [component] : []));
  return { suite, mirror, components: [...new Set(components)].join(',') };
}
