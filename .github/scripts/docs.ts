// Writes action.yml and the README tables of each action from its spec; with --check it only compares.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ActionSpec } from '@slipway/kit/spec';
import { fillReadme, renderActionFile } from './render-action.ts';

const onlyCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const name of readdirSync('actions').toSorted()) {
  const folder = join('actions', name);
  const spec = join(folder, 'src', 'inputs.ts');
  if (!existsSync(spec)) continue;
  const { action } = (await import(pathToFileURL(resolve(spec)).href)) as { action: ActionSpec };
  update(join(folder, 'action.yml'), () => renderActionFile(action));
  update(join(folder, 'README.md'), (readme) => fillReadme(readme, action));
}

if (onlyCheck && stale.length > 0) {
  process.stderr.write(`Not what the specs say:\n${stale.join('\n')}\nRun: npm run docs, and commit the result.\n`);
  process.exit(1);
}

function update(path: string, render: (before: string) => string): void {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const after = rendered(path, () => render(before));
  if (after === before) return;
  stale.push(path);
  if (!onlyCheck) writeFileSync(path, after);
}

function rendered(path: string, render: () => string): string {
  try {
    return render();
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
