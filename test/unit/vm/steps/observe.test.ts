import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Argv, Finished } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import { digestOf } from '@slipway/kernel/digest';
import { JOURNAL_SCHEMA } from '@slipway/rollout/entry';
import { formatJournalLine } from '@slipway/rollout/journal';
import { type HostView, holdsWhole, installed, parseHostView, running, unfit } from '@slipway/vm/host-view';
import { requireWhole, runStep } from '@slipway/vm/remote';
import type { RemoteStep } from '@slipway/vm/ssh/session';
import { scriptText } from '../../../support/local-session.ts';
import { SHELLS, type TestHost, testHost, testService } from '../../../support/vm-host.ts';

const V1 = { version: 'v1', digest: digestOf('v1') };
const DIR = `v1-${V1.digest.slice(7, 19)}`;

for (const shell of SHELLS) {
  test(`${shell}: a host that never had anything is fit, empty, and stays empty`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;

    const view = await observe(host);

    assert.deepEqual([...view.releases], []);
    assert.deepEqual([...view.slots], []);
    assert.deepEqual([...view.services], []);
    assert.deepEqual([view.ledger, view.journal], ['', []]);
    assert.deepEqual(unfit('web-1', host.base, view), []);
    assert.equal(existsSync(host.base), false);
  });

  test(`${shell}: tells whole releases from halves, and only whole lines`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    for (const dir of [DIR, `${DIR}.partial`, 'v2-000000000000']) {
      await mkdir(host.at('releases', dir), { recursive: true });
    }
    await mkdir(host.at('state/releases'), { recursive: true });
    await mkdir(host.at('slots'));
    await writeFile(host.at('state/releases', DIR), `${V1.digest}\n`);
    await writeFile(host.at('releases/v3-333333333333.partial.bytes'), 'begun');
    await symlink(`../releases/${DIR}`, host.at('slots/blue'));
    const line = { run: '7', attempt: 1, step: 3, kind: 'start', member: 'web-1', slot: 'blue' } as const;
    const open = { ...line, before: 'none', after: DIR, digest: V1.digest, state: 'intent' } as const;
    await writeFile(host.at('state/journal.jsonl'), `${formatJournalLine(open)}{"torn`);
    const ledger = Array.from({ length: 9 }, (_, i) => `{"number":${i}}\n`);
    await writeFile(host.at('state/ledger.jsonl'), `${ledger.join('')}{"number":9,"to`);

    const view = await observe(host);

    assert.deepEqual([...view.releases], [[DIR, V1]]);
    assert.deepEqual([...view.begun], [['v3-333333333333', 5]]);
    assert.deepEqual(installed(view, 'blue'), V1);
    assert.equal(running(view, 'blue'), undefined);
    assert.equal(holdsWhole(view, V1), true);
    assert.equal(holdsWhole(view, { ...V1, digest: digestOf('other') }), false);
    assert.equal(view.ledger, ledger.slice(-4).join(''));
    assert.deepEqual(view.journal, [{ schema: JOURNAL_SCHEMA, ...open }]);
  });

  test(`${shell}: names the program that is missing, and how to get it`, async (t) => {
    await using host = await testHost(t, shell);
    if (host === undefined) return;
    const run = (step: RemoteStep): Promise<Finished> =>
      host.session.run({ ...step, script: `${HIDE}\n${step.script}` });

    const view = await observe({ ...host, site: { ...host.site, session: { ...host.session, run } } });

    assert.deepEqual(view.missing, ['setsid']);
    const [problem] = unfit('web-1', host.base, view);
    assert.match(problem?.what ?? '', /web-1 has no program "setsid"/);
    assert.match(problem?.fix ?? '', /apt-get install util-linux/);
  });
}

test('a folder of somebody else is told with the command that makes one', async (t) => {
  await using host = await testHost(t, 'dash');
  if (host === undefined) return;
  const stranger = process.getuid?.() === 0 ? (['setpriv', '--reuid=65534', '--clear-groups'] as const) : [];
  const argv = (step: RemoteStep): Argv => ['env', ...stranger, 'sh', '-c', scriptText(step)];
  const session = { ...host.session, run: (step: RemoteStep) => systemExec.run({ argv: argv(step) }) };
  const base = '/usr/slipway/shop/test';

  const view = await observe({ ...host, site: { session, base } });

  assert.equal(view.unwritable, '/usr');
  assert.deepEqual(unfit('web-1', base, { ...view, user: 'deploy' }), [
    {
      what: 'On web-1 the user deploy may not write in /usr.',
      fix: 'on web-1: sudo install -d -o deploy /usr/slipway/shop/test; or another `root` that deploy owns',
    },
  ]);
});

test('an answer that was cut is not taken for the truth', async (t) => {
  await using host = await testHost(t, 'dash');
  if (host === undefined) return;

  assert.throws(() => requireWhole([['user', 'x']], host.site), /web-1 did not tell all about itself/);
});

/** A PATH without setsid: `command -v` looks for functions and programs alike. */
const HIDE = 'command() { case $2 in setsid) return 1 ;; *) [ -n "$(which "$2")" ] ;; esac; }';

async function observe(host: TestHost): Promise<HostView> {
  const said = await runStep(host.site, 'observe', {
    functions: testService().functions,
    vars: { slot_names: 'blue', ledger_lines: '4', journal_lines: '10' },
    fence: 'free',
    timeoutMs: 20_000,
  });
  return parseHostView(requireWhole(said, host.site));
}
