import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { DemoResult } from '../demo/table.ts';
import { ROOT } from './bundles.ts';
import type { Bench } from './figure.ts';

const LIMIT_S = 60;

/** The demo as a user starts it, less npm. */
export const demo: Bench = {
  name: 'demo',
  measure: async () => {
    const began = performance.now();
    const argv = ['--conditions=@slipway/source', join(ROOT, 'test/demo/main.ts'), '--json'];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const output = await text(child.stdout);
    const seconds = (performance.now() - began) / 1_000;
    const result = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as DemoResult;
    return [
      {
        what: 'failed requests in the demo, all phases',
        target: '0',
        measured: `${result.failed} of ${result.requests}`,
        met: result.failed === 0,
      },
      { what: 'demo', target: `<= ${LIMIT_S} s`, measured: `${seconds.toFixed(1)} s`, met: seconds <= LIMIT_S },
    ];
  },
};
