import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { digestOf } from '@slipway/kernel/digest';
import { HostError, runStep, type Said } from '@slipway/vm/remote';
import { killGroup } from '../../../support/processes.ts';
import { until } from '../../../support/until.ts';
import { SHELLS, type TestHost, testHost } from '../../../support/vm-host.ts';

const EMPTY = digestOf('');
const [ONE, TWO, THREE] = ['{"number":1}', '{"number":2}', '{"number":3,"name":"Zoë \\\\"}'] as const;

for (const shell of SHELLS) {
  test(`${shell}: lines are appended behind the one that was read, and only once`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;

    assert.deepEqual(await record(host, EMPTY, [ONE]), [['recorded', 'now']]);
    assert.deepEqual(await record(host, digestOf(ONE), [TWO, THREE], { journal: 'owed\n' }), [['recorded', 'now']]);
    assert.deepEqual(await record(host, digestOf(ONE), [TWO, THREE]), [['recorded', 'already']]);

    assert.equal(host.read('state/ledger.jsonl'), `${ONE}\n${TWO}\n${THREE}\n`);
    assert.equal(host.read('state/journal.jsonl'), 'owed\n');
    assert.deepEqual(readdirSync(host.at('state')), ['journal.jsonl', 'ledger.jsonl']);
  });

  test(`${shell}: a ledger that changed since it was read is left alone`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    await record(host, EMPTY, [ONE]);

    await rejects(record(host, EMPTY, [TWO]), /The ledger \S+ changed since it was read: its last line is sha256:/);

    assert.equal(host.read('state/ledger.jsonl'), `${ONE}\n`);
  });

  test(`${shell}: what a crash has torn is left behind, and lines that arrive torn are not taken`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    await record(host, EMPTY, [ONE]);
    await appendFile(host.at('state/ledger.jsonl'), '{"number":2,"rel');

    await rejects(step(host, digestOf(ONE), TWO, TWO.slice(0, 5)), /cannot be written/);
    await rejects(step(host, digestOf(ONE), TWO, TWO), /cannot be written/);
    await record(host, digestOf(ONE), [TWO]);

    assert.equal(host.read('state/ledger.jsonl'), `${ONE}\n${TWO}\n`);
  });

  test(`${shell}: pruning spares what a slot names and what a process lives in`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const all = ['v1-a', 'v2-b', 'v3-c', 'v4-d', 'v10-a'];
    for (const dir of all) await release(host, dir);
    await mkdir(host.at('releases/v9-f.partial'));
    await mkdir(host.at('releases/v8-e.pruned'));
    await writeFile(host.at('releases/v9-f.partial.bytes'), '');
    await mkdir(host.at('slots'));
    await symlink('../releases/v2-b', host.at('slots/blue'));
    await using lives = sleeperIn(host.at('releases/v3-c/lib'));
    await lives.started;

    const said = await record(host, EMPTY, [ONE], { prune: 'v1-a v2-b v3-c v7-gone' });

    assert.deepEqual(said.slice(1), [
      ['pruned', 'v1-a'],
      ['in-use', 'v2-b'],
      ['in-use', 'v3-c'],
    ]);
    assert.deepEqual(readdirSync(host.at('releases')), ['v10-a', 'v2-b', 'v3-c', 'v4-d']);
    assert.deepEqual(readdirSync(host.at('state/releases')), ['v10-a', 'v2-b', 'v3-c', 'v4-d']);
  });

  test(`${shell}: after a failed deployment the beginning of a transfer stays for the next run`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    await mkdir(host.at('releases/v9-f.partial'), { recursive: true });
    await writeFile(host.at('releases/v9-f.partial.bytes'), 'half');

    await record(host, EMPTY, [ONE], { failed: 'yes' });
    const kept = readdirSync(host.at('releases'));
    await record(host, digestOf(ONE), [TWO]);

    assert.deepEqual(kept, ['v9-f.partial.bytes']);
    assert.deepEqual(readdirSync(host.at('releases')), []);
  });

  test(`${shell}: the journal is cut when it has grown long`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    await mkdir(host.at('state'), { recursive: true });
    const lines = Array.from({ length: 6_000 }, (_, i) => `{"step":${i},"pad":"${'x'.repeat(200)}"}`);
    await writeFile(host.at('state/journal.jsonl'), `${lines.join('\n')}\n`);

    await record(host, EMPTY, [ONE]);

    assert.deepEqual(host.read('state/journal.jsonl').trimEnd().split('\n'), lines.slice(-400));
  });
}

async function record(
  host: TestHost,
  prev: string,
  lines: readonly string[],
  more: { readonly journal?: string; readonly failed?: string; readonly prune?: string } = {},
): Promise<Said> {
  return await step(host, prev, lines.at(-1) ?? '', `${lines.join('\n')}\n`, more);
}

async function step(
  host: TestHost,
  prev: string,
  last: string,
  input: string,
  more: { readonly journal?: string; readonly failed?: string; readonly prune?: string } = {},
): Promise<Said> {
  return await runStep(host.site, 'record', {
    vars: { prev, last, journal: '', failed: '', prune: '', ...more },
    input,
    fence: 'fenced',
    timeoutMs: 20_000,
  });
}

async function release(host: TestHost, dir: string): Promise<void> {
  await mkdir(host.at('releases', dir, 'lib'), { recursive: true });
  await mkdir(host.at('state/releases'), { recursive: true });
  await writeFile(host.at('state/releases', dir), `${digestOf(dir)}\n`);
}

function sleeperIn(cwd: string): AsyncDisposable & { readonly started: Promise<unknown> } {
  const child = spawn('sleep', ['600'], { cwd, detached: true, stdio: 'ignore' });
  return {
    started: until('the sleeper', () => child.pid !== undefined && existsSync(`/proc/${child.pid}/cwd`)),
    async [Symbol.asyncDispose]() {
      killGroup(child.pid ?? 0);
      await new Promise((resolve) => child.once('close', resolve));
    },
  };
}

async function rejects(work: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(work, (thrown) => {
    assert.ok(thrown instanceof HostError, String(thrown));
    assert.match(thrown.message, message);
    return true;
  });
}
