// Builds the bundles: `tsc -b` emits JavaScript, ncc bundles it. Arguments name actions; default: all of them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

const all = readdirSync('actions').toSorted();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;

run('tsc', ['-b'], 'inherit');
for (const action of wanted) {
  rmSync(`dist/${action}`, { recursive: true, force: true });
  // ncc's own cache makes a second build depend on the first; without it equal sources give equal bytes.
  const options = ['--no-cache', '--target', 'es2022', '--license', 'licenses.txt'];
  run('ncc', ['build', `actions/${action}/build/main.js`, '-o', `dist/${action}`, ...options]);
  // Not bundled: its name is all that it adds.
  if (existsSync(`actions/${action}/src/post.ts`)) writeFileSync(`dist/${action}/post.js`, "import './index.js';\n");
}

/** The compiler says what is wrong on stdout; ncc only lists what it wrote. */
function run(program: string, args: readonly string[], stdout: 'inherit' | 'ignore' = 'ignore'): void {
  const { status } = spawnSync(program, args, { stdio: ['ignore', stdout, 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
