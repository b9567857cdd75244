import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { Argv } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import type { Digest } from '@slipway/kernel/digest';
import { RELEASE_SCHEMA, type ReleaseRecord } from '@slipway/kernel/release';
import { buildApp } from '../../lab/k8s/build.ts';
import { pushApp } from '../../lab/k8s/images.ts';
import { type RunningDaemon, startDockerEngine } from '../../support/builders.ts';
import { freePort } from '../../support/free-port.ts';
import { type RunningRegistry, startRegistry } from '../../support/registry.ts';
import { requirePart, requireRoot } from '../../support/require.ts';
import { sharedLab, type VmLab } from '../../support/vm-lab.ts';
import { type Candidate, conform } from './conformance.ts';

interface Engine {
  readonly daemon: RunningDaemon;
  readonly bridge: string;
  readonly folder: string;
}

const REGISTRY = '127.0.43.250';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** In the order of the hosts. */
const engines: Engine[] = [];
let registry: RunningRegistry | undefined;
let starting: Promise<Candidate> | undefined;

// Before the lab removes its folder, in which the engines have mounts.
after(async () => {
  await starting?.catch(() => undefined);
  for (const { daemon, bridge, folder } of engines) {
    const running = (await docker(daemon, 'ps', '--all', '--quiet')).split('\n').filter(Boolean);
    if (running.length > 0) await docker(daemon, 'rm', '--force', ...running);
    await daemon[Symbol.asyncDispose]();
    // A container in the host's network leaves this behind.
    await systemExec.run({ argv: ['umount', join(folder, 'exec', 'netns', 'default')] });
    await command(['ip', 'link', 'delete', bridge]);
  }
  await registry?.[Symbol.asyncDispose]();
});
const labOf = sharedLab({ hosts: 2, network: '127.0.43', code: 'dist' });

conform(candidateOf);

test('an image that its registry does not have is a clear error, and so is a release of the wrong kind', async (t) => {
  const candidate = await candidateOf(t);
  if (candidate === undefined) return;
  const { lab, inputs, release } = candidate;
  const image = await release('v1');
  await lab.deploy(image, inputs);
  const none: Digest = `sha256:${'0'.repeat(64)}`;
  const locations = image.locations.map((uri) => uri.replace(image.digest, none));
  const before = await containers();

  const absent = await lab.deploy({ ...image, version: 'v9', digest: none, locations }, inputs);
  const edited = await lab.deploy({ ...image, version: 'v9', digest: none }, inputs);
  const file = await lab.deploy('v1', inputs);
  const script = await lab.deploy(await release('v2'), { service: 'script' });

  assert.match(absent.log, new RegExp(`docker cannot pull ${REGISTRY}:\\d+/app@${none}`));
  assert.match(edited.log, /does not name its digest/);
  assert.match(file.log, /kind "file", and this service runs releases of kind "image"/);
  assert.match(script.log, /kind "image", and this service runs releases of kind "file"[\s\S]*service: container/);
  assert.deepEqual(await containers(), before);
});

test('without a container-port it is the network of the host, and options reach the engine', async (t) => {
  const candidate = await candidateOf(t);
  if (candidate === undefined) return;
  const { lab, inputs, release } = candidate;
  const port = await freePort('127.0.0.1');
  const [host = ''] = lab.fleet.inputs.hosts.split('\n');

  const step = await lab.deploy(await release('v1'), {
    ...inputs,
    environment: 'alone',
    hosts: host,
    balancer: '',
    health: `http://:${port}/healthz`,
    'container-port': '',
    'container-options': '--memory=64m\n--env=READY_DELAY=1s',
  });

  assert.equal(step.outputs.outcome, 'deployed', step.log);
  const [engine] = engines;
  const seen = await docker(
    engine?.daemon,
    'inspect',
    '--format',
    '{{.HostConfig.NetworkMode}} {{.HostConfig.Memory}}',
    'shop-alone-blue',
  );
  assert.equal(seen.trim(), `host ${64 * 1024 * 1024}`);
  await docker(engine?.daemon, 'rm', '--force', 'shop-alone-blue');
});

