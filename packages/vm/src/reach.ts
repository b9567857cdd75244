import type { Exec } from '@slipway/effects/exec';
import { readTextIfThere } from '@slipway/effects/files';
import { isProblems, orThrow, type Problem, UserError } from '@slipway/kernel/errors';
import type { Log } from '@slipway/kernel/log';
import type { Host } from './host.ts';
import { parseHosts } from './hosts.ts';
import type { FleetInputs } from './inputs.ts';
import { choose, isChosen, parseSelection } from './inventory/select.ts';
import { parseSource, readSource } from './inventory/source.ts';

/** Who is meant, and what the runner's files say of the way there. */
export interface Reach {
  /** At least one. */
  readonly hosts: readonly Host[];
  /** The text of `ssh-config`. */
  readonly userConfig: string | undefined;
}

export interface ReachPorts {
  readonly exec: Exec;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Reads what lies outside of the inputs themselves: files, and what a program prints. All problems come together. */
export async function readReach(inputs: FleetInputs, ports: ReachPorts): Promise<Reach> {
  const [hosts, userConfig] = await Promise.all([findHosts(inputs, ports), readUserConfig(inputs.sshConfig)]);
  const problems = [...(isProblems(hosts) ? hosts : []), ...(typeof userConfig === 'object' ? [userConfig] : [])];
  if (isProblems(hosts) || typeof userConfig === 'object') throw new UserError(problems);
  return { hosts: hosts.hosts, userConfig };
}

interface Found {
  readonly hosts: readonly Host[];
}

async function findHosts(inputs: FleetInputs, ports: ReachPorts): Promise<Found | readonly Problem[]> {
  const { hosts, inventory, select, root } = inputs;
  if (inventory === undefined) return parseHosts(hosts ?? [], root);
  const source = await readSource(orThrow(parseSource(inventory)), ports);
  if ('what' in source) return [source];
  const { parseInventory } = await import('./inventory/inventory.ts');
  const read = parseInventory(source.text, source.name, root);
  if (isProblems(read)) return read;
  if (select === undefined) return { hosts: read.hosts.map(({ host }) => host) };
  const chosen = choose(read, orThrow(parseSelection(select)));
  if (!isChosen(chosen)) return chosen;
  ports.log.info(
    `Chosen: ${chosen.map(({ host }) => host.name).join(', ')} (${chosen.length} of ${read.hosts.length}).`,
  );
  return { hosts: chosen.map(({ host }) => host) };
}

async function readUserConfig(path: string | undefined): Promise<string | undefined | Problem> {
  if (path === undefined) return undefined;
  const text = await readTextIfThere(path);
  if (text !== undefined) return text;
  return {
    what: `ssh-config: there is no file ${path}.`,
    allowed: 'the path of an ssh configuration',
    fix: 'remove ssh-config, and ~/.ssh/config is read',
  };
}
