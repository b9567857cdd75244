import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takenAddress } from './ports.ts';
import { endProcessesBelow } from './processes.ts';

const END_MS = 5_000;
const NOTE = 'lab.json';

/** Where a lab listens. */
export interface LabAddresses {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

/**
 * Ends all that runs below a lab's folder and removes it. Throws, and leaves the folder, when a process or a listener
 * is left: nobody shall find a server of ours tomorrow.
 */
export async function clearLab(folder: string, { addresses, ports }: LabAddresses): Promise<void> {
  const left = await endProcessesBelow(folder, END_MS);
  if (left.length > 0) {
    const list = left.map(({ pid, command }) => `  ${pid}  ${command}`).join('\n');
    throw new Error(`These processes of ${folder} could not be ended:\n${list}`);
  }
  for (const port of ports) {
    const taken = await takenFor(END_MS, addresses, port);
    if (taken !== undefined) throw new Error(`${taken}:${port} still listens after the lab was ended; see: ss -ltnp`);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A killed process looks gone before all its threads are, and the last one closes its sockets. */
async function takenFor(ms: number, addresses: readonly string[], port: number): Promise<string | undefined> {
  const deadline = performance.now() + ms;
  for (;;) {
    const taken = await takenAddress(addresses, port);
    if (taken === undefined || performance.now() > deadline) return taken;
    await sleep(20);
  }
}

/** Lets another process end this lab. */
export async function noteLab(folder: string, at: LabAddresses): Promise<void> {
  await writeFile(join(folder, NOTE), JSON.stringify(at));
}

/** Ends a lab that outlived the process which started it. */
export async function clearKeptLab(folder: string): Promise<void> {
  const text = await readFile(join(folder, NOTE), 'utf8').catch((cause: unknown) => {
    throw new Error(`"${folder}" is no lab that was kept: it has no ${NOTE}.`, { cause });
  });
  await clearLab(folder, JSON.parse(text) as LabAddresses);
}
