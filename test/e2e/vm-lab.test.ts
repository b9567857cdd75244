import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { processesBelow } from '../lab/processes.ts';
import type { VmFleet } from '../lab/vm/fleet.ts';
import { writeClientFiles } from '../lab/vm/kept-fleet.ts';
import { withVmLab } from '../lab/vm/with-lab.ts';

const TRAITS = { 2: { shell: '/usr/bin/fish' }, 3: { busybox: true } };

for (const engine of ['docker', 'namespaces'] as const) {
  test(`hosts of the VM lab are what an ordinary Debian is (${engine})`, { timeout: 600_000 }, async (t) => {
    let folder = '';
    await withVmLab(t, { hosts: 3, traits: TRAITS, engine }, async (fleet) => {
      folder = fleet.folder;
      const names = fleet.hosts.map(({ name }) => name);
      const on = (script: string) => Promise.all(fleet.hosts.map(({ name }) => login(fleet, name, script)));
      await writeClientFiles(fleet);

      assert.deepEqual(names, ['web-1', 'web-2', 'web-3']);
      assert.deepEqual(await on('hostname'), names, 'each answers by its own name');
      assert.deepEqual(await on('cat /proc/1/comm'), ['systemd', 'systemd', 'systemd']);
      assert.deepEqual(await on('id -un'), ['deploy', 'deploy', 'deploy']);
      assert.deepEqual(await on('systemctl is-system-running'), ['running', 'running', 'running']);
      assert.match(await login(fleet, 'web-2', 'echo $FISH_VERSION'), /^3\./, 'one has fish for a login shell');
      assert.equal(
        new Set(fleet.hosts.map(({ knownHosts }) => knownHosts.split(' ')[2])).size,
        3,
        'host keys are unique',
      );
      assert.equal(new Set(await on('cat /etc/machine-id')).size, 3, 'and so are machine ids');

      const shells = await on('readlink -f /bin/sh');
      assert.deepEqual(
        shells.map((path) => path.split('/').at(-1)),
        ['dash', 'dash', 'busybox'],
      );
      await assert.rejects(login(fleet, 'web-1', 'sudo -n true'), /password is required/);
      await assert.rejects(login(fleet, 'root@web-1', 'true'), /Permission denied/);
      const sshd = await fleet.hosts[0]?.asRoot(['sshd', '-T']);
      assert.match(sshd ?? '', /^maxstartups 10:30:100$/m, 'as Debian ships it');
      assert.match(sshd ?? '', /^maxsessions 10$/m);

      assert.equal((await fetch(fleet.url)).status, 503, 'HAProxy answers, and nothing runs behind it yet');
    });
    if (folder === '') return;
    assert.deepEqual(processesBelow(folder), []);
    assert.equal(existsSync(folder), false);
  });
}

/** What a login shell prints; throws what ssh said when it fails. */
async function login(fleet: VmFleet, who: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await systemExec.run({
    argv: ['ssh', '-F', `${fleet.folder}/ssh_config`, '-o', 'BatchMode=yes', who, script],
  });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}
