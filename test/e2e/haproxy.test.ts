import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import { systemSocket } from '@slipway/effects/socket-real';
import type { Balancer, ServerRef } from '@slipway/vm/balancers/balancer';
import { openBalancer } from '@slipway/vm/balancers/open';
import { choosePort } from '../lab/ports.ts';
import { ask, type HaproxyOptions, type RunningHaproxy, startHaproxy } from '../support/haproxy.ts';
import { startLoad } from '../support/load.ts';
import { requirePart } from '../support/require.ts';
import { makeShop, type Shop, startShop } from '../support/shop.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

const FRONT = '127.0.36.1';
const BACKS = ['127.0.36.11', '127.0.36.12', '127.0.36.13'];
const WEB_1: ServerRef = { member: 'web-1', slot: 'blue' };
const WEB_2: ServerRef = { member: 'web-2', slot: 'blue' };
const WEB_3: ServerRef = { member: 'web-3', slot: 'blue' };
const signal = new AbortController().signal;

test('drained waits for a slow request, which then has its answer whatever becomes of the app', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await lab.balancer.set([{ ...WEB_2, share: 0 }], signal);
  const slow = post(`${lab.url}/slow`, 'an order');
  await lab.busy(WEB_1);

  await lab.balancer.set(
    [
      { ...WEB_1, share: 0 },
      { ...WEB_2, share: 100 },
    ],
    signal,
  );
  await lab.balancer.drained([WEB_1], 5_000, signal);
  await lab.shops[0]?.kill();

  assert.deepEqual(await slow, { status: 200, echo: 'an order' });
});

test('a drain that takes longer than its deadline is an error with the numbers', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await lab.balancer.set([{ ...WEB_2, share: 0 }], signal);
  const slow = post(`${lab.url}/slow`, 'an order');
  await lab.busy(WEB_1);
  await lab.balancer.set([{ ...WEB_1, share: 0 }], signal);

  await assert.rejects(
    lab.balancer.drained([WEB_1, WEB_2], 60, signal),
    /in flight 0\.1 s after the drain: web-1-blue 1/,
  );
  assert.equal((await slow).status, 200);
});

test('killed after the drain loses no request; killed without it does', async (t) => {
  await using lab = await startLab(t, { members: 3 });
  if (lab === undefined) return;
  const load = await startLoad({ url: lab.url, rate: 150, phase: 'drained' });

  for (const [index, server] of [WEB_1, WEB_2, WEB_3].entries()) {
    await lab.balancer.set([{ ...server, share: 0 }], signal);
    await lab.balancer.drained([server], 10_000, signal);
    await lab.restart(index);
    await lab.balancer.set([{ ...server, share: 100 }], signal);
    await lab.balancer.up([server], 10_000, signal);
  }
  await load.phase('not drained');
  await lab.busy(WEB_1);
  await lab.shops[0]?.kill();
  const { phases } = await load.stop();

  const [drained, control] = phases;
  assert.equal(drained?.failed, 0, JSON.stringify(drained));
  assert.ok((drained?.requests ?? 0) > 50, JSON.stringify(drained));
  assert.ok((control?.failed ?? 0) > 0, 'the harness must see what a missing drain loses');
});

test('shares are read as they were set, and setting them again changes nothing', async (t) => {
  await using lab = await startLab(t, { weight: 100 });
  if (lab === undefined) return;
  const changes = [
    { ...WEB_1, share: 25 },
    { ...WEB_2, share: 100 },
  ];

  await lab.balancer.set(changes, signal);
  await lab.balancer.up([WEB_1, WEB_2], 5_000, signal);
  const states = await lab.balancer.read([WEB_1, WEB_2], signal);
  await lab.balancer.set(changes, signal);

  assert.deepEqual(
    states.map(({ member, share, up, inFlight }) => [member, share, up, inFlight]),
    [
      ['web-1', 25, true, 0],
      ['web-2', 100, true, 0],
    ],
  );
  assert.match(states[0]?.detail ?? '', /^UP .*weight 25 of 100$/);
});

test('a share that the weight cannot express is refused before anything changes', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;

  const set = lab.balancer.set(
    [
      { ...WEB_2, share: 0 },
      { ...WEB_1, share: 50 },
    ],
    signal,
  );

  await assert.rejects(set, /cannot give web-1-blue 50 %[\s\S]*server web-1-blue \.\.\. weight 100/);
  assert.deepEqual(
    (await lab.balancer.read([WEB_1, WEB_2], signal)).map(({ share }) => share),
    [100, 100],
  );
});

