import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { digestOf } from '@slipway/kernel/digest';
import { parseHostView, serviceHost } from '@slipway/vm/host-view';
import { HostError, runStep, type Said } from '@slipway/vm/remote';
import { type ContainerServiceOptions, containerService } from '@slipway/vm/services/container';
import { type Service, servicesIn } from '@slipway/vm/services/service';
import { JOURNAL, PLACE, SHELLS, type TestHost, testHost } from '../../../support/vm-host.ts';

/** Writes down how it was called, a line for each call, and answers as the test says. */
const ENGINE = `#!/bin/sh
for word; do printf '%s|' "$word"; done >>"$HOME/calls"
echo " $PORT" >>"$HOME/calls"
. "$HOME/does"
`;
const V1 = { version: 'v1', digest: digestOf('v1') };
const DIR = `v1-${V1.digest.slice(7, 19)}`;
const IMAGE = `registry.example.com/shop@${V1.digest}`;
const ENV =
  '--env|SLIPWAY_APP|--env|SLIPWAY_ENVIRONMENT|--env|SLIPWAY_SLOT|--env|SLIPWAY_VERSION|--env|SLIPWAY_DIGEST|--env|PORT|';
const RUN = `run|--detach|--name|shop-test-blue|--label|slipway.release=${DIR}|--restart|unless-stopped|--stop-timeout|3|`;
const NOTHING_RUNS = 'case $2 in inspect) exit 1 ;; esac';

for (const shell of SHELLS) {
  describe(shell, { concurrency: 4 }, () => {
    test('an image is pulled by its digest, once, and run with exact arguments', async (t) => {
      await using host = await engineHost(t, shell, NOTHING_RUNS);
      if (host === undefined) return;
      const service = serviceWith({ containerPort: 9_000, containerOptions: ['--memory=64m', '--label=a b'] });

      await stage(host, service);
      await stage(host, service);
      await start(host, service);

      assert.equal(host.read('releases', DIR, 'image'), `${IMAGE}\n`);
      assert.deepEqual(calls(host), [
        `pull|--quiet|${IMAGE}| `,
        'container|inspect|--format|{{.State.Running}} {{.State.Pid}}|shop-test-blue| ',
        `${RUN}${ENV}--publish|127.0.35.1:18080:9000|--memory=64m|--label=a b|${IMAGE}| 9000`,
        ...STATUS,
      ]);
    });

    test('without a port in the image it has the network of the host, and is told where to listen', async (t) => {
      await using host = await engineHost(t, shell, NOTHING_RUNS);
      if (host === undefined) return;
      const service = serviceWith({});

      await stage(host, service);
      await start(host, service);

      assert.ok(calls(host).includes(`${RUN}${ENV}--env|HOST|--network|host|${IMAGE}| 18080`), calls(host).join('\n'));
    });

    test('the environment of the release goes by its names, and no value is an argument', async (t) => {
      await using host = await engineHost(t, shell, `[ "$1" != run ] || echo "$TOKEN" >"$HOME/token"\n${NOTHING_RUNS}`);
      if (host === undefined) return;
      const service = serviceWith({});
      await stage(host, service);
      mkdirSync(host.at('state/env'), { recursive: true });
      writeFileSync(host.at('state/env', `${DIR}+0123`), 'TOKEN="s3cret"\n');

      await start(host, service, '0123');

      assert.equal(readFileSync(host.folder.at('root', 'token'), 'utf8'), 's3cret\n');
      assert.match(calls(host).join('\n'), /\|--env\|TOKEN\|/);
      assert.doesNotMatch(calls(host).join('\n'), /s3cret/);
    });

    test('what runs is told with the proof of its image', async (t) => {
      const says = (image: string): string => `case "$1 $2" in
        'container inspect') echo 'true 7 "2026-01-01T00:00:00Z" 2 sha256:abc ${DIR}' ;;
        'image inspect') [ "$5" = ${IMAGE} ] && echo ${image} ;;
      esac`;
      await using host = await engineHost(t, shell, says('sha256:abc'));
      if (host === undefined) return;
      await stage(host, serviceWith({}));
      const state = { pid: 7, since: '2026-01-01T00:00:00Z', restarts: 2, inside: true, folder: DIR };

      assert.deepEqual(servicesIn(await run(host, 'status', serviceWith({}), { log_lines: '0' })), [['blue', state]]);

      does(host, says('sha256:other'));
      assert.deepEqual(servicesIn(await run(host, 'status', serviceWith({}), { log_lines: '0' })), [
        ['blue', { ...state, inside: false }],
      ]);
    });

    test('a stop waits as long as it may, says when it had to kill, and leaves no container', async (t) => {
      await using host = await engineHost(
        t,
        shell,
        `case "$4" in *Running*) echo 'true 7' ;; *ExitCode*) echo 137 ;; esac`,
      );
      if (host === undefined) return;

      const said = await run(host, 'stop', serviceWith({}), serviceWith({}).vars(host.session.host, 'blue', null));

      assert.deepEqual(said, [['killed', '7']]);
      assert.deepEqual(
        calls(host).filter((line) => !line.includes('inspect')),
        ['stop|-t|3|shop-test-blue| ', 'rm|--force|shop-test-blue| '],
      );
    });

    test('an engine that refuses is explained with the line to run, and nothing is left half', async (t) => {
      await using host = await engineHost(t, shell, 'echo "permission denied while trying to connect" >&2; exit 1');
      if (host === undefined) return;
      const service = serviceWith({});

      assert.match(await problems(host), /^On web-1 the user \S+ may not use docker\.[\s\S]*usermod -aG docker \S+$/);
      does(host, 'echo "Is the docker daemon running?" >&2; exit 1');
      assert.match(await problems(host), /^On web-1 docker does not work for [\s\S]*Is the docker daemon running\?/);
      does(host, '[ "$1" != pull ] || { echo "layer 1"; echo "manifest unknown"; exit 1; } >&2');
      assert.equal((await rejected(stage(host, service))).message, `docker cannot pull ${IMAGE}: manifest unknown`);
      assert.equal(existsSync(host.at('releases', DIR)), false);
      does(host, `${NOTHING_RUNS}; [ "$1" != run ] || { echo "port is already allocated" >&2; exit 125; }`);
      await stage(host, service);
      const failed = await rejected(start(host, service));
      assert.equal(failed.message, `docker cannot run ${IMAGE}: port is already allocated`);
      assert.equal(calls(host).at(-1), 'rm|--force|shop-test-blue| ');
      rmSync(host.folder.at(`bin-${shell}`, 'docker'));
      if (shell === 'busybox') assert.match(await problems(host), /^web-1 has no program "docker"/);
    });

    test('the image of a release that was pruned goes with the next one that comes', async (t) => {
      await using host = await engineHost(t, shell, NOTHING_RUNS);
      if (host === undefined) return;
      await stage(host, serviceWith({}));
      rmSync(host.at('releases', DIR), { recursive: true });

      await stage(host, serviceWith({}), { version: 'v2', digest: digestOf('v2') });

      assert.ok(calls(host).includes(`image|rm|${IMAGE}| `));
    });
  });
}

