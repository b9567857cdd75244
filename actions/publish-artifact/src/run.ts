import { dirname } from 'node:path';
import { type Artifact, findArtifact, makeTransferable } from '@slipway/archive/artifact';
import type { Clock } from '@slipway/effects/clock';
import { explainDisk } from '@slipway/effects/disk-errors';
import type { Exec } from '@slipway/effects/exec';
import { makePrivateFolder, removeTree, writeWhole } from '@slipway/effects/files';
import { formatRelease, type ReleaseRecord } from '@slipway/kernel/release';
import { writeOutputs } from '@slipway/kit/outputs';
import type { Runtime } from '@slipway/kit/run-action';
import { writeSummary } from '@slipway/kit/summary';
import { describeWorkTree, type WorkTree } from '@slipway/source/work-tree';
import { openStore } from '@slipway/store/open';
import type { Published, ReleaseDraft } from '@slipway/store/store';
import { action, type Inputs } from './inputs.ts';
import { draftOf, identify } from './record.ts';
import { humanSize, renderSummary } from './summary.ts';

export interface Ports extends Runtime {
  readonly exec: Exec;
  readonly clock: Clock;
}

export async function run(inputs: Inputs, ports: Ports): Promise<void> {
  const { context, env, log } = ports;
  const store = openStore(inputs.store, ports);
  const artifact = await findArtifact(inputs.path, context.workspace);
  const identity = identify(inputs, await originOf(artifact, inputs, ports), context);
  const bundleName = `${identity.name}-${identity.version}`;

  const published = await withScratch(context.temp, async (scratch) => {
    const bytes = await log.group(`Measure ${artifact.path}`, () =>
      makeTransferable(artifact, { scratch, bundleName, signal: ports.signal }),
    );
    log.info(`${identity.name} ${identity.version}: ${humanSize(bytes.size)}, ${bytes.digest}`);
    const draft = draftOf(identity, bytes);
    const done = await log.group(`Publish to ${store.uri}`, () => store.put(draft, bytes.file));
    warnOfOlder(done, draft, ports);
    return done;
  });

  const { record, outcome } = published;
  const recordPath = await writeBeside(artifact, record);
  writeOutputs(action.outputs, { release: formatRelease(record), digest: record.digest, version: record.version });
  await writeSummary(renderSummary(published, recordPath), env);
  const how = outcome === 'published' ? 'is published' : `was already published, by ${record.run.url}`;
  log.info(`${record.name} ${record.version} ${how}. Its record is also in ${recordPath}`);
}

/** The repository around the artifact knows best what it was made of; an artifact may also lie outside of the checkout. */
async function originOf(artifact: Artifact, inputs: Inputs, ports: Ports): Promise<WorkTree | undefined> {
  const folder = artifact.kind === 'folder' ? artifact.path : dirname(artifact.path);
  return (
    (await describeWorkTree(folder, inputs.commit, ports)) ??
    (await describeWorkTree(ports.context.workspace, inputs.commit, ports))
  );
}

async function withScratch<T>(temp: string, work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await makePrivateFolder(temp, 'slipway-publish-');
  try {
    return await work(scratch);
  } finally {
    await removeTree(scratch);
  }
}

/** The same bytes are the same release, but its rights stay those of the first time. */
function warnOfOlder({ record }: Published, draft: ReleaseDraft, { log }: Ports): void {
  if (record.fileMode === draft.fileMode) return;
  log.warning(`The file has mode ${draft.fileMode}, but it was published with ${record.fileMode}, and that stays.`);
}

async function writeBeside({ path }: Artifact, record: ReleaseRecord): Promise<string> {
  const recordPath = `${path}.release.json`;
  await writeWhole(recordPath, `${formatRelease(record)}\n`).catch((cause: unknown) => {
    throw explainDisk(cause, `It is published, but its record cannot be written to ${recordPath}.`, dirname(path));
  });
  return recordPath;
}
