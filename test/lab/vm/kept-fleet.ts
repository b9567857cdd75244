import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../k8s/cache.ts';
import type { Machine } from '../k8s/machine.ts';
import type { VmFleet } from './fleet.ts';
import type { LabNetwork } from './network.ts';

const NOTE = 'lab.json';

/** What another process needs to know of a lab that is up. */
export interface FleetNote {
  readonly machine: Machine;
  readonly network: LabNetwork;
  readonly url: string;
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
}

/** Where `npm run lab:vm -- up` puts its hosts. */
export function keptFolder(): string {
  return join(cacheFolder(), 'vm');
}

export async function noteFleet({ folder, machine, network, url, hosts }: VmFleet): Promise<void> {
  const note: FleetNote = { machine, network, url, hosts: hosts.map(({ name, address }) => ({ name, address })) };
  await writeFile(join(folder, NOTE), JSON.stringify(note));
}

/** The note of a lab that is up, or undefined. */
export function readNote(folder: string): FleetNote | undefined {
  const path = join(folder, NOTE);
  if (!existsSync(path)) return undefined;
  const note = JSON.parse(readFileSync(path, 'utf8')) as FleetNote;
  const commandLine = `/proc/${note.machine.pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(folder) ? note : undefined;
}

/** What ssh takes to log in to each host by its name, and the inputs of the actions. */
export async function writeClientFiles({ folder, hosts, balancer, inputs }: VmFleet): Promise<void> {
  const knownHosts = join(folder, 'known_hosts');
  const sshConfig = [
    ...[...hosts, balancer].map(({ name, address }) => `Host ${name}\n  HostName ${address}`),
    'Host *',
    '  User deploy',
    `  IdentityFile ${join(folder, 'client_key')}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${knownHosts}`,
    '  StrictHostKeyChecking yes',
    '',
  ];
  await writeFile(knownHosts, `${inputs['known-hosts']}\n`);
  await writeFile(join(folder, 'ssh_config'), sshConfig.join('\n'));
  await writeFile(join(folder, 'inputs.json'), JSON.stringify(inputs, undefined, 2), { mode: 0o600 });
}
