import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { humanSeconds } from '@slipway/kernel/duration';
import { messageOf } from '@slipway/kernel/errors';
import { clearKeptLab, clearLab } from '../lab/clear.ts';
import { guardLab } from '../lab/guard.ts';
import { ensureParts } from '../lab/parts.ts';
import { type Fleet, startFleet } from '../lab/ssh-fleet.ts';
import { type DemoOptions, readOptions, USAGE } from './options.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { type Played, play } from './play.ts';
import { makeRepository } from './repository.ts';
import { RELEASES } from './scenario.ts';
import { count, renderResult } from './table.ts';

type Say = (line: string) => void;

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(`${USAGE}\n`);
  else if (options.end === undefined) await demo(options);
  else await clearKeptLab(options.end);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function demo(options: DemoOptions): Promise<never> {
  ensureParts(print);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-demo-'));
  // what the emulated runner keeps lies there too, and goes with it
  process.env.TMPDIR = folder;
  let clear = (): Promise<void> => clearLab(folder, { addresses: [], ports: [] });
  const guard = guardLab(() => clear());
  const say = (line: string): void => {
    if (!guard.isEnding()) print(line);
  };
  try {
    const began = performance.now();
    const fleet = await startFleet({ hosts: options.hosts, folder, outlive: options.keep });
    clear = () => fleet.stop();
    const played = await story(fleet, say);
    say(`\n${renderResult(played.result, played.control)}\n\n${verdict(played, performance.now() - began)}`);
    if (options.keep) {
      clear = () => Promise.resolve();
      say(`\n${keptLab(fleet)}`);
    }
    if (options.json) say(JSON.stringify(played.result));
    return await guard.finish(played.problems.length === 0 ? 0 : 1);
  } catch (thrown) {
    if (!guard.isEnding()) process.stderr.write(`${messageOf(thrown)}\n`);
    return await guard.finish(1);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function story(fleet: Fleet, say: Say): Promise<Played> {
  say(`${fleet.hosts.length} hosts, each an sshd of its own, behind a real HAProxy at ${fleet.url}`);
  const pipeline = createPipeline(fleet);
  say('\nBuild and publish, by checkout-build and publish-artifact:');
  const releases = await publishAll(fleet, pipeline, say);
  say('\nDeploy, by deploy-vm and rollback, under load that never stops:');
  return await play({ fleet, pipeline, releases, say });
}

async function publishAll(fleet: Fleet, pipeline: Pipeline, say: Say): Promise<ReadonlyMap<string, string>> {
  const repository = await makeRepository(join(fleet.folder, 'shop.git'), RELEASES);
  const releases = new Map<string, string>();
  for (const { tag } of RELEASES) {
    const began = performance.now();
    releases.set(tag, await pipeline.publish(repository, tag));
    say(`  ${tag}  ${humanSeconds(performance.now() - began)}`);
  }
  return releases;
}

function verdict({ result, control, problems }: Played, ms: number): string {
  if (problems.length > 0) return `The demo FAILED:\n${problems.join('\n\n')}`;
  return [
    `${count(result.requests)} requests, ${result.failed} failed, in ${humanSeconds(ms)} from the first git commit.`,
    `Without the drain the same load lost ${count(control.failed)} of ${count(control.requests)}: it does see lost requests.`,
  ].join('\n');
}

function keptLab(fleet: Fleet): string {
  const hosts = fleet.hosts.map(
    ({ name, address, folder }) => `  ${name}  ${address}  ssh port ${fleet.sshPort}  ${folder}`,
  );
  return [
    'The lab is still up:',
    `  users   ${fleet.url}`,
    ...hosts,
    `  ${fleet.balancer.name}     ${fleet.balancer.address}  ssh port ${fleet.sshPort}  ${fleet.balancer.folder}`,
    `  log in  ssh -i ${join(fleet.folder, 'client_key')} -p ${fleet.sshPort} ${fleet.hosts[0]?.address}`,
    `End it:\n  npm run demo -- --end ${fleet.folder}`,
  ].join('\n');
}
