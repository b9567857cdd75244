import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { refOf } from '@slipway/k8s/object';
import { temporaryFolder } from '../../support/temp.ts';
import { openApi, type Place, readKubeconfig, settings } from './place.ts';

/** A SIGKILL leaves us no last word, and yet no kubectl stays behind. */
export async function leavesNothingBehind(_t: TestContext, { cluster }: Place): Promise<void> {
  await using folder = temporaryFolder('slipway-dog-');
  const script = fileURLToPath(new URL('open-and-wait.ts', import.meta.url));
  const argv = ['--conditions=@slipway/source', script, cluster.kubectl, cluster.kubeconfig, folder.path];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const during = processesWith(folder.path);

  child.kill('SIGKILL');
  await once(child, 'exit');

  const deadline = performance.now() + 5_000;
  while (processesWith(folder.path).length > 0 && performance.now() < deadline) {
    await sleep(20);
  }
  assert.ok(during.some((command) => command.includes(`proxy --unix-socket=${folder.path}`)));
  assert.deepEqual(processesWith(folder.path), []);
}

function processesWith(text: string): readonly string[] {
  return pidsWith(text).map(commandOf);
}

function pidsWith(text: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(text));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Who cannot be reached is told with the reason, and the command that shows it. */
export async function tellsUnreachable(t: TestContext, { cluster }: Place): Promise<void> {
  const { kubectl } = cluster;
  const admin = await readKubeconfig(cluster);
  const nowhere = { name: 'nowhere', cluster: { server: 'http://127.0.45.1:1' } };
  const known = admin.contexts[0]?.context ?? {};
  const rows = [
    ['no kubeconfig', undefined, /kubeconfig: no such file/],
    ['a broken one', '{{', /error loading config file/],
    [
      'nobody answers',
      { clusters: [nowhere], contexts: [{ name: 'c', context: { cluster: 'nowhere', user: 'u' } }] },
      /connection refused/,
    ],
    [
      'not let in',
      {
        ...admin,
        contexts: [{ name: 'c', context: { ...known, user: 'u' } }],
        users: [{ name: 'u', user: { token: 'x' } }],
      },
      /Unauthorized/,
    ],
  ] as const;
  for (const [name, content, words] of rows) {
    await t.test(name, async () => {
      await using folder = temporaryFolder();
      const kubeconfig = folder.at('kubeconfig');
      const text = typeof content === 'string' ? content : JSON.stringify({ ...content, 'current-context': 'c' });
      if (content !== undefined) await writeFile(kubeconfig, text, { mode: 0o600 });

      await assert.rejects(openApi({ kubectl, kubeconfig }), (thrown: Error) => {
        assert.match(thrown.message, words);
        assert.ok(thrown.message.includes(`${kubectl} --kubeconfig=${kubeconfig} version`), thrown.message);
        return true;
      });
      assert.deepEqual(processesWith(folder.path), []);
    });
  }
}

/** When the proxy is gone nothing more is tried: not for a moment, and not in vain. */
export async function knowsItsProxyGone(_t: TestContext, { cluster, namespace }: Place): Promise<void> {
  await using opened = await openApi(cluster);
  const ref = refOf(settings({ ...opened, cluster, namespace }, 'x', {}));
  const watch = opened.api.watch({ apiVersion: 'v1', kind: 'ConfigMap', namespace }, opened.signal);
  const watching = watch[Symbol.asyncIterator]();
  await watching.next();

  const next = watching.next();
  for (const pid of pidsWith(`--unix-socket=${opened.socketPath}`)) process.kill(Number(pid));

  await assert.rejects(next, /kubectl proxy ended/);
  await assert.rejects(opened.api.get(ref), /kubectl proxy ended/);
}
