import assert from 'node:assert/strict';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblems } from '@slipway/kernel/errors';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { answerBadGateway, type Interfere, startFaultyProxy } from '../support/faulty-proxy.ts';
import { createRepository } from '../support/git-repository.ts';
import { readyBuilder, seenConfig, seenImage, WAYS, writeShop } from '../support/image-lab.ts';
import { ANN, type RegistryAccount, type RunningRegistry, startRegistry } from '../support/registry.ts';
import { requirePart } from '../support/require.ts';
import { createJob, type Job } from '../support/runner/job.ts';
import type { StepResult } from '../support/runner/step.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

const ADDRESS = '127.0.38.1';

for (const way of WAYS) {
  describe(`with ${way}`, { timeout: 1_200_000, concurrency: 3 }, () => {
    const builder = way.split(',')[0] ?? '';

    test('an image is built, pushed and read back; every tag is the one digest', async (t) => {
      await using dir = temporaryFolder();
      await using ready = await readyBuilder(t, way, dir);
      if (ready === undefined || requirePart(t, 'docker-registry') === undefined) return;
      await using registry = await openRegistry(dir, ANN);
      await using job = shopJob(dir, ready.env);

      const step = await job.run({
        action: 'build-push-image',
        with: {
          image: `${registry.host}/Acme/Shop`,
          tags: '1.4.2, latest',
          builder,
          target: 'shop',
          'build-args': 'VERSION=1.4.2',
          labels: 'com.example.a=c=d e\ncom.example.team=web',
          username: ANN.username,
          password: `${ANN.password}\n`,
        },
      });

      const record = recordOf(step);
      const { digest = '', image } = step.outputs;
      assert.equal(image, `${registry.host}/acme/shop@${digest}`);
      const seen = await seenImage(registry.host, 'acme/shop', 'latest', ANN);
      assert.equal(seen?.digest, digest);
      assert.equal((await seenImage(registry.host, 'acme/shop', '1.4.2', ANN))?.digest, digest);
      const { run: _, size, mediaType, ...facts } = record;
      assert.deepEqual(facts, {
        schema: 'slipway.release/v1',
        kind: 'image',
        name: 'shop',
        version: 'v1.4.2',
        digest,
        repository: 'acme/shop',
        ref: 'refs/tags/v1.4.2',
        commit: facts.commit,
        commitTime: '2026-01-02T03:04:00Z',
        locations: [`oci://${registry.host}/acme/shop@${digest}`],
      });
      assert.equal(mediaType, seen?.mediaType);
      assert.ok(size > 100 && size < 2_000, `the manifest's size: ${size}`);
      assert.ok(seen !== undefined);
      const { config } = (await seenConfig(registry.host, 'acme/shop', seen, ANN)) as {
        config: { Labels: Record<string, string>; Entrypoint: string[] };
      };
      assert.deepEqual(config.Entrypoint, ['/shop']);
      const { version, 'com.example.a': odd, 'com.example.team': team } = config.Labels;
      assert.deepEqual([version, odd, team], ['1.4.2', 'c=d e', 'web']);
      assert.match(step.log, new RegExp(`Build with ${builder} .*: it was asked for\\.`));
      assert.match(step.summary ?? '', /## Pushed: shop v1\.4\.2[\s\S]*`1\.4\.2`, `latest`[\s\S]*MB to pull/);
      assert.ok(!step.log.includes(ANN.password));
      assert.deepEqual(leftovers(job), []);
    });

    test('502 with a page of HTML, twice, does not stop a push', async (t) => {
      await using dir = temporaryFolder();
      await using ready = await readyBuilder(t, way, dir);
      if (ready === undefined || requirePart(t, 'docker-registry') === undefined) return;
      await using registry = await openRegistry(dir);
      const left = new Map([
        ['PUT /v2/shop/manifests/v1.4.2', 2],
        ['PUT /v2/shop/manifests/latest', 2],
        ['GET /v2/shop/manifests/latest', 1],
      ]);
      await using proxy = await startFaultyProxy({
        address: ADDRESS,
        to: registry.host,
        interfere(request, response) {
          const what = `${request.method} ${request.url}`;
          const count = left.get(what) ?? 0;
          left.set(what, count - 1);
          return count > 0 && answerBadGateway(response);
        },
      });
      await using job = shopJob(dir, ready.env);

      const step = await job.run({
        action: 'build-push-image',
        with: { image: `${proxy.host}/shop`, tags: 'v1.4.2, latest', builder },
      });

      const { digest } = recordOf(step);
      for (const tag of ['v1.4.2', 'latest'])
        assert.equal((await seenImage(registry.host, 'shop', tag))?.digest, digest);
      assert.ok(
        [...left.values()].every((count) => count <= 0),
        'every fault was met',
      );
      assert.match(step.log, /try 3 of 4 in \d\.\d s/);
    });

    test('a build that fails is red with its last lines, and nothing is pushed', async (t) => {
      await using dir = temporaryFolder();
      await using ready = await readyBuilder(t, way, dir);
      if (ready === undefined || requirePart(t, 'docker-registry') === undefined) return;
      await using registry = await openRegistry(dir);
      await using job = shopJob(dir, ready.env);
      writeFileSync(join(job.workspace, 'Dockerfile'), 'FROM scratch\nCOPY nowhere.txt /nowhere.txt\n');

      const step = await job.run({ action: 'build-push-image', with: { image: `${registry.host}/shop`, builder } });

      assert.match(failureOf(step), /The image could not be built: "\S+( buildx)? build" ended with status \d+/);
      assert.match(failureOf(step), /Its last lines:[\s\S]*\n {2}.*nowhere\.txt/);
      assert.equal(await seenImage(registry.host, 'shop', 'v1.4.2'), undefined);
      assert.deepEqual(leftovers(job), []);
    });
  });
}

describe('with a daemon of its own, buildx builds for several platforms', { timeout: 1_200_000 }, () => {
  test('an index is what the tags stand for', async (t) => {
    await using dir = temporaryFolder();
    await using ready = await readyBuilder(t, 'buildx, own daemon', dir);
    if (ready === undefined || requirePart(t, 'docker-registry') === undefined) return;
    await using registry = await openRegistry(dir);
    await using job = shopJob(dir, ready.env);

    const step = await job.run({
      action: 'build-push-image',
      with: { image: `${registry.host}/shop`, platforms: 'linux/amd64, linux/arm64' },
    });

    const { digest, mediaType } = recordOf(step);
    assert.equal(mediaType, 'application/vnd.oci.image.index.v1+json');
    const seen = await seenImage(registry.host, 'shop', 'v1.4.2');
    assert.equal(seen?.digest, digest);
    const { manifests } = (seen?.manifest ?? {}) as { manifests: { platform: { architecture: string } }[] };
    assert.deepEqual(manifests.map(({ platform }) => platform.architecture).toSorted(), ['amd64', 'arm64']);
    assert.match(step.log, /Build with buildx \S+, driver remote: the best of all, and it is here\./);
    assert.match(step.summary ?? '', /an index of 2 images/);
  });
});

describe('logins and tags, with buildah', { timeout: 120_000, concurrency: 3 }, () => {
  test('a wrong password is told before anything is built', async (t) => {
    await using lab = await smallLab(t, { account: ANN });
    if (lab === undefined) return;

    const step = await lab.build({ username: 'ann', password: 'guessed-wrongly' });

    assert.match(failureOf(step), /does not accept "username" and "password": it does not know them/);
    assert.doesNotMatch(step.log, /buildah build/);
  });

  test('no login where one is wanted is told before anything is built', async (t) => {
    await using lab = await smallLab(t, { account: ANN });
    if (lab === undefined) return;

    const step = await lab.build({});

    assert.match(failureOf(step), /wants a login, and there is none\.[\s\S]*username: [\s\S]*password: /);
    assert.doesNotMatch(step.log, /buildah build/);
  });

  test('a tag that stands for another image after the push is red', async (t) => {
    await using lab = await smallLab(t, {
      // the registry says yes, and does nothing
      interfere: (request, response) => {
        const isLatest = request.method === 'PUT' && request.url === '/v2/shop/manifests/latest';
        if (isLatest && lab?.isSabotaged === true) response.writeHead(201).end();
        return isLatest && lab?.isSabotaged === true;
      },
    });
    if (lab === undefined) return;
    const before = recordOf(await lab.build({ tags: 'v1, latest' }));
    writeFileSync(join(lab.job.workspace, 'shop.txt'), 'another shop\n');
    lab.isSabotaged = true;

    const step = await lab.build({ tags: 'v2, latest' });

    assert.match(
      failureOf(step),
      new RegExp(`The tag \\S+/shop:latest does not stand for the image[\\s\\S]*got: +${before.digest}\n`),
    );
    assert.deepEqual(step.outputs, {});
  });

  test('a tag that is not there after the push is red', async (t) => {
    await using lab = await smallLab(t, {
      interfere: (request, response) => {
        const isLatest = request.method === 'PUT' && request.url === '/v2/shop/manifests/latest';
        if (isLatest) response.writeHead(201).end();
        return isLatest;
      },
    });
    if (lab === undefined) return;

    const step = await lab.build({ tags: 'v1, latest' });

    assert.match(failureOf(step), /The tag \S+\/shop:latest does not stand for the image[\s\S]*got: +nothing\n/);
  });

  test('the password is in a private file only, and that goes when the step is cancelled or killed', async (t) => {
    for (const end of ['cancel', 'kill'] as const) {
      await using lab = await smallLab(t, {
        account: ANN,
        // a push that never ends
        interfere: (request) => request.method === 'PUT' && request.url?.startsWith('/v2/shop/manifests/') === true,
      });
      if (lab === undefined) return;
      const running = lab.start({ username: 'ann', password: ANN.password });
      // a step that hangs would hold its job for ever
      using _ = { [Symbol.dispose]: () => void running.kill() };
      await lab.waitFor((line) => line.startsWith('PUT /v2/shop/manifests/'), running.step);

      const [folder = ''] = leftovers(lab.job);
      const file = join(lab.job.temp, folder, 'config.json');
      assert.deepEqual([modeOf(join(lab.job.temp, folder)), modeOf(file)], ['700', '600']);
      assert.ok(readFileSync(file, 'utf8').includes(Buffer.from(`ann:${ANN.password}`).toString('base64')));
      assert.deepEqual(processesWith('cmdline', ANN.password), []);
      assert.deepEqual(
        processesWith('environ', ANN.password).filter((pid) => pid !== running.pid),
        [],
      );
      const step = await running[end]();
      assert.equal(leftovers(lab.job).length, end === 'cancel' ? 0 : 1);
      const [post] = await lab.job.post();

      assert.notEqual(step.outcome, 'success');
      assert.equal(post?.outcome, 'success', post?.log);
      assert.deepEqual(leftovers(lab.job), []);
      assert.ok(!step.log.includes(ANN.password));
    }
  });
});

describe('what builds, and what cannot', { timeout: 120_000, concurrency: 3 }, () => {
  test('auto passes over what is not here, and says so', async (t) => {
    await using lab = await smallLab(t, {});
    if (lab === undefined) return;

    const step = await lab.build({ builder: 'auto' });

    recordOf(step);
    assert.match(step.log, /Build with buildah \S+: no buildx, since .*; no docker, since .*\./);
  });

  test('with nothing that builds, the error says what each one lacks', async (t) => {
    await using lab = await smallLab(t, { env: { PATH: gitOnly() } });
    if (lab === undefined) return;

    const step = await lab.build({ builder: 'auto' });

    const said = failureOf(step);
    assert.match(said, /No builder on this machine can build this image\./);
    for (const name of ['buildx', 'docker', 'buildah']) assert.match(said, new RegExp(`no ${name}, since The program`));
  });

  test('what a builder cannot do is refused before it begins', async (t) => {
    await using lab = await smallLab(t, {});
    if (lab === undefined) return;

    const step = await lab.build({ builder: 'buildah', platforms: 'linux/amd64,linux/arm64' });

    assert.match(failureOf(step), /buildah \S+ builds only for its own platform here/);
    assert.doesNotMatch(step.log, /buildah build/);
  });

  const wrong: readonly (readonly [name: string, inputs: Readonly<Record<string, string>>, says: RegExp])[] = [
    ['no context', { context: 'nowhere' }, /There is no folder \/.*\/nowhere to build in\./],
    ['a file as context', { context: 'shop.txt' }, /shop\.txt is to be built in, and is no folder\./],
    ['no Dockerfile', { file: 'Dockerfil' }, /There is no Dockerfile \/.*\/Dockerfil\.\n {2}fix: +file: Dockerfile/],
    [
      'all inputs wrong at once',
      { image: 'acme/shop:v1', tags: 'a b', 'build-args': 'VERSION', labels: 'x', platforms: 'arm', username: 'ann' },
      /"image" cannot be used[\s\S]*"tags" cannot be used[\s\S]*A login needs[\s\S]*"build-args" has[\s\S]*"labels" has[\s\S]*"platforms" has/,
    ],
    ['no image', { image: '' }, /Input "image" is missing[\s\S]*image: ghcr\.io\/acme\/shop/],
  ];
  for (const [name, inputs, says] of wrong) {
    test(`${name}: a clear error`, async () => {
      await using dir = temporaryFolder();
      await using job = shopJob(dir, {});

      const step = await job.run({ action: 'build-push-image', with: { image: `${ADDRESS}:1/shop`, ...inputs } });

      assert.match(failureOf(step), says);
      assert.deepEqual(step.outputs, {});
    });
  }
});

/** A registry, a proxy before it when something shall go wrong, a checkout of the shop, and buildah. */
async function smallLab(
  t: Parameters<typeof requirePart>[0],
  options: { account?: RegistryAccount; interfere?: Interfere; env?: Readonly<Record<string, string>> },
) {
  await using cleanup = new AsyncDisposableStack();
  const dir = cleanup.use(temporaryFolder());
  const ready = cleanup.use(await readyBuilder(t, 'buildah', dir));
  if (ready === undefined || requirePart(t, 'docker-registry') === undefined) return undefined;
  const registry = cleanup.use(await openRegistry(dir, options.account));
  const interfere = options.interfere ?? (() => false);
  const proxy = cleanup.use(await startFaultyProxy({ address: ADDRESS, to: registry.host, interfere }));
  const job = cleanup.use(shopJob(dir, { ...ready.env, ...options.env }));
  const kept = cleanup.move();
  const step = (inputs: Readonly<Record<string, string>>) => ({
    action: 'build-push-image',
    with: { image: `${proxy.host}/shop`, builder: 'buildah', ...inputs },
  });
  return {
    job,
    isSabotaged: false,
    build: (inputs: Readonly<Record<string, string>>) => job.run(step(inputs)),
    start: (inputs: Readonly<Record<string, string>>) => job.start(step(inputs)),
    /** Until such a request came; an error when the step ended first. */
    async waitFor(isIt: (request: string) => boolean, ended: Promise<StepResult>): Promise<void> {
      let log: string | undefined;
      void ended.then((result) => (log = result.log));
      const deadline = performance.now() + 30_000;
      while (!proxy.requests.some(isIt)) {
        if (log !== undefined) throw new Error(`the step ended first:\n${log}`);
        if (performance.now() > deadline) throw new Error(`no such request, but:\n${proxy.requests.join('\n')}`);
        await sleep(20);
      }
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function shopJob(dir: TemporaryFolder, env: Readonly<Record<string, string>>): Job {
  const workspace = dir.at('workspace');
  writeShop(workspace);
  const repository = createRepository(workspace);
  const sha = repository.commit('first');
  const github = { sha, ref: 'refs/tags/v1.4.2' };
  return createJob({ workspace, code: 'source', env, github });
}

async function openRegistry(dir: TemporaryFolder, account?: RegistryAccount): Promise<RunningRegistry> {
  mkdirSync(dir.at('registry'));
  return await startRegistry({
    address: ADDRESS,
    folder: dir.at('registry'),
    ...(account === undefined ? {} : { account }),
  });
}

function recordOf(step: StepResult): ReleaseRecord {
  assert.equal(step.outcome, 'success', step.log);
  const record = parseRelease(JSON.parse(step.outputs.release ?? '{}'));
  assert.ok(!isProblems(record), JSON.stringify(record));
  return record;
}

function failureOf(step: StepResult): string {
  assert.equal(step.outcome, 'failure', step.log);
  assert.doesNotMatch(step.log, /\n {4}at /, 'a stack was printed');
  return step.annotations.map(({ message }) => message).join('\n');
}

/** What the action left in RUNNER_TEMP. */
function leftovers(job: Job): readonly string[] {
  return readdirSync(job.temp).filter((name) => name.startsWith('slipway-image-'));
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** Whose command line or first environment holds this text; the action itself gets its inputs by the latter. */
function processesWith(where: 'cmdline' | 'environ', text: string): readonly number[] {
  return globSync(`/proc/[0-9]*/${where}`)
    .filter((path) => {
      try {
        return readFileSync(path, 'latin1').includes(text);
      } catch {
        return false;
      }
    })
    .map((path) => Number(path.split('/')[2]));
}

/** A PATH with git, and no program that builds. */
function gitOnly(): string {
  return existsSync('/usr/lib/git-core/git') ? '/usr/lib/git-core' : '/usr/libexec/git-core';
}
