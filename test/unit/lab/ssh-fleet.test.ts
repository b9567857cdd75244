import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemExec } from '@slipway/effects/exec-real';
import { takenAddress } from '../../lab/ports.ts';
import { processesBelow } from '../../lab/processes.ts';
import { type Fleet, startFleet } from '../../lab/ssh-fleet.ts';
import { requirePart } from '../../support/require.ts';
import { temporaryFolder } from '../../support/temp.ts';

const NETWORK = '127.0.37';

test('a fleet serves what is started on its hosts, and leaves nothing behind', { timeout: 20_000 }, async (t) => {
  if (requirePart(t, 'sshd') === undefined || requirePart(t, 'haproxy') === undefined) return;
  await using dir = temporaryFolder('fleet-');
  const fleet = await startFleet({ hosts: 2, folder: dir.at('lab'), network: NETWORK });
  after(() => fleet.stop());
  assert.equal((await fetch(fleet.url)).status, 503, 'nothing runs yet');

  await startShop(fleet, dir.path);
  const answer = await untilServed(fleet.url);
  assert.deepEqual([answer.status, answer.headers.get('x-version')], [200, '1.0.0']);
  assert.equal(fleet.hosts[0]?.sshd.connections(), 1);
  assert.equal(fleet.hosts[1]?.sshd.connections(), 0);

  await fleet.stop();
  assert.deepEqual(processesBelow(fleet.folder), []);
  assert.equal(await takenAddress(['127.0.37.1', '127.0.37.2', '127.0.37.254'], fleet.sshPort), undefined);
  assert.equal(await takenAddress(['127.0.37.1', '127.0.37.2', '127.0.37.254'], fleet.appPort), undefined);
});

test('a port that is asked for and taken is an error with its address', async (t) => {
  if (requirePart(t, 'sshd') === undefined || requirePart(t, 'haproxy') === undefined) return;
  await using dir = temporaryFolder('fleet-');
  const squatter = createServer().listen(0, '127.0.37.2');
  await new Promise((resolve) => squatter.once('listening', resolve));
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await assert.rejects(startFleet({ hosts: 2, folder: dir.at('lab'), network: NETWORK, appPort: port }), {
      message: new RegExp(`^127\\.0\\.37\\.2:${port} is taken`),
    });
  } finally {
    squatter.close();
  }
});

/** As a supervisor would leave it: a process of its own session that nobody waits for. */
async function startShop(fleet: Fleet, folder: string): Promise<void> {
  const release = `${fleet.hosts[0]?.root}/shop`;
  await cp(new URL('../../fixtures/node-app', import.meta.url), release, { recursive: true });
  await writeFile(`${release}/VERSION`, '1.0.0\n');
  await writeFile(`${folder}/key`, fleet.inputs['ssh-key'], { mode: 0o600 });
  await writeFile(`${folder}/known_hosts`, `${fleet.inputs['known-hosts']}\n`);
  const options = ['-F', 'none', '-i', `${folder}/key`, '-o', `UserKnownHostsFile=${folder}/known_hosts`];
  const strict = ['-o', 'StrictHostKeyChecking=yes', '-o', 'IdentitiesOnly=yes'];
  const command = `setsid sh ${release}/bin/start >/dev/null 2>&1 </dev/null &`;
  const argv = ['ssh', ...options, ...strict, '-p', String(fleet.sshPort), '127.0.37.1', command] as const;
  const { code, stderr } = await systemExec.run({ argv });
  assert.equal(code, 0, stderr);
}

async function untilServed(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url);
    if (answer.status !== 503) return answer;
    await sleep(20);
  }
}
