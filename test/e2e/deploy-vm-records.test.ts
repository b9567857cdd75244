import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { textsBelow } from '../support/host-files.ts';
import { processesOf, runnerFolders } from '../support/lab-processes.ts';
import type { StepResult } from '../support/runner/job.ts';
import { journalOf, ledgerOf, stateFile } from '../support/vm-host-state.ts';
import { sharedLab, untilIntended, type VmLab } from '../support/vm-lab.ts';

const labOf = sharedLab({ hosts: 2, network: '127.0.40', sshPort: 22_140, appPort: 8_140 });

/** What a person with a shell and nothing of ours would do: each line names the digest of the line before it. */
const VERIFY = `
before=
while IFS= read -r line; do
  case $line in *'"prev":"sha256:'"$(printf %s "$before" | sha256sum | cut -c 1-64)"'"'*) ;; *) echo "broken at: $line"; exit 1 ;; esac
  before=$line
done
echo good`;

test('every host keeps the whole story, readable with cat and verifiable with sha256sum', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await story(lab);

  for (const host of [...lab.fleet.hosts, lab.fleet.balancer]) {
    const text = readFileSync(stateFile(host, 'ledger.jsonl'), 'utf8');
    assert.deepEqual(
      ledgerOf(host).map(({ number, kind, outcome, release }) => `${number} ${kind} ${release.version} ${outcome}`),
      ['1 deploy v1 deployed', '2 deploy v2 deployed', '3 deploy v3 rolled-back', '4 rollback v1 rolled-back'],
    );
    assert.equal(verify(text), 'good\n');
    assert.match(text, /^(\{"[\x20-\x7e]+\}\n){4}$/, 'one line of plain JSON for each deployment');
    assert.throws(() => verify(text.replace('"v2"', '"v4"')), /broken at: /);
  }
});

test('whatever changed a host is in its journal, first as an intent and then with its end', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await story(lab);

  for (const host of lab.fleet.hosts) {
    const lines = journalOf(host);
    const last = Math.max(...lines.map(({ run }) => Number(run)));
    const own = lines
      .filter(({ run }) => run === String(last))
      .map(({ step, kind, after, state }) => ({ step, kind, after, state }));
    const kinds = own.map(({ kind, after, state }) => `${kind} ${after.replace(/-\w{12}$/, '')} ${state}`);
    assert.deepEqual(kinds, [
      'shift blue=0 intent',
      'shift blue=0 done',
      'start v1 intent',
      'start v1 done',
      'shift blue=100 intent',
      'shift blue=100 done',
    ]);
  }
});

test('no secret of the inputs is in any file of a host, in what we print, or in what runs there', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  const steps = await story(lab);
  const secrets = secretsOf(lab);

  const places = [
    ...textsBelow(lab.roots),
    ...steps.flatMap(({ name, log, outputs, state, summary, env, annotations }, index) => [
      [`log of ${name} ${index}`, log] as const,
      [`what ${name} ${index} hands on`, JSON.stringify({ outputs, state, env, summary, annotations })] as const,
    ]),
    ...processesOf(lab.fleet),
  ];
  assert.ok(places.length > 50, 'there is something to look at');
  const found = places.filter(([, text]) => secrets.some((secret) => text.includes(secret))).map(([place]) => place);
  assert.deepEqual(found, []);
});

test('while it runs, the key is in no argument, no environment of a child, and no file on the runner', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await story(lab);
  const secrets = secretsOf(lab);
  const run = lab.start('deploy-vm', { release: JSON.stringify(await lab.release('v2')) });
  const isOwn = ([place]: readonly [string, string]): boolean => place === `${run.pid} environ`;
  await using job = run.job;
  await untilIntended(lab, run, 'start');

  const [given, processes] = [
    processesOf(lab.fleet).filter(isOwn),
    processesOf(lab.fleet).filter((text) => !isOwn(text)),
  ];
  const files = textsBelow(runnerFolders(lab.fleet));
  const found = [...processes, ...files].filter(([, text]) => secrets.some((secret) => text.includes(secret)));

  assert.ok(
    given.some(([, text]) => text.includes(secrets[0] ?? '')),
    'the runner gives it to the action alone',
  );
  assert.ok(
    files.some(([path]) => path.endsWith('/known_hosts')),
    'the private folder is among them',
  );
  assert.deepEqual(
    found.map(([place]) => place),
    [],
  );
  assert.equal((await run.step).outputs.outcome, 'deployed');
  await job.post();
});

test('folders of releases are as they were published, and nothing but the owner writes there', async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return;
  await story(lab);

  for (const { root } of lab.fleet.hosts) {
    const releases = `${root}/shop/production/releases`;
    for (const name of readdirSync(releases)) {
      assert.match(name, /^v\d-[0-9a-f]{12}$/, 'nothing half is left');
      assert.equal(statSync(`${releases}/${name}/bin/start`).mode & 0o777, 0o755);
      assert.equal(statSync(`${releases}/${name}/main.mjs`).mode & 0o777, 0o644);
    }
    assert.equal(existsSync(`${root}/shop/production/state/steps`), true);
    assert.deepEqual(readdirSync(`${root}/shop/production/state/steps`), [], 'no step is registered any more');
  }
});

function verify(ledger: string): string {
  const { stdout, status } = spawnSync('sh', ['-c', VERIFY], { input: ledger, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
  return stdout;
}

let told: Promise<readonly StepResult[]> | undefined;

/** Two good deployments, a bad one that comes back, a rollback: once for all tests, whichever comes first. */
function story(lab: VmLab): Promise<readonly StepResult[]> {
  told ??= tell(lab);
  return told;
}

async function tell(lab: VmLab): Promise<readonly StepResult[]> {
  const broken = await lab.release('v3', { flaw: 'unhealthy' });
  return [
    await lab.deploy('v1'),
    await lab.deploy('v2'),
    await lab.deploy(broken, { 'health-timeout': '500ms' }),
    await lab.rollBack(),
    await lab.deploy('v2', { hosts: 'not a host', 'ssh-key': lab.fleet.inputs['ssh-key'] }),
  ];
}

/** Lines of the key that no other key has; its armour and its first line are the same in all. */
function secretsOf(lab: VmLab): readonly string[] {
  const lines = lab.fleet.inputs['ssh-key']
    .split('\n')
    .filter((line) => line.length >= 20 && !line.startsWith('-----'));
  return lines.slice(1);
}
