import { rm } from 'node:fs/promises';
import { takenAddress } from './ports.ts';
import { endProcessesBelow } from './processes.ts';

const END_MS = 5_000;

/**
 * Ends all that runs below a lab's folder and removes it. Throws, and leaves the folder, when a process or a listener
 * is left: nobody shall find a server of ours tomorrow.
 */
export async function clearLab(folder: string, addresses: readonly string[], ports: readonly number[]): Promise<void> {
  const left = await endProcessesBelow(folder, END_MS);
  if (left.length > 0) {
    const list = left.map(({ pid, command }) => `  ${pid}  ${command}`).join('\n');
    throw new Error(`These processes of ${folder} could not be ended:\n${list}`);
  }
  for (const port of ports) {
    const taken = await takenAddress(addresses, port);
    if (taken !== undefined) throw new Error(`${taken}:${port} still listens after the lab was ended; see: ss -ltnp`);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
