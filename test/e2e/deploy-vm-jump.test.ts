import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type JumpNet, makeJumpNet } from '../support/jump-net.ts';
import { requirePart, requireRoot } from '../support/require.ts';
import { makeKey, type RunningSshd } from '../support/sshd.ts';
import { sharedLab, underLoad } from '../support/vm-lab.ts';

const NETWORK = '10.213.4';
const labOf = sharedLab({ hosts: 2, network: NETWORK, config: [`AllowUsers *@${NETWORK}.200`] });
let net: JumpNet | undefined;
// After the lab has gone, whose addresses it has.
after(() => net?.remove());

test('hosts and a balancer behind two jump hosts: a deployment and a rollback go all the way, one connection a hop', async (t) => {
  if (!requireRoot(t) || requirePart(t, 'ip') === undefined) return;
  net = await makeJumpNet([1, 2, 254]);
  const lab = await labOf(t);
  if (lab === undefined) return;
  const { fleet } = lab;
  const jumps = await net.startJumps(fleet.folder, await makeKey(join(fleet.folder, 'client_key')));
  const known = [lab.inputs['known-hosts'], ...jumps.map(({ knownHosts }) => knownHosts)].join('\n');
  const inputs = {
    jump: jumps.map(({ user, address, port }) => `${user}@${address}:${port}`).join(', '),
    'known-hosts': known,
  };
  const sshds = [...fleet.hosts, fleet.balancer].map(({ sshd }) => sshd);

  const first = await lab.deploy('v1', inputs);
  const { result } = await underLoad(lab, async () => ({
    deployed: await lab.deploy('v2', inputs),
    rolledBack: await lab.rollBack(inputs),
  }));
  const used = [...jumps, ...sshds].map((server) => server.connections());
  const direct = await lab.deploy('v2', { 'known-hosts': known });
  const half = await lab.deploy('v2', { ...inputs, jump: inputs.jump.split(', ')[1] ?? '', 'connect-timeout': '2s' });

  assert.equal(first.outputs.outcome, 'deployed', first.log);
  assert.equal(result.deployed.outputs.outcome, 'deployed', result.deployed.log);
  assert.equal(result.rolledBack.outputs.outcome, 'rolled-back', result.rolledBack.log);
  assert.equal(await lab.served(), 'v1');
  // Three runs of three hosts: each hop of each way is one connection.
  assert.deepEqual(used, [9, 9, 3, 3, 3]);
  for (const server of sshds) assert.equal(comingFrom(server, net.source), 3, 'logged in by the second jump host only');
  assert.match(direct.log, /web-1 \(.*\) refused the log-in/, 'the hosts let nobody in who comes straight');
  assert.match(half.log, /web-1 \(.*\) was not reached/, 'the second jump host is seen by the first one only');
});

/** Log-ins from an address; fails when there is one from elsewhere. */
function comingFrom(server: RunningSshd, address: string): number {
  const all = [...server.log().matchAll(/^Accepted publickey for \S+ from (\S+) /gm)].map(([, from]) => from);
  assert.deepEqual([...new Set(all)], [address]);
  return all.length;
}
