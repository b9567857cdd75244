import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { releaseFolder } from '@slipway/vm/layout';
import { textsBelow } from '../support/host-files.ts';
import { type ProxiedFleet, proxiedFleet } from '../support/proxied-fleet.ts';
import { type Fate, type ReleaseServer, startReleaseServer } from '../support/release-server.ts';
import { ledgerOf } from '../support/vm-host-state.ts';
import { sharedLab, type VmLab } from '../support/vm-lab.ts';

const MB = 1024 * 1024;
/** Scripts, answers and heartbeats of a whole run, and what ssh adds. */
const TALK = 400 * 1024;
/** ssh wraps 32 KiB in a packet. */
const WRAPPED = 1.01;
const WEB = { address: '127.0.44.201', port: 9_044 };
const TOKEN = '70ken5ecre7';
const SECRET_KEY = 'aws5ecre7';

const startedLab = sharedLab({
  hosts: 3,
  network: '127.0.44',
  env: {
    AWS_ENDPOINT_URL_S3: `http://${WEB.address}:${WEB.port}`,
    AWS_ACCESS_KEY_ID: 'AKIDOFTHETEST',
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_SESSION_TOKEN: '5ess10n5ecre7',
  },
});
let proxied: ProxiedFleet | undefined;
after(() => proxied?.[Symbol.asyncDispose]());

test('each byte leaves the runner once for each host, over one connection, and never again', async (t) => {
  const scene = await sceneOf(t);
  if (scene === undefined) return;
  const { lab, fleet } = scene;
  const release = await lab.release('push-1', { ballast: 20 * MB });
  const before = fleet.proxies.map(({ connections }) => connections());

  const step = await lab.deploy(release, fleet.inputs);
  const first = taken(fleet);
  await lab.deploy(await lab.release('small'), fleet.inputs);
  taken(fleet);
  const again = await lab.deploy(release, { ...fleet.inputs, 'allow-older': 'true' });

  assert.equal(step.outputs.outcome, 'deployed', step.log);
  for (const bytes of first) assert.ok(bytes >= release.size && bytes < release.size * WRAPPED + TALK, `${bytes}`);
  assert.equal(again.outputs.outcome, 'deployed', again.log);
  for (const bytes of taken(fleet)) assert.ok(bytes < TALK, `${bytes} for a release that is there already`);
  assert.deepEqual(
    fleet.proxies.map(({ connections }, index) => connections() - (before[index] ?? 0)),
    [3, 3, 3],
  );
});

test('a transfer that was cut goes on in the next run, which sends the rest alone', async (t) => {
  const scene = await sceneOf(t);
  if (scene === undefined) return;
  const { lab, fleet } = scene;
  await lab.bring('small');
  taken(fleet);
  const release = await lab.release('push-2', { ballast: 20 * MB });
  fleet.proxies[1]?.cutAfter(12 * MB);

  const cut = await lab.deploy(release, fleet.inputs);
  const sent = taken(fleet)[1] ?? 0;
  const step = await lab.deploy(release, fleet.inputs);
  const rest = taken(fleet);

  assert.equal(cut.outcome, 'failure');
  assert.ok(sent < 13 * MB, `${sent} before the cut`);
  assert.equal(step.outputs.outcome, 'deployed', step.log);
  const there = Number(/web-2: (\d+) of \d+ bytes were there already/.exec(step.log)?.[1]);
  assert.ok(there > 8 * MB, `${there} bytes outlived the cut`);
  assert.ok((rest[1] ?? 0) < (release.size - there) * WRAPPED + TALK, `${rest[1]} sent, ${there} were there`);
  assert.equal(await lab.served(), 'push-2');
});

test('pull: no byte of the release leaves the runner, and no secret is seen on a host', async (t) => {
  const scene = await sceneOf(t);
  if (scene === undefined) return;
  const { lab, fleet } = scene;
  const release = await lab.release('pull-1', { ballast: 20 * MB });
  await lab.bring('small');
  await using server = await serve(lab, release);

  for (const [location, more] of [
    ['s3://releases', {}],
    [server.origin, { 'transfer-auth': `${WEB.address}:${WEB.port} bearer ${TOKEN}` }],
  ] as const) {
    taken(fleet);
    for (const { root } of lab.fleet.hosts) forget(root, release);
    const step = await lab.deploy(located(release, location), { ...fleet.inputs, ...more, transfer: 'pull' });

    assert.equal(step.outputs.outcome, 'deployed', step.log);
    for (const bytes of taken(fleet)) assert.ok(bytes < TALK, `${bytes} bytes left the runner`);
    const signed = new URL(server.requests.at(-1)?.url ?? '', server.origin).searchParams.get('X-Amz-Signature');
    const texts = textsBelow(lab.roots.map((root) => join(root, 'shop', 'production', 'state')));
    for (const secret of [TOKEN, SECRET_KEY, '5ess10n5ecre7', ...(signed === null ? [] : [signed])]) {
      assert.ok(!server.seen().some(({ argv }) => argv.some((word) => word.includes(secret))), 'in an argument');
      const onHosts = server.seen().filter(({ environ }) => !environ.includes('RUNNER_TEMP='));
      assert.ok(!onHosts.some(({ environ }) => environ.includes(secret)), 'in an environment on a host');
      assert.ok(!texts.some(([, text]) => text.includes(secret)), 'in a file');
      assert.ok(!step.log.includes(secret), 'in the log');
    }
    await lab.bring('small');
  }
  assert.equal(server.requests.filter(({ headers }) => headers.authorization === `Bearer ${TOKEN}`).length, 3);
  assert.equal(server.requests.filter(({ url }) => url?.includes('X-Amz-Security-Token')).length, 3);
  assert.ok(
    server.seen().some(({ argv }) => argv[0] === 'curl'),
    'the spy sees',
  );
});

