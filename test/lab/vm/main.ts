import { existsSync } from 'node:fs';
import { messageOf } from '@slipway/kernel/errors';
import { buildPause } from '../k8s/build.ts';
import { clearVmFleet, startVmFleet } from './fleet.ts';
import { hostImage } from './image.ts';
import { keptFolder, noteFleet, readNote, writeClientFiles } from './kept-fleet.ts';
import { ensureVmParts } from './parts.ts';
import { JAVA_PACKAGES } from './tomcat.ts';

const USAGE = `npm run lab:vm -- build | up [HOSTS] | down | status
  build   fill the cache with what it takes, and start nothing
  up      start so many hosts (default 3) and one with HAProxy, as root; built first when the cache is empty
  down    end them, and leave nothing behind
  status  say how they are, and how to reach them`;
const MOST_HOSTS = 200;

const COMMANDS: Readonly<Record<string, (argument: string | undefined) => Promise<void>>> = { build, up, down, status };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  await command(process.argv[2], process.argv[3]);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function command(name: string | undefined, argument: string | undefined): Promise<void> {
  const known = COMMANDS[name ?? ''];
  if (known === undefined) throw new Error(`What shall the lab do?\n${USAGE}`);
  await known(argument);
}

async function build(): Promise<void> {
  ensureVmParts(say);
  await buildPause(say);
  for (const packages of [[], JAVA_PACKAGES]) {
    say(`The image of a host is in the cache: ${await hostImage({ packages }, say)}`);
  }
}

async function up(argument = '3'): Promise<void> {
  const hosts = Number(argument);
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > MOST_HOSTS) {
    throw new Error(`"${argument}" is no number of hosts from 1 to ${MOST_HOSTS}.\n${USAGE}`);
  }
  const folder = keptFolder();
  const note = readNote(folder);
  if (note !== undefined && note.hosts.length !== hosts) {
    throw new Error(`The lab is up with ${note.hosts.length} hosts. End it first: npm run lab:vm -- down`);
  }
  if (note === undefined) {
    // what an interrupted start left
    await clearVmFleet(folder, undefined);
    const began = performance.now();
    const fleet = await startVmFleet({ hosts, folder, outlive: true, say });
    await writeClientFiles(fleet);
    await noteFleet(fleet);
    say(`Up after ${((performance.now() - began) / 1_000).toFixed(1)} s.`);
  }
  await status();
}

async function down(): Promise<void> {
  const folder = keptFolder();
  await clearVmFleet(folder, readNote(folder)?.network);
  say('The hosts are gone; the image stays in the cache.');
}

async function status(): Promise<void> {
  const folder = keptFolder();
  const note = existsSync(folder) ? readNote(folder) : undefined;
  if (note === undefined) return say('The lab is not up. Start it: npm run lab:vm -- up 3');
  for (const { name, address } of note.hosts) say(`${name}\tdeploy@${address}`);
  say(`\nbalancer  ${note.url}`);
  say(`inputs    ${folder}/inputs.json: hosts, balancer, ssh-key and known-hosts of deploy-vm`);
  say(`by hand   ssh -F ${folder}/ssh_config ${note.hosts[0]?.name}`);
}
