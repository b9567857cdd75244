import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundles, ROOT } from './bundles.ts';
import { type Bench, type Figure, median } from './figure.ts';

const RUNS = 25;
const WALL_LIMIT_MS = 150;
const CPU_LIMIT = 1.2;

/** One start, in milliseconds; `cpu` is user and system time together. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Each bundle without any input, up to its first input error, beside a bundle that only imports @actions/core. */
export const coldStart: Bench = {
  name: 'cold-start',
  measure: async (say) => {
    const control = buildControl();
    const scripts = bundles();
    const costs = new Map<string, Cost[]>([control, ...scripts.map(({ path }) => path)].map((path) => [path, []]));
    for (let run = 0; run <= RUNS; run += 1) {
      // interleaved, so that a busy moment falls on all of them; the first round only warms the page cache
      for (const [path, list] of costs) {
        const cost = startOnce(path);
        if (run > 0) list.push(cost);
      }
    }
    const base = middle(costs.get(control) ?? []);
    say(`  ${RUNS} interleaved runs; @actions/core alone: ${describe(base)}`);
    return scripts.flatMap(({ action, path }) => figuresOf(action, middle(costs.get(path) ?? []), base));
  },
};

function figuresOf(action: string, cost: Cost, base: Cost): readonly Figure[] {
  const ratio = cost.cpu / base.cpu;
  return [
    {
      what: `cold start of ${action}, wall`,
      target: `<= ${WALL_LIMIT_MS} ms`,
      measured: `${cost.wall.toFixed(0)} ms (${(cost.wall / base.wall).toFixed(2)} x core alone)`,
      met: cost.wall <= WALL_LIMIT_MS,
    },
    {
      what: `cold start of ${action}, CPU`,
      target: `<= ${CPU_LIMIT} x core alone`,
      measured: `${ratio.toFixed(2)} x (${cost.cpu.toFixed(0)} ms)`,
      met: ratio <= CPU_LIMIT,
    },
  ];
}

function describe(cost: Cost): string {
  return `${cost.wall.toFixed(0)} ms wall, ${cost.cpu.toFixed(0)} ms CPU`;
}

function middle(costs: readonly Cost[]): Cost {
  return { wall: median(costs.map(({ wall }) => wall)), cpu: median(costs.map(({ cpu }) => cpu)) };
}

/** Node has no rusage of a child; bash's `time` asks the kernel and prints it to the millisecond. */
function startOnce(script: string): Cost {
  const program = 'TIMEFORMAT="%3R %3U %3S"; time "$@" >/dev/null 2>/dev/null';
  const began = performance.now();
  const { stderr, status } = spawnSync('bash', ['-c', program, 'bash', process.execPath, script], {
    encoding: 'utf8',
    env: runnerEnvironment(),
  });
  const times = stderr.trim().split(' ').map(Number);
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = times;
  if (status !== 1 || times.some(Number.isNaN)) {
    const took = (performance.now() - began).toFixed(0);
    throw new Error(`${script} without inputs ended with status ${status} after ${took} ms, not 1: ${stderr}`);
  }
  return { wall: wall * 1_000, cpu: (user + system) * 1_000 };
}

/** Only what every step has: no inputs, and no proxy settings or credentials of this machine. */
function runnerEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, GITHUB_ACTIONS: 'true', RUNNER_TEMP: tmpdir() };
}

/** Lies inside the repository, where the bundler finds @actions/core; .cache is not committed. */
function buildControl(): string {
  const folder = join(ROOT, '.cache', 'bench-control');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  writeFileSync(join(folder, 'main.js'), "import { setFailed } from '@actions/core';\nsetFailed('no input');\n");
  const options = ['--no-cache', '--target', 'es2022'];
  const { status, stderr } = spawnSync(
    'ncc',
    ['build', join(folder, 'main.js'), '-o', join(folder, 'dist'), ...options],
    {
      encoding: 'utf8',
      cwd: ROOT,
    },
  );
  if (status !== 0) throw new Error(`ncc could not bundle the control:\n${stderr}`);
  return join(folder, 'dist', 'index.js');
}