test('an engine that does not answer is a clear error, and nothing is changed', async (t) => {
  const candidate = await candidateOf(t);
  if (candidate === undefined) return;
  const { lab, inputs, release } = candidate;
  await lab.deploy(await release('v1'), inputs);
  const [host] = lab.fleet.hosts;
  const config = join(host?.folder ?? '', 'home', '.docker', 'config.json');
  const kept = readFileSync(config);
  t.after(() => writeFile(config, kept));
  await writeFile(config, '{"currentContext":"default"}');
  const before = await containers();

  const step = await lab.deploy(await release('v5'), inputs);

  assert.equal(step.outcome, 'failure', step.log);
  assert.match(step.log, /On web-1 docker does not work for/);
  assert.deepEqual(await containers(), before);
});

async function candidateOf(t: TestContext): Promise<Candidate | undefined> {
  if (!requireRoot(t)) return undefined;
  for (const part of ['docker', 'dockerd', 'docker-registry', 'ip']) {
    if (requirePart(t, part) === undefined) return undefined;
  }
  const lab = await labOf(t);
  if (lab === undefined) return undefined;
  starting ??= startCandidate(lab);
  return await starting;
}

async function startCandidate(lab: VmLab): Promise<Candidate> {
  const { fleet } = lab;
  const [program] = await Promise.all([
    buildApp(() => undefined),
    mkdir(join(fleet.folder, 'registry')),
    ...fleet.hosts.map((host, index) => startEngine(host.folder, index)),
  ]);
  registry = await startRegistry({ address: REGISTRY, folder: join(fleet.folder, 'registry') });
  const { host } = registry;
  const releases = new Map<string, Promise<ReleaseRecord>>();
  return {
    lab,
    inputs: { service: 'container', 'container-port': '9000', 'version-from': 'process', 'stop-timeout': '3s' },
    release(version, broken = false) {
      const known = releases.get(version) ?? publish(host, program, version, broken);
      releases.set(version, known);
      return known;
    },
  };
}

/** Each host has an engine of its own, which its docker finds as a person's would: by the context. */
async function startEngine(folder: string, index: number): Promise<void> {
  const bridge = `slipway-${process.pid % 10_000}-${index}`.slice(0, 15);
  await command(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  await command(['ip', 'address', 'add', `10.143.${index + 1}.1/24`, 'dev', bridge]);
  await command(['ip', 'link', 'set', bridge, 'up']);
  await mkdir(join(folder, 'engine'));
  const daemon = await startDockerEngine(join(folder, 'engine'), bridge);
  engines[index] = { daemon, bridge, folder: join(folder, 'engine') };
  const config = join(folder, 'home', '.docker');
  const context = join(config, 'contexts', 'meta', createHash('sha256').update('lab').digest('hex'));
  await mkdir(context, { recursive: true });
  await writeFile(join(config, 'config.json'), '{"currentContext":"lab"}');
  const endpoint = { docker: { Host: daemon.address, SkipTLSVerify: false } };
  await writeFile(join(context, 'meta.json'), JSON.stringify({ Name: 'lab', Metadata: {}, Endpoints: endpoint }));
}

/** An image that is gone at once when it is told to stop, and the record that build-push-image writes of it. */
async function publish(host: string, program: string, version: string, broken: boolean): Promise<ReleaseRecord> {
  const env = { GRACEFUL: '0', ...(broken ? { READY: 'false' } : {}) };
  const reference = await pushApp(host, program, { version, env });
  return {
    schema: RELEASE_SCHEMA,
    kind: 'image',
    name: 'shop',
    version,
    digest: reference.slice(reference.indexOf('@') + 1) as Digest,
    size: 500,
    mediaType: MANIFEST,
    repository: 'acme/shop',
    ref: `refs/tags/${version}`,
    commit: 'c'.repeat(40),
    commitTime: '2026-01-01T00:00:00Z',
    run: { id: '1', attempt: 1, number: 1, url: 'https://github.com/acme/shop/actions/runs/1' },
    locations: [`oci://${reference}`],
  };
}

/** Every container of every host, by its id. */
async function containers(): Promise<readonly string[]> {
  return await Promise.all(engines.map(({ daemon }) => docker(daemon, 'ps', '--all', '--no-trunc', '--quiet')));
}

async function docker(daemon: RunningDaemon | undefined, ...args: readonly string[]): Promise<string> {
  return await command(['docker', `--host=${daemon?.address}`, ...args]);
}

async function command(argv: Argv): Promise<string> {
  const { code, stdout, stderr } = await systemExec.run({ argv });
  assert.equal(code, 0, `${argv.join(' ')}: ${stderr}`);
  return stdout;
}