const STATUS = [
  'container|inspect|--format|{{.State.Running}} {{.State.Pid}} {{json .State.StartedAt}} {{.RestartCount}} {{.Image}} {{index .Config.Labels "slipway.release"}}|shop-test-blue| ',
];

function serviceWith(over: Partial<ContainerServiceOptions>): Service {
  return containerService({
    place: PLACE,
    engine: 'docker',
    containerPort: undefined,
    containerOptions: [],
    stopMs: 3_000,
    endpoint: () => ({ port: 18_080, address: '127.0.35.1' }),
    ...over,
  });
}

async function engineHost(
  t: Parameters<typeof testHost>[0],
  shell: Parameters<typeof testHost>[1],
  doing: string,
): Promise<TestHost | undefined> {
  const host = await testHost(t, shell);
  if (host === undefined) return undefined;
  const engine = host.folder.at(`bin-${shell}`, 'docker');
  writeFileSync(engine, ENGINE);
  chmodSync(engine, 0o755);
  does(host, doing);
  return host;
}

function does(host: TestHost, doing: string): void {
  writeFileSync(host.folder.at('root', 'does'), doing);
}

function calls(host: TestHost): readonly string[] {
  return readFileSync(host.folder.at('root', 'calls'), 'utf8').replace(/\n$/, '').split('\n');
}

async function stage(host: TestHost, service: Service, id = V1): Promise<Said> {
  const dir = `${id.version}-${id.digest.slice(7, 19)}`;
  const image = `registry.example.com/shop@${id.digest}`;
  return await run(host, 'stage-image', service, { dir, digest: id.digest, image });
}

async function start(host: TestHost, service: Service, config = ''): Promise<Said> {
  const vars = service.vars(host.session.host, 'blue', V1);
  return await run(host, 'start', service, { dir: DIR, digest: V1.digest, config, ...vars });
}

async function run(
  host: TestHost,
  name: 'stage-image' | 'start' | 'stop' | 'status',
  service: Service,
  vars: Readonly<Record<string, string>>,
): Promise<Said> {
  return await runStep(host.site, name, {
    functions: service.functions,
    vars: { ...vars, slot: 'blue', ...JOURNAL },
    fence: name === 'status' ? 'free' : 'fenced',
    timeoutMs: 20_000,
  });
}

/** What the host lacks, as a run is told before it begins. */
async function problems(host: TestHost): Promise<string> {
  const service = serviceWith({});
  const vars = { slot_names: 'blue', ledger_lines: '1', journal_lines: '1' };
  const call = { functions: service.functions, vars, fence: 'free', timeoutMs: 20_000 } as const;
  const view = parseHostView(await runStep(host.site, 'observe', call));
  const found = service.problems?.(serviceHost('web-1', host.base, view)) ?? [];
  return found.map(({ what, got, fix }) => [what, got, fix].join('\n')).join('\n');
}

async function rejected(work: Promise<unknown>): Promise<HostError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(thrown instanceof HostError, String(thrown));
  return thrown;
}
