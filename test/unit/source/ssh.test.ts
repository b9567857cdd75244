import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { orThrow, UserError } from '@slipway/kernel/errors';
import { checkOut, type Source } from '@slipway/source/checkout';
import { parseRepository } from '@slipway/source/repository';
import { createRepository } from '../../support/git-repository.ts';
import { keptLog } from '../../support/kept-log.ts';
import { requirePart } from '../../support/require.ts';
import { startSshd } from '../../support/sshd.ts';
import { temporaryFolder } from '../../support/temp.ts';

test('over ssh: with the right host key it is fetched, with none or without our key it is explained', async (t) => {
  if (requirePart(t, 'sshd') === undefined) return;
  await using dir = temporaryFolder();
  const origin = createRepository(dir.at('origin'));
  const commit = origin.commit('first', { version: '1' });
  const sshd = await startSshd({ address: '127.0.32.2', folder: dir.at('sshd') });
  t.after(() => sshd.stop());
  writeFileSync(dir.at('known_hosts'), `${sshd.knownHosts}\n`);
  writeFileSync(dir.at('key'), sshd.privateKey);
  chmodSync(dir.at('key'), 0o600);

  function fetch(folder: string, options: { key: string; knownHosts: string }): Promise<Source> {
    const ssh = `ssh -F /dev/null -i ${options.key} -o IdentitiesOnly=yes -o UserKnownHostsFile=${options.knownHosts}`;
    const address = `ssh://${sshd.user}@${sshd.address}:${sshd.port}${origin.path}`;
    return checkOut(
      { repository: orThrow(parseRepository(address, 'https://github.com')), ref: 'main', folder: dir.at(folder) },
      { exec: systemExec, log: keptLog(), env: { PATH: process.env.PATH, HOME: '/nonexistent', GIT_SSH_COMMAND: ssh } },
    );
  }

  const source = await fetch('good', { key: dir.at('key'), knownHosts: dir.at('known_hosts') });

  assert.equal(source.commit, commit);
  await assert.rejects(
    fetch('no-host-key', { key: dir.at('key'), knownHosts: '/dev/null' }),
    (thrown) => thrown instanceof UserError && /host key of the git server is not known/.test(thrown.message),
  );
  await assert.rejects(
    fetch('no-key', { key: '/dev/null', knownHosts: dir.at('known_hosts') }),
    (thrown) => thrown instanceof UserError && /accepts none of the ssh keys/.test(thrown.message),
  );
});