test('pull: what goes wrong is told of each host with its reason and the way out; the old version serves', async (t) => {
  const scene = await sceneOf(t);
  if (scene === undefined) return;
  const { lab } = scene;
  const release = await lab.release('pull-2', { ballast: 4 * MB });
  await lab.bring('small');
  const entries = ledgerOf(lab.fleet.hosts[0]).length;
  const inputs = { transfer: 'pull' };
  let fate: (number: number) => Fate = absentFate;
  const server = await serve(lab, release, (_request, number) => fate(number));
  const deploy = async (): Promise<string> => (await lab.deploy(located(release, server.origin), inputs)).log;

  const absent = await deploy();
  fate = () => ({ kind: 'answer', status: 403 });
  const refused = await deploy();
  const dying = server.requests.length;
  fate = (number) => (number <= dying + 3 ? { kind: 'cut', after: 3 * MB } : { kind: 'answer', status: 502 });
  const cut = await deploy();
  await server.stop();
  const dead = await deploy();
  const traffic = await lab.traffic();
  await using back = await serve(lab, release);
  const step = await lab.deploy(located(release, back.origin), inputs);

  assert.match(
    absent,
    /web-1: pull-2-\w+ cannot be pulled from http:\S+: status 404, nothing lies there.*transfer: push/,
  );
  assert.match(refused, /web-3: .*status 403, it refuses/);
  assert.match(cut, /web-2: .*status 502/);
  assert.match(dead, /web-2: .* cannot be pulled from http:\S+: .*Couldn't connect to server.*transfer: push/);
  assert.deepEqual(traffic, ['web-1-blue up 1', 'web-2-blue up 1', 'web-3-blue up 1']);
  assert.equal(step.outputs.outcome, 'deployed', step.log);
  assert.equal(back.sent(), 3 * (release.size - 3 * MB), 'the rest alone');
  assert.ok(ledgerOf(lab.fleet.hosts[0]).length > entries);
});

test('pull: a release that no host can get is refused before anything is touched', async (t) => {
  const scene = await sceneOf(t);
  if (scene === undefined) return;
  const { lab } = scene;
  await lab.bring('small');
  const files = lab.files();

  const step = await lab.deploy('pull-3', { transfer: 'pull' });

  assert.equal(step.outcome, 'failure');
  assert.match(
    step.log,
    /No host can pull shop pull-3[\s\S]*allowed: https:\/\/host\/folder, s3:\/\/[\s\S]*transfer: push/,
  );
  assert.deepEqual(lab.files(), files);
});

test('pull: a rollback gets what was pruned from the location in the ledger', async (t) => {
  const scene = await sceneOf(t);
  if (scene === undefined) return;
  const { lab } = scene;
  const release = await lab.release('pull-4');
  await using server = await serve(lab, release);
  const old = await lab.deploy(located(release, server.origin), { transfer: 'pull', 'allow-older': 'true' });
  assert.equal(old.outputs.outcome, 'deployed', old.log);
  await lab.deploy('after', { 'allow-older': 'true' });
  for (const { root } of lab.fleet.hosts) forget(root, release);

  const step = await lab.rollBack({ to: 'pull-4', transfer: 'pull' });

  assert.equal(step.outputs.outcome, 'rolled-back', step.log);
  assert.equal(await lab.served(), 'pull-4');
  assert.equal(server.requests.length, 6);
});

function absentFate(): Fate {
  return { kind: 'answer', status: 404 };
}

interface Scene {
  readonly lab: VmLab;
  readonly fleet: ProxiedFleet;
}

async function sceneOf(t: TestContext): Promise<Scene | undefined> {
  const lab = await startedLab(t);
  if (lab === undefined) return undefined;
  proxied ??= await proxiedFleet(lab.fleet);
  return { lab, fleet: proxied };
}

function taken({ proxies }: ProxiedFleet): readonly number[] {
  return proxies.map((proxy) => proxy.taken());
}

function serve(
  { storeFolder }: VmLab,
  release: ReleaseRecord,
  fateOf?: Parameters<typeof startReleaseServer>[2],
): Promise<ReleaseServer> {
  const bytes = readFileSync(join(storeFolder, release.name, release.version, release.fileName ?? ''));
  return startReleaseServer(WEB.address, bytes, fateOf, WEB.port);
}

/** The store may be moved or copied: where it lies is not part of what was published. */
function located(release: ReleaseRecord, location: string): ReleaseRecord {
  return { ...release, locations: [...release.locations, location] };
}

/** As if it had never come to this host. */
function forget(root: string, release: ReleaseRecord): void {
  const base = join(root, 'shop', 'production');
  for (const folder of ['releases', join('state', 'releases')]) {
    rmSync(join(base, folder, releaseFolder(release)), { recursive: true, force: true });
  }
}