test("what an operator took out is seen, keeps the operator's state when it shall be out, and can come back", async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await ask(lab.balancerProcess.socket, 'set server web/web-1-blue state maint; set server web/web-2-blue state drain');

  const states = await lab.balancer.read([WEB_1, WEB_2], signal);
  await lab.balancer.set(
    [
      { ...WEB_1, share: 0 },
      { ...WEB_2, share: 0 },
    ],
    signal,
  );
  const kept = await lab.balancer.read([WEB_1, WEB_2], signal);
  await lab.balancer.set(
    [
      { ...WEB_1, share: 100 },
      { ...WEB_2, share: 100 },
    ],
    signal,
  );
  await lab.balancer.up([WEB_1, WEB_2], 5_000, signal);

  assert.deepEqual(
    states.map(({ share, up }) => [share, up]),
    [
      [0, false],
      [0, true],
    ],
  );
  assert.match(states[0]?.detail ?? '', /^MAINT.*, maint$/);
  assert.match(states[1]?.detail ?? '', /^DRAIN.*, drain$/);
  assert.deepEqual(kept, states);
  assert.deepEqual(
    (await lab.balancer.read([WEB_1, WEB_2], signal)).map(({ share }) => share),
    [100, 100],
  );
});

test("a server is up when the balancer's own check says so, and not before", async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await ask(lab.balancerProcess.socket, 'set server web/web-1-blue state maint');
  await lab.shops[0]?.kill();
  await lab.balancer.set([{ ...WEB_1, share: 100 }], signal);

  await assert.rejects(
    lab.balancer.up([WEB_1], 400, signal),
    /not call every server up[\s\S]*web-1-blue is DOWN .*refused/,
  );
  await lab.restart(0);
  await lab.balancer.up([WEB_1, WEB_2], 5_000, signal);
});

test('without a check of its own the balancer calls every server up', async (t) => {
  await using lab = await startLab(t, { check: null });
  if (lab === undefined) return;

  await lab.balancer.up([WEB_1, WEB_2], 0, signal);

  assert.equal((await lab.balancer.read([WEB_1], signal))[0]?.up, true);
});

test('a server that the backend lacks is named with what there is, and nothing changes', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;

  const set = lab.balancer.set(
    [
      { ...WEB_1, share: 0 },
      { member: 'web-9', slot: 'green', share: 0 },
    ],
    signal,
  );

  await assert.rejects(set, {
    message: /no server web-9-green in the backend "web"[\s\S]*allowed: web-1-blue, web-2-blue/,
  });
  assert.equal((await lab.balancer.read([WEB_1], signal))[0]?.share, 100);
});

test('a backend that is not there is named with what there is', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  const balancer = balancerAt(lab.balancerProcess.socket, 'shop');

  await assert.rejects(balancer.read([WEB_1], signal), /has no backend "shop"[\s\S]*allowed: web\n/);
});

for (const level of ['operator', 'user'] as const) {
  test(`a socket of the level ${level} reads, and refuses to change with the line to write`, async (t) => {
    await using lab = await startLab(t, { level });
    if (lab === undefined) return;

    const states = await lab.balancer.read([WEB_1], signal);

    assert.equal(states[0]?.share, 100);
    await assert.rejects(
      lab.balancer.set([{ ...WEB_1, share: 0 }], signal),
      /Permission denied[\s\S]*stats socket .*admin\.sock mode 660 .*level admin/,
    );
  });
}

test('a balancer that is killed while it is waited for is an error that says so', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await lab.balancer.set([{ ...WEB_2, share: 0 }], signal);
  const slow = post(`${lab.url}/slow`, 'an order');
  await lab.busy(WEB_1);
  await lab.balancer.set([{ ...WEB_1, share: 0 }], signal);
  const drained = lab.balancer.drained([WEB_1], 5_000, signal);

  process.kill(lab.balancerProcess.pid, 'SIGKILL');

  await assert.rejects(drained, /HAProxy on lb-1 (?:cannot be asked through|broke off on) .*admin\.sock/);
  await assert.rejects(slow);
});

