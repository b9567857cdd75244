import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import { systemSocket } from '@slipway/effects/socket-real';
import type { Balancer, ServerRef } from '@slipway/vm/balancers/balancer';
import { openBalancer } from '@slipway/vm/balancers/open';
import { choosePort } from '../lab/ports.ts';
import { type RunningHaproxy, startHaproxy } from '../support/haproxy.ts';
import { startLoad } from '../support/load.ts';
import { requirePart } from '../support/require.ts';
import { makeShop, type Shop, startShop } from '../support/shop.ts';
import { temporaryFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const FRONT = '127.0.37.1';
const BLUE = ['127.0.37.11', '127.0.37.12'];
const GREEN = ['127.0.37.21', '127.0.37.22'];
const MEMBERS = ['web-1', 'web-2'];
const CLIENTS = 1_000;
const signal = new AbortController().signal;

test('all users move at one moment, back and forth, and what they leave may be killed once it is drained', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  const load = await startLoad({ url: lab.url, rate: 150, phase: 'drained' });

  for (const green of [100, 0, 100, 0]) {
    await lab.shift(green);
    const left = green === 100 ? 'blue' : 'green';
    await lab.balancer.drained(side(left), 10_000, signal);
    await lab.restart(left);
  }
  await load.phase('not drained');
  await lab.shift(100);
  await lab.restart('blue');
  const { phases } = await load.stop();

  const [drained, control] = phases;
  assert.equal(drained?.failed, 0, JSON.stringify(drained));
  assert.ok((drained?.requests ?? 0) > 100, JSON.stringify(drained));
  assert.ok((control?.failed ?? 0) > 0, 'the harness must see what a missing drain loses');
});

test('a share is one of the clients: within a point, and nobody flips while it grows, from either side', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;

  for (const slot of ['green', 'blue'] as const) {
    let before = new Set<number>();
    for (const percent of [5, 25, 50, 100]) {
      await lab.shift(slot === 'green' ? percent : 100 - percent);
      const now = await lab.clientsOn(slot);
      const share = (100 * now.size) / CLIENTS;
      t.diagnostic(`${slot} ${percent} %: ${share.toFixed(1)} % of ${CLIENTS} clients`);
      // The sampling error of so many keys is 0.7 points at 5 % and 1.4 at 25 %: thrice that never happens.
      assert.ok(Math.abs(share - percent) <= 3 * Math.sqrt((percent * (100 - percent)) / CLIENTS) + 0.01);
      assert.deepEqual(
        [...before].filter((client) => !now.has(client)),
        [],
      );
      before = now;
    }
  }
});

test('what is set is read back, and a reload keeps it', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;

  await lab.shift(25);
  await lab.reload();
  const states = await lab.balancer.read([...side('blue'), ...side('green')], signal);

  assert.deepEqual(
    states.map(({ member, slot, share }) => `${member} ${slot} ${share}`),
    ['web-1 blue 75', 'web-2 blue 75', 'web-1 green 25', 'web-2 green 25'],
  );
  assert.equal(await readFile(lab.map, 'utf8'), 'green 2500\n');
});

test('a member that gets nothing from either side is drained by itself, and comes back', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  const both = [
    { member: 'web-1', slot: 'blue' },
    { member: 'web-1', slot: 'green' },
  ] as const;

  await lab.balancer.set(
    both.map((server) => ({ ...server, share: 0 })),
    signal,
  );
  const drained = await lab.balancer.read(side('blue'), signal);
  await lab.shift(0);
  const back = await lab.balancer.read(side('blue'), signal);

  assert.deepEqual(
    [drained, back].map((states) => states.map(({ share }) => share)),
    [
      [0, 100],
      [100, 100],
    ],
  );
});

test('a side is ready once the balancer calls all of it up, and users are led nowhere meanwhile', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;
  await lab.kill('green');

  await assert.rejects(
    Promise.resolve(lab.balancer.ready?.(side('green'), 500, signal)),
    /does not call every server up after 0\.5 s: web-1 is DOWN/,
  );
  assert.equal(await readFile(lab.map, 'utf8'), 'green 0\n');
  const ready = lab.balancer.ready?.(side('green'), 10_000, signal);
  await lab.restart('green');
  await ready;
  const states = await lab.balancer.read(side('green'), signal);

  assert.deepEqual(
    states.map(({ up, share }) => [up, share]),
    [
      [true, 0],
      [true, 0],
    ],
  );
});

