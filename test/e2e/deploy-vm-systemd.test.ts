import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { formatRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { makeStaticShop } from '../lab/vm/app.ts';
import { startVmFleet, type VmFleet } from '../lab/vm/fleet.ts';
import { requireVmLab } from '../lab/vm/with-lab.ts';
import { setupFor } from '../support/host-lab.ts';
import { startLoad } from '../support/load.ts';
import { createJob, type StepResult } from '../support/runner/job.ts';
import { type Inputs, publishTree } from '../support/vm-lab.ts';

const RATE = 100;
/** One host's login shell is none of the family of sh, and another's is no better. */
const TRAITS = {
  1: { linger: true },
  2: { linger: true, shell: '/usr/bin/fish' },
  3: { linger: true, shell: '/bin/csh' },
};

/** Each way to run services that wants something done on the hosts first; what it is, the action says itself. */
const WAYS = [
  { title: 'systemd with sudo', inputs: { service: 'systemd', become: 'sudo', app: 'shop' } },
  { title: 'systemd-user', inputs: { service: 'systemd-user', app: 'stall' } },
] as const;

let fleet: VmFleet | undefined;
let runs = 0;

before(async () => {
  if (process.getuid?.() !== 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'slipway-vm-'));
  fleet = await startVmFleet({ hosts: 3, folder, traits: TRAITS });
});
after(() => fleet?.stop());

for (const { title, inputs: way } of WAYS) {
  describe(title, () => {
    test('an unprepared host is refused with what to do, and the plan prints it too', async (t) => {
      const lab = required(t);
      if (lab === undefined || way.service !== 'systemd') return;

      const refused = await run(lab, 'deploy-vm', { ...way, release: await record(lab, '1.0.0') });

      assert.equal(refused.outcome, 'failure');
      assert.match(refused.log, /web-1 has no unit shop-production@\.service/);
      assert.match(refused.log, /sudo (wants a password of|does not let) deploy/);
      assert.match(refused.log, /visudo -c -f \/etc\/sudoers\.d\/shop-production/);
      for (const host of lab.hosts) {
        assert.equal(
          (await host.asRoot(['sh', '-c', 'ls /opt/slipway/shop/production/releases 2>/dev/null | wc -l'])).trim(),
          '0',
        );
      }
      for (const host of lab.hosts) await host.asRoot(['sh', '-eu'], { input: setupFor(refused.log, host.name) });
      const plan = await run(lab, 'deploy-vm', { ...way, mode: 'plan', release: await record(lab, '1.0.0') });
      assert.equal(plan.outcome, 'success', plan.log);
      assert.match(plan.log, /Once on web-1, web-2, web-3, as root, unless it is there already/);
    });

    test('a deployment and a rollback under load lose nothing', { timeout: 240_000 }, async (t) => {
      const lab = required(t);
      if (lab === undefined) return;
      const first = await run(lab, 'deploy-vm', { ...way, release: await record(lab, '1.0.0') });
      assert.equal(first.outcome, 'success', first.log);

      const load = await startLoad({ url: lab.url, rate: RATE, phase: 'deploy' });
      const second = await run(lab, 'deploy-vm', { ...way, release: await record(lab, '2.0.0') });
      await load.phase('rollback');
      const back = await run(lab, 'rollback', way);
      const result = await load.stop();

      assert.equal(second.outcome, 'success', second.log);
      assert.equal(back.outcome, 'success', back.log);
      assert.equal(result.failed, 0, JSON.stringify(result));
      assert.ok((result.versions['2.0.0'] ?? 0) > 0 && (result.versions['1.0.0'] ?? 0) > 0);
      t.diagnostic(`${title}: 0 of ${result.requests} failed`);
    });

    test('the same without a drain loses requests', { timeout: 240_000 }, async (t) => {
      const lab = required(t);
      if (lab === undefined) return;

      const load = await startLoad({ url: lab.url, rate: RATE, phase: 'deploy' });
      const release = await record(lab, '3.0.0');
      const step = await run(lab, 'deploy-vm', {
        ...way,
        release,
        balancer: '',
        'allow-downtime': 'true',
        'allow-older': 'true',
      });
      const result = await load.stop();

      assert.equal(step.outcome, 'success', step.log);
      assert.ok(result.failed > 0, JSON.stringify(result));
      await stopAll(lab, way.service);
    });
  });
}

function required(t: TestContext): VmFleet | undefined {
  return requireVmLab(t) ? fleet : undefined;
}

const records = new Map<string, Promise<ReleaseRecord>>();

async function record(lab: VmFleet, version: string): Promise<string> {
  const known = records.get(version) ?? publish(lab, version);
  records.set(version, known);
  return formatRelease(await known);
}

async function publish({ folder }: VmFleet, version: string): Promise<ReleaseRecord> {
  const tree = join(folder, 'releases', version);
  const storeFolder = join(folder, 'store');
  await mkdir(storeFolder, { recursive: true });
  await makeStaticShop(tree, version, () => {});
  return await publishTree(tree, version, { storeFolder, ref: `refs/tags/${version}`, run: 1 });
}

async function run(lab: VmFleet, action: 'deploy-vm' | 'rollback', more: Inputs): Promise<StepResult> {
  runs += 1;
  await using job = createJob({
    code: 'dist',
    github: { run_id: String(3_000 + runs), run_number: String(runs) },
    secrets: [lab.inputs['ssh-key']],
    env: {},
  });
  const inputs: Inputs = {
    ...lab.inputs,
    environment: 'production',
    health: 'http://{address}:8080/healthz',
    'version-from': 'process',
    'health-interval': '50ms',
    'health-timeout': '10s',
    'stop-timeout': '3s',
    'lock-wait': '30s',
    ...more,
  };
  const given = Object.entries(inputs).filter(([, value]) => value !== '');
  const result = await job.run({ action, with: Object.fromEntries(given) });
  for (const post of await job.post()) assert.equal(post.outcome, 'success', post.log);
  return result;
}

async function stopAll(lab: VmFleet, service: string): Promise<void> {
  for (const host of lab.hosts) {
    if (service === 'systemd') await host.asRoot(['systemctl', 'stop', 'shop-production@blue.service']);
  }
}
