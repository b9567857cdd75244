import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import type { LineSocket } from '@slipway/effects/socket';
import type { Balancer } from '@slipway/vm/balancers/balancer';
import { describeRow, serverRows, shareOf } from '@slipway/vm/balancers/haproxy-stats';
import { openBalancer } from '@slipway/vm/balancers/open';

const STAT_HEADER = '# pxname,svname,qcur,scur,status,check_desc,last_chk,';
const STATE_HEADER = '1\n# be_name srv_name srv_op_state srv_admin_state srv_uweight srv_iweight';
const SIGNAL = new AbortController().signal;
const A = { member: 'a', slot: 'blue' } as const;
const B = { member: 'b', slot: 'blue' } as const;

test('columns are found by name, and quoted cells stay whole', () => {
  const rows = serverRows(
    `${STAT_HEADER}\nweb,a,2,3,DOWN,"Layer7, wrong ""status""",HTTP 500,`,
    `${STATE_HEADER}\nweb a 0 8 50 100`,
  );

  const row = rows?.get('a');
  assert.ok(row !== undefined);
  assert.equal(row.inFlight, 5);
  assert.equal(describeRow(row), 'DOWN (Layer7, wrong "status": HTTP 500), drain, weight 50 of 100');
});

const SHARES: readonly (readonly [admin: number, weight: number, full: number, share: number])[] = [
  [0x00, 1, 1, 100],
  [0x04, 100, 100, 100],
  [0x00, 5, 100, 5],
  [0x00, 1, 256, 1],
  [0x00, 200, 100, 100],
  [0x00, 0, 100, 0],
  [0x01, 1, 1, 0],
  [0x02, 1, 1, 0],
  [0x08, 1, 1, 0],
  [0x10, 1, 1, 0],
  [0x20, 1, 1, 0],
  [0x40, 1, 1, 0],
];

for (const [admin, weight, full, share] of SHARES) {
  test(`admin state ${admin} with weight ${weight} of ${full} is a share of ${share} %`, () => {
    const rows = serverRows(`${STAT_HEADER}\nweb,a,0,0,UP,,,`, `${STATE_HEADER}\nweb a 2 ${admin} ${weight} ${full}`);

    assert.equal(shareOf(rows?.get('a') ?? assert.fail('the server is missing')), share);
  });
}

test('texts without the columns are no tables', () => {
  assert.equal(serverRows('', ''), undefined);
  assert.equal(serverRows(`${STAT_HEADER}\n`, '# be_name srv_name\n'), undefined);
  assert.equal(serverRows('hello', `${STATE_HEADER}\n`), undefined);
});

test('one error among several replies is found, and named with its command', async () => {
  const balancer = scripted([look(), '\nBackend is using a static LB algorithm.\n\n', look()]);

  await assert.rejects(
    balancer.set(
      [
        { ...A, share: 0 },
        { ...B, share: 0 },
      ],
      SIGNAL,
    ),
    /refused 1 of 2 commands; it carried out the others[\s\S]*b-blue state drain: Backend is using a static LB/,
  );
});

test('an accepted change that is not there afterwards is an error', async () => {
  const balancer = scripted([look(), '\n\n', look({ a: 8 })]);

  await assert.rejects(
    balancer.set(
      [
        { ...A, share: 0 },
        { ...B, share: 0 },
      ],
      SIGNAL,
    ),
    /1 of 2 servers are not as asked[\s\S]*b-blue: 0 % asked, but UP$/m,
  );
});

test('replies that stop in the middle are an error with their number', async () => {
  const balancer = scripted([look(), '\n']);

  await assert.rejects(
    balancer.set(
      [
        { ...A, share: 0 },
        { ...B, share: 0 },
      ],
      SIGNAL,
    ),
    /broke off on \/run\/admin\.sock: it gave 1 of 2 replies/,
  );
});

test('all changes go in one line, and what joins comes before what leaves', async () => {
  const lines: string[] = [];
  const balancer = scripted([look({ b: 8 }), '\n\n', look({ a: 8 })], lines);

  await balancer.set(
    [
      { ...A, share: 0 },
      { ...B, share: 100 },
    ],
    SIGNAL,
  );

  assert.equal(lines[1], 'set server web/b-blue state ready; set server web/a-blue state drain\n');
});

/** An answer to one look at the servers a and b, with their admin states. */
function look({ a = 0, b = 0 } = {}): string {
  const stat = `${STAT_HEADER}\nweb,a-blue,0,0,UP,,,\nweb,b-blue,0,0,UP,,,\n\n`;
  return `${stat}${STATE_HEADER}\nweb a-blue 2 ${a} 1 1\nweb b-blue 2 ${b} 1 1\n\nPid: 7\n\n# name\nweb\n\n`;
}

function scripted(answers: readonly string[], lines: string[] = []): Balancer {
  const rest = [...answers];
  const socket: LineSocket = {
    async exchange(_at, line) {
      lines.push(line);
      return rest.shift() ?? assert.fail(`nobody expected ${line}`);
    },
  };
  const host = { name: 'lb-1', address: 'lb-1', root: '/opt/slipway' };
  const routing = { by: 'server', backend: 'web' } as const;
  const uri = { kind: 'haproxy', host, socket: '/run/admin.sock', routing, server: '{host}-{slot}' } as const;
  return openBalancer(uri, '/tmp/forwarded.sock', { socket, clock: systemClock, writeFile: noFile });
}

function noFile(): Promise<void> {
  return assert.fail('there is no file to write');
}
