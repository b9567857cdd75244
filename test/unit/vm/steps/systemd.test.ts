import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { script } from '@slipway/vm/steps/scripts';
import { localShell } from '../../../support/local-session.ts';
import { requirePart } from '../../../support/require.ts';
import { temporaryFolder } from '../../../support/temp.ts';
import { SHELLS } from '../../../support/vm-host.ts';

/** As sudo 1.9 prints it for `sudo -l -l`, and newer ones with the file behind "entry". */
const LIST = `Matching Defaults entries for deploy on web-1:
    env_reset

User deploy may run the following commands on web-1:

Sudoers entry:
    RunAsUsers: ALL
    Commands:
\tALL

Sudoers entry: /etc/sudoers.d/shop
    RunAsUsers: root
    Options: !authenticate
    Commands:
\t/usr/bin/systemctl start --no-block shop@blue.service
\t/usr/bin/systemctl kill -s KILL shop@blue.service
`;

for (const shell of SHELLS) {
  test(`${shell} tells the commands that sudo asks a password for`, async (t) => {
    if (requirePart(t, shell) === undefined) return;
    await using folder = temporaryFolder();
    const found = await localShell(shell, folder.path);
    const [bin = ''] = (found?.path ?? '').split(':');
    const fixed = "unit='shop' scope='system' become='sudo' slots_known='blue green'";
    const text = `say() { printf '%s\\n' "$*"; }\n${fixed}\n${script('service-systemd')}\nsudo_commands`;

    const { code, stdout, stderr } = await systemExec.run({
      argv: [`${bin}/sh`, '-c', text],
      env: { PATH: found?.path ?? '' },
      input: LIST,
    });

    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'asks ALL',
      'free /usr/bin/systemctl start --no-block shop@blue.service',
      'free /usr/bin/systemctl kill -s KILL shop@blue.service',
    ]);
  });
}
