import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ReleaseRecord } from '@slipway/kernel/release';
import type { Fleet } from '../../lab/ssh-fleet.ts';
import { startLoad } from '../../support/load.ts';
import { type Inputs, type LabFleet, underLoad, type VmLab } from '../../support/vm-lab.ts';

/** A kind of service on a fleet that is ready for it, with the shop as its releases. */
export interface Candidate<F extends LabFleet = Fleet> {
  readonly lab: VmLab<F>;
  /** What its deployments say beside what all of the lab do. */
  readonly inputs: Inputs;
  /** The record of a version, published when it is asked for first; a broken one runs, but is never healthy. */
  readonly release: (version: string, broken?: boolean) => Promise<ReleaseRecord>;
}

/** What each kind of service that stops what runs before it starts the next has to do, on real parts, under load. */
export function conform(candidateOf: (t: TestContext) => Promise<Candidate<LabFleet> | undefined>): void {
  test('deploys and rolls back without a lost request, and does nothing twice', async (t) => {
    const candidate = await candidateOf(t);
    if (candidate === undefined) return;
    const { lab, inputs, release } = candidate;
    const first = await lab.deploy(await release('v1'), inputs);
    assert.equal(first.outputs.outcome, 'deployed', first.log);

    const { load } = await underLoad(lab, async () => {
      const second = await lab.deploy(await release('v2'), inputs);
      assert.equal(second.outputs.outcome, 'deployed', second.log);
      const back = await lab.rollBack(inputs);
      assert.equal(back.outputs.outcome, 'rolled-back', back.log);
    });

    assert.equal(await lab.served(), 'v1');
    assert.ok((load.versions.v1 ?? 0) > 0 && (load.versions.v2 ?? 0) > 0, JSON.stringify(load));
    const again = await lab.deploy(await release('v1'), inputs);
    assert.equal(again.outputs.outcome, 'unchanged', again.log);
  });

  test('what never becomes healthy is shown with its last lines, and goes back without a lost request', async (t) => {
    const candidate = await candidateOf(t);
    if (candidate === undefined) return;
    const { lab, inputs, release } = candidate;
    await lab.deploy(await release('v1'), inputs);
    const broken = await release('v3', true);

    const { result } = await underLoad(lab, () => lab.deploy(broken, inputs));

    assert.equal(result.outcome, 'failure', result.log);
    assert.match(result.log, /listens on/, 'the last lines of the service');
    assert.equal(await lab.served(), 'v1');
  });

  test('control: without the drain the same deployment loses requests', async (t) => {
    const candidate = await candidateOf(t);
    if (candidate === undefined) return;
    const { lab, inputs, release } = candidate;
    await lab.deploy(await release('v1'), inputs);
    const load = await startLoad({ url: lab.fleet.url, rate: 100, phase: 'control' });

    const step = await lab.deploy(await release('v4'), { ...inputs, balancer: '', 'allow-downtime': 'true' });
    const { failed } = await load.stop();

    assert.equal(step.outputs.outcome, 'deployed', step.log);
    assert.ok(failed > 0, 'the harness must see what a missing drain loses');
  });
}
