import { accessSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { systemExec } from '@slipway/effects/exec-real';
import type { Pour } from '@slipway/effects/files';
import type { RemoteStep, Session } from '@slipway/vm/ssh/session';
import { script } from '@slipway/vm/steps/scripts';
import { findProgram } from './require.ts';

/** A shell that scripts for hosts are tried in, with the tools that come with it. */
export interface LocalShell {
  readonly name: 'dash' | 'bash' | 'busybox';
  /** First on the PATH: `sh` is this shell. */
  readonly path: string;
}

/** Makes a PATH on which `sh` is the shell; with BusyBox every tool is its applet. Undefined when it is not here. */
export async function localShell(name: LocalShell['name'], folder: string): Promise<LocalShell | undefined> {
  const program = findProgram(name, process.env.PATH);
  if (program === undefined) return undefined;
  const bin = join(folder, `bin-${name}`);
  await mkdir(bin);
  if (name !== 'busybox') {
    await symlink(program, join(bin, 'sh'));
    return { name, path: `${bin}:/usr/bin:/bin` };
  }
  const { stdout } = await systemExec.run({ argv: [program, '--list'] });
  await Promise.all(
    stdout
      .split(/\s+/)
      .filter(Boolean)
      .map((applet) => symlink(program, join(bin, applet))),
  );
  return { name, path: bin };
}

export interface LocalSession extends Session {
  /** The labels of the steps so far. */
  readonly steps: string[];
  /** From now on another run has the lease. */
  loseLease(): void;
}

/** A session whose host is a folder on this machine: steps run here, in the given shell. */
export function localSession(options: {
  readonly name: string;
  readonly root: string;
  readonly shell: LocalShell;
  readonly env?: Readonly<Record<string, string>>;
}): LocalSession {
  const { name, root, shell } = options;
  accessSync(root);
  const lost = new AbortController();
  const steps: string[] = [];
  let held = true;
  return {
    host: { name, address: name, root },
    lost: lost.signal,
    steps,
    hostId: () => `id-of-${name}`,
    async run(step) {
      steps.push(step.label);
      if (step.fence === 'fenced' && !held) {
        return { code: 75, signal: null, stdout: '', stderr: '', timedOut: false, ms: 0 };
      }
      const finished = await systemExec.run({
        argv: [join(shell.path.split(':')[0] ?? '', 'sh'), '-c', scriptText(step)],
        env: { PATH: shell.path, HOME: root, ...options.env },
        timeoutMs: step.timeoutMs,
        ...(step.input === undefined
          ? {}
          : { input: typeof step.input === 'function' ? streamOf(step.input) : step.input }),
        ...(step.signal === undefined ? {} : { signal: step.signal }),
      });
      // To a shell, a function that nobody defined is a word on stderr and a condition that does not hold.
      if (/not found$/m.test(finished.stderr)) throw new Error(finished.stderr);
      return finished;
    },
    socket: () => {
      throw new Error('a local session forwards nothing');
    },
    acquire: () => Promise.resolve({ kind: 'held', fence: 1 }),
    release: () => Promise.resolve(),
    close: () => Promise.resolve(),
    loseLease() {
      held = false;
      lost.abort(new Error(`the lease of ${name} is lost`));
    },
  };
}

/** In copies, since the buffer behind it is used again and again. */
function streamOf(pour: Pour): Readable {
  const copies = new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk)) });
  pour(copies).then(
    () => copies.end(),
    (cause: Error) => copies.destroy(cause),
  );
  return copies;
}

/** The step as one text, as a real session sends it but for what the connection needs. */
export function scriptText(step: RemoteStep): string {
  const variables = Object.entries(step.vars).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'`);
  return [script('process'), ...variables, step.script].join('\n');
}
