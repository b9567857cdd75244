import type { KubeObject } from '@slipway/k8s/object';
import { canonicalJson, isObject, isString } from '@slipway/kernel/json';
import { lastDigest, nextNumber, parseLedger } from '@slipway/rollout/ledger';
import { anEntry } from './entries.ts';
import type { MemoryCluster } from './memory-cluster.ts';

const RECORDS = 'slipway-shop-production';
/** Of the ledger in the records: what goes beyond makes its oldest lines move. */
const MOST_BYTES = 192 * 1024;

/** Fills the ledger with failed deployments, until not one more fits into the records. */
export function fillLedger(cluster: MemoryCluster): void {
  const records = cluster.one('ConfigMap', RECORDS);
  if (records === undefined) throw new Error('nothing was deployed yet');
  let text = linesIn(records);
  let prev = lastDigest(text);
  for (let number = nextNumber(parseLedger(text).entries); ; number += 1) {
    const entry = anEntry(`v${number}`, { outcome: 'failed' });
    const line = `${canonicalJson({ ...entry, prev })}\n`;
    if (Buffer.byteLength(text + line) > MOST_BYTES) break;
    text += line;
    prev = lastDigest(line);
  }
  cluster.put({ ...records, data: { ...(records.data as object), 'ledger.jsonl': text } });
}

/** The text of the ledger from its first line on, wherever its lines are. */
export function wholeLedger(cluster: MemoryCluster): string {
  const archives = archivesOf(cluster);
  const records = cluster.one('ConfigMap', RECORDS);
  const { length } = (JSON.parse(textOf(records, 'archives.json') || '{"archives":[]}') as { archives: [] }).archives;
  // One more than is listed is the copy of somebody who died.
  return [...archives.slice(0, length), records].map(linesIn).join('');
}

/** Of the records, the oldest first. */
export function archivesOf(cluster: MemoryCluster): readonly KubeObject[] {
  return cluster
    .all('ConfigMap')
    .filter(({ metadata }) => metadata.name.startsWith(`${RECORDS}.ledger-`))
    .toSorted((a, b) => numberOf(a) - numberOf(b));
}

function numberOf({ metadata }: KubeObject): number {
  return Number(metadata.name.split('-').at(-1));
}

function linesIn(object: KubeObject | undefined): string {
  return textOf(object, 'ledger.jsonl');
}

function textOf(object: KubeObject | undefined, key: string): string {
  const data = object?.data;
  return isObject(data) && isString(data[key]) ? data[key] : '';
}