test('a reload in the middle of a drain is noticed, since it hides the requests of the old process', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await lab.balancer.set([{ ...WEB_2, share: 0 }], signal);
  const slow = post(`${lab.url}/slow`, 'an order');
  await lab.busy(WEB_1);
  await lab.balancer.set([{ ...WEB_1, share: 0 }], signal);

  const reloaded = lab.reload();

  await assert.rejects(lab.balancer.drained([WEB_1], 5_000, signal), /was restarted or reloaded/);
  await reloaded;
  assert.equal((await slow).status, 200);
});

test('whatever else answers on the socket is no HAProxy', async () => {
  const talks: readonly (readonly [name: string, answer: (socket: Socket) => void, says: RegExp])[] = [
    ['closes', (socket) => socket.destroy(), /cannot be asked|gave 0 of 4 replies/],
    ['greets', (socket) => socket.end('220 mail ESMTP\r\n'), /gave 0 of 4 replies[\s\S]*220 mail/],
    ['has four empty answers', (socket) => socket.end('\n\n\n\n'), /does not speak like HAProxy/],
    ['has four other answers', (socket) => socket.end('# a b\n1 2\n\nx\n\ny\n\nz\n\n'), /does not speak like HAProxy/],
  ];
  for (const [name, answer, says] of talks) {
    await using folder = temporaryFolder();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    await new Promise<void>((resolve) => server.listen(folder.at('s'), resolve));

    await assert.rejects(balancerAt(folder.at('s')).read([WEB_1], signal), says, name);

    await new Promise((resolve) => server.close(resolve));
  }
  await assert.rejects(balancerAt('/nowhere/s').read([WEB_1], signal), /cannot be asked.*ENOENT[\s\S]*stats socket/);
});

interface LabOptions extends Partial<Pick<HaproxyOptions, 'level' | 'check'>> {
  readonly members?: number;
  readonly weight?: number;
}

interface Lab extends AsyncDisposable {
  readonly url: string;
  readonly balancer: Balancer;
  readonly balancerProcess: RunningHaproxy;
  readonly shops: Shop[];
  restart(index: number): Promise<void>;
  /** Another process takes over, as after `systemctl reload`. */
  reload(): Promise<void>;
  /** Resolves once a request is on the server. */
  busy(server: ServerRef): Promise<void>;
}

async function startLab(t: TestContext, options: LabOptions = {}): Promise<Lab | undefined> {
  if (requirePart(t, 'haproxy') === undefined) return undefined;
  const { members = 2, weight = 1, ...rest } = options;
  const folder: TemporaryFolder = temporaryFolder();
  const backs = BACKS.slice(0, members);
  const port = await choosePort([FRONT, ...backs], 18_360);
  await makeShop(folder.at('shop'), 'v1');
  const start = (address: string): Promise<Shop> => startShop(folder.at('shop'), address, port);
  const shops = await Promise.all(backs.map(start));
  const servers = backs.map((address, index) => ({ name: `web-${index + 1}-blue`, address, port, weight }));
  const config = { folder: folder.at('lb'), bind: { address: FRONT, port }, backend: 'web', servers, ...rest };
  const processes = [await startHaproxy(config)] as [RunningHaproxy, ...RunningHaproxy[]];
  const [balancerProcess] = processes;
  const balancer = balancerAt(balancerProcess.socket);
  return {
    url: balancerProcess.url,
    balancer,
    balancerProcess,
    shops,
    async restart(index) {
      await shops[index]?.kill();
      shops[index] = await start(backs[index] ?? '');
    },
    async reload() {
      processes.push(await startHaproxy({ ...config, replaces: balancerProcess.pid }));
    },
    async busy(server) {
      while ((await balancer.read([server], signal))[0]?.inFlight === 0) await systemClock.sleep(5);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...shops.map((shop) => shop.kill()), ...processes.map((process) => process.stop())]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

function balancerAt(socket: string, backend = 'web'): Balancer {
  const host = { name: 'lb-1', address: FRONT, root: '/opt/slipway' };
  const routing = { by: 'server', backend } as const;
  const uri = { kind: 'haproxy', host, socket, routing, server: '{host}-{slot}' } as const;
  return openBalancer(uri, socket, { socket: systemSocket, clock: systemClock, writeFile: noFile });
}

async function post(url: string, body: string): Promise<{ status: number; echo: unknown }> {
  const response = await fetch(url, { method: 'POST', body });
  const { echo } = (await response.json()) as { echo?: unknown };
  return { status: response.status, echo };
}

function noFile(): Promise<void> {
  return assert.fail('there is no file to write');
}
