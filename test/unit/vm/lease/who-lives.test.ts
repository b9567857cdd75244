import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { script } from '@slipway/vm/steps/scripts';
import { localShell } from '../../../support/local-session.ts';
import { requirePart } from '../../../support/require.ts';
import { temporaryFolder } from '../../../support/temp.ts';

/** Sentences about processes, in sh; each prints yes or no. `$me` and `$my_start` are the shell itself. */
const CASES = [
  {
    what: 'a connection with a start time is known by it',
    sh: 'connected $PPID "$parent_start" $me "$my_start"',
    is: 'yes',
  },
  { what: 'another process with its pid is not it', sh: 'connected $PPID 1 $me "$my_start"', is: 'no' },
  { what: 'without a start time, the parent is it', sh: 'connected $PPID - $me "$my_start"', is: 'yes' },
  { what: 'without a start time, nobody but the parent is it', sh: 'connected $me - $me "$my_start"', is: 'no' },
  { what: 'without a start time, it is unknown once its holder is gone', sh: 'connected $PPID - $me 1', is: 'no' },
  { what: 'a step lives while its process does', sh: 'sleep 9 & look $!; step_lives $! "$p_since"', is: 'yes' },
  { what: 'a step whose pid is somebody else is gone', sh: 'step_lives $me 1', is: 'no' },
  { what: 'a step is gone with its process group', sh: '(exit) & wait $!; step_lives $! 1', is: 'no' },
  {
    what: 'a step lives while anything of its process group does',
    sh: 'g=$(setsid sh -c "sleep 9 >&- & echo \\$\\$"); step_lives "$g" 1; r=$?; signal_group KILL "$g"; (exit $r)',
    is: 'yes',
  },
  {
    what: 'a group of which only a zombie is left is gone',
    sh: 'leave_zombie; until look "$zombie" && [ "$p_state" = Z ]; do nap; done; step_lives "$zombie" "$p_since"',
    is: 'no',
  },
  {
    what: 'a process name with brackets and blanks is no riddle',
    sh: 'look $me && [ "$p_parent" = $PPID ]',
    is: 'yes',
  },
];

const ODD_PROCESSES = `
odd_name() {
  printf '#!/bin/sh\\nsleep 9\\n' >"$folder/a) Z (b"
  chmod 755 "$folder/a) Z (b"
  exec "$folder/a) Z (b"
}
# Its parent never looks after it.
leave_zombie() {
  sh -c 'setsid sh -c exit & echo $! >"$0"; exec sleep 9' "$folder/zombie" &
  until [ -s "$folder/zombie" ]; do nap; done
  read -r zombie <"$folder/zombie"
}`;

for (const name of ['dash', 'bash', 'busybox'] as const) {
  for (const { what, sh, is } of CASES) {
    test(`${name}: ${what}`, async (t) => {
      if (requirePart(t, name) === undefined) return;
      await using folder = temporaryFolder();
      const shell = await localShell(name, folder.path);
      const text = [
        script('process'),
        script('lease'),
        ODD_PROCESSES,
        'me=$$; look $PPID; parent_start=$p_since; look $me; my_start=$p_since; exec 3>&1 >/dev/null',
        `if ${sh}; then echo yes >&3; else echo no >&3; fi; kill -KILL -$$`,
      ].join('\n');

      const { stdout, stderr } = await systemExec.run({
        argv: ['sh', '-c', text],
        env: { PATH: shell?.path, folder: folder.path },
        timeoutMs: 10_000,
      });

      assert.equal(stdout, `${is}\n`, stderr);
    });
  }
}