test('a map that is not there is refused with the lines to write', async (t) => {
  await using lab = await startLab(t);
  if (lab === undefined) return;

  await assert.rejects(
    lab.at('/nowhere.map').read(side('blue'), signal),
    /has no map \/nowhere\.map[\s\S]*default_backend web$/m,
  );
});

interface Lab extends AsyncDisposable {
  readonly url: string;
  readonly map: string;
  readonly balancer: Balancer;
  at(map: string): Balancer;
  shift(green: number): Promise<void>;
  kill(slot: 'blue' | 'green'): Promise<void>;
  restart(slot: 'blue' | 'green'): Promise<void>;
  reload(): Promise<void>;
  /** Which clients, by number, are served by this side. */
  clientsOn(slot: 'blue' | 'green'): Promise<Set<number>>;
}

async function startLab(t: TestContext): Promise<Lab | undefined> {
  if (requirePart(t, 'haproxy') === undefined) return undefined;
  const folder = temporaryFolder();
  const port = await choosePort([FRONT, ...BLUE, ...GREEN], 18_370);
  const map = folder.at('slipway.map');
  await writeFile(map, 'green 0\n');
  await Promise.all([makeShop(folder.at('blue'), 'blue'), makeShop(folder.at('green'), 'green')]);
  const start = (slot: 'blue' | 'green'): Promise<Shop[]> =>
    Promise.all((slot === 'blue' ? BLUE : GREEN).map((address) => startShop(folder.at(slot), address, port)));
  const shops = { blue: await start('blue'), green: await start('green') };
  const serversAt = (addresses: readonly string[]) =>
    addresses.map((address, index) => ({ name: MEMBERS[index] ?? '', address, port }));
  const config = {
    folder: folder.at('lb'),
    bind: { address: FRONT, port },
    backend: 'web',
    slots: { map, green: serversAt(GREEN) },
    servers: serversAt(BLUE),
  };
  const processes: RunningHaproxy[] = [await startHaproxy(config)];
  const [first] = processes as [RunningHaproxy];
  const at = (file: string): Balancer => balancerAt(first.socket, file);
  const balancer = at(map);
  return {
    url: first.url,
    map,
    balancer,
    at,
    async shift(green) {
      const changes = MEMBERS.flatMap((member) => [
        { member, slot: 'blue', share: 100 - green } as const,
        { member, slot: 'green', share: green } as const,
      ]);
      await balancer.set(changes, signal);
    },
    async kill(slot) {
      await Promise.all(shops[slot].map((shop) => shop.kill()));
      const isDown = async (): Promise<boolean> => (await balancer.read(side(slot), signal)).every(({ up }) => !up);
      await until('the balancer calls them down', isDown);
    },
    async restart(slot) {
      await Promise.all(shops[slot].map((shop) => shop.kill()));
      shops[slot] = await start(slot);
      await balancer.up(side(slot), 10_000, signal);
    },
    async reload() {
      processes.push(await startHaproxy({ ...config, replaces: first.pid }));
    },
    async clientsOn(slot) {
      const found = new Set<number>();
      for (let client = 0; client < CLIENTS; client += 1) {
        const answer = await fetch(first.url, { headers: { cookie: `slipway=client-${client}` } });
        const { version } = (await answer.json()) as { version?: string };
        if (version === slot) found.add(client);
      }
      return found;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...shops.blue, ...shops.green].map((shop) => shop.kill()));
      await Promise.all(processes.map((process) => process.stop()));
      await folder[Symbol.asyncDispose]();
    },
  };
}

function side(slot: 'blue' | 'green'): readonly ServerRef[] {
  return MEMBERS.map((member) => ({ member, slot }));
}

function balancerAt(socket: string, map: string): Balancer {
  const host = { name: 'lb-1', address: FRONT, root: '/opt/slipway' };
  const routing = { by: 'slot', map, blue: 'web', green: 'web_green' } as const;
  const uri = { kind: 'haproxy', host, socket, routing, server: '{host}' } as const;
  return openBalancer(uri, socket, {
    socket: systemSocket,
    clock: systemClock,
    writeFile: (file, text) => writeFile(file, text),
  });
}
