import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Wanted } from './releases.ts';

export interface Publisher {
  /** Lets it publish; all of what it said, once it has ended; nothing when a signal ended it first. */
  go(): Promise<string>;
  readonly kill: () => Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('publisher.ts', import.meta.url));

export interface HowToStart {
  /** A program that starts it. */
  readonly under?: readonly string[];
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a publisher and waits until it stands at the line. */
export async function startPublisher(uri: string, wanted: Wanted, how: HowToStart = {}): Promise<Publisher> {
  const { under = [], flags = [], env = {} } = how;
  const node = [process.execPath, '--conditions=@slipway/source', ...flags, SCRIPT, uri, JSON.stringify(wanted)];
  const [program = '', ...args] = [...under, ...node];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const closed = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), closed]);
  return {
    async go() {
      child.stdin.end('go\n');
      const [code] = await closed;
      if (code !== null && code !== 0) throw new Error(`the publisher ended with ${code}: ${said}`);
      return said.replace(/^ready\n/, '').trim();
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
