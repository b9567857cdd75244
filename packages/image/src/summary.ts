import type { ReleaseRecord } from '@slipway/kernel/release';
import { isIndex, type Manifest, partsOf } from './manifest.ts';
import { formatReference } from './reference.ts';
import type { Destination } from './wish.ts';

/** What the job summary tells of an image. */
export interface ImageStory {
  readonly record: ReleaseRecord;
  readonly destination: Destination;
  readonly manifest: Manifest;
  /** With its version. */
  readonly builder: string;
}

export function renderSummary({ record, destination, manifest, builder }: ImageStory): string {
  const { registry, path, tags } = destination;
  const rows = [
    ['image', `\`${formatReference({ registry, path })}\``],
    ['tags', tags.map((tag) => `\`${tag}\``).join(', ')],
    ['digest', `\`${record.digest}\``],
    ['content', contentOf(manifest)],
    ['commit', `\`${record.commit}\``],
    ['builder', builder],
  ];
  const title = `## Pushed: ${record.name} ${record.version}`;
  return [title, '', '| | |', '| --- | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`), ''].join('\n');
}

/** What a pull transfers, in people's units. */
export function contentOf(manifest: Manifest): string {
  const parts = partsOf(manifest);
  if (isIndex(manifest)) return `an index of ${parts.length} ${parts.length === 1 ? 'image' : 'images'}`;
  const megabytes = parts.reduce((sum, { size }) => sum + size, 0) / 1_000_000;
  const layers = Math.max(0, parts.length - 1);
  return `${layers} ${layers === 1 ? 'layer' : 'layers'}, ${megabytes.toFixed(1)} MB to pull`;
}
