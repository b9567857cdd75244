import { readdirSync, readFileSync } from 'node:fs';
import type { Fleet } from '../lab/ssh-fleet.ts';

/** Arguments and environment of every process that has to do with a lab, the actions included. */
export function processesOf({ folder }: Fleet): readonly (readonly [place: string, text: string])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => ['cmdline', 'environ'].map((file) => [`${pid} ${file}`, readProc(`${pid}/${file}`)] as const))
    .filter(([, text]) => text.includes(folder));
}

/** The private folders of the runs that are on their way; a run that is killed leaves its own behind. */
export function runnerFolders(fleet: Fleet): readonly string[] {
  const found = processesOf(fleet).flatMap(([, text]) => text.match(/\/tmp\/slipway-\w{6}(?=\/)/g) ?? []);
  return [...new Set(found)];
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
