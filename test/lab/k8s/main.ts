import { messageOf } from '@slipway/kernel/errors';
import { buildPrograms, KUBERNETES } from './build.ts';
import { clearCluster } from './clear.ts';
import { describeLab, keptFolder, readNote } from './kept-lab.ts';
import { startLab } from './lab.ts';
import { ensureClusterParts } from './parts.ts';

const USAGE = `npm run lab:k8s -- build | up | down | status
  build   fill the cache with what it takes, and start nothing
  up      start a cluster of two nodes, as root; built first when the cache is empty
  down    end it, and leave nothing behind
  status  say how it is`;

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = { build, up, down, status };

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  await command(process.argv[2]);
} catch (thrown) {
  process.stderr.write(`${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function command(name: string | undefined): Promise<void> {
  const known = COMMANDS[name ?? ''];
  if (known === undefined) throw new Error(`What shall the lab do?\n${USAGE}`);
  await known();
}

async function build(): Promise<void> {
  ensureClusterParts(say);
  const { kubernetes } = await buildPrograms(say);
  say(`Kubernetes ${KUBERNETES} is in the cache: ${kubernetes}`);
}

async function up(): Promise<void> {
  const folder = keptFolder();
  if (readNote(folder) === undefined) {
    // what an interrupted start left
    await clearCluster(folder);
    const began = performance.now();
    await startLab({ folder, outlive: true, say });
    say(`Up after ${((performance.now() - began) / 1_000).toFixed(1)} s.`);
  }
  await status();
}

async function down(): Promise<void> {
  await clearCluster(keptFolder());
  say('The cluster is gone; what was built stays in the cache.');
}

async function status(): Promise<void> {
  const folder = keptFolder();
  const note = readNote(folder);
  if (note === undefined) return say('The cluster is not up. Start it: npm run lab:k8s -- up');
  const cluster = describeLab(folder, note, () => Promise.resolve());
  say(await cluster.run(['get', 'nodes,deployments,statefulsets,daemonsets', '--all-namespaces']));
  say(
    `registry  ${cluster.registry.push}\ningress   ${cluster.ingressUrl}\nlogs      ${folder}/*.log, ${folder}/n*/*.log`,
  );
  say('tests use this cluster while it is up; to use it by hand:');
  say(`  export KUBECONFIG=${cluster.kubeconfig}\n  ${cluster.kubectl} get pods`);
}
