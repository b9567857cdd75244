// Preloaded into a publisher: SIGKILL right before its n-th call that changes the disk (KILL_AT, from 1).
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, Call>;

let left = Number(process.env.KILL_AT);

function countCalls(target: Calls, names: readonly string[]): void {
  for (const name of names) {
    const original = target[name];
    if (original === undefined) throw new Error(`node:fs has no ${name} any more`);
    target[name] = function counted(this: unknown, ...args: unknown[]): unknown {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return Reflect.apply(original, this, args);
    };
  }
}

const handle = await fsPromises.open(process.execPath);
const handles = Object.getPrototypeOf(handle) as Calls;
await handle.close();

countCalls(fsPromises as unknown as Calls, ['mkdir', 'open', 'rename', 'link', 'rm', 'utimes']);
countCalls(handles, ['writeFile', 'sync']);
// What a WriteStream goes through.
countCalls(fs as unknown as Calls, ['open', 'write', 'fsync', 'close']);
syncBuiltinESMExports();
