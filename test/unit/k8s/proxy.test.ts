import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock } from '@slipway/effects/clock';
import { systemExec } from '@slipway/effects/exec-real';
import { systemHttp } from '@slipway/effects/http-real';
import { openProxy } from '@slipway/k8s/proxy';
import { temporaryFolder } from '../../support/temp.ts';

/** A program in the place of kubectl, whose API answers with these statuses in turn, the last one for ever. */
async function withKubectl(statuses: readonly number[], use: (open: ReturnType<typeof opener>) => Promise<void>) {
  await using folder = temporaryFolder('slipway-kubectl-');
  const kubectl = folder.at('kubectl');
  const code = `#!${process.execPath}
const statuses = ${JSON.stringify(statuses)};
const socket = process.argv.find((word) => word.startsWith('--unix-socket=')).split('=')[1];
require('node:http').createServer((request, response) => {
  response.writeHead(statuses.length > 1 ? statuses.shift() : statuses[0]).end('{"message":"not now"}');
}).listen(socket);
`;
  await writeFile(kubectl, code);
  await chmod(kubectl, 0o700);
  await use(opener(kubectl, folder.path));
}

function opener(kubectl: string, privateFolder: string) {
  const ports = { exec: systemExec, http: systemHttp, clock: systemClock, privateFolder };
  return () => openProxy({ kubectl, kubeconfig: undefined, context: undefined }, ports);
}

test('a cluster whose first answers are no use is asked again', async () => {
  await withKubectl([429, 500, 502, 200], async (open) => {
    const proxy = await open();

    assert.equal(proxy.lost.aborted, false);
    await proxy.close();
    assert.equal(proxy.lost.aborted, true);
  });
});

test('a cluster that refuses us is told at once', async () => {
  await withKubectl([401], async (open) => {
    await assert.rejects(open(), /The cluster of the current context cannot be reached: not now/);
  });
});

test('a cluster that never answers well is told in the end', async () => {
  await withKubectl([502], async (open) => {
    await assert.rejects(open(), /The cluster of the current context cannot be reached: not now/);
  });
});
