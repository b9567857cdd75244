import type { Published } from '@slipway/store/store';

/** Markdown for the job summary. */
export function renderSummary({ outcome, record }: Published, recordPath: string): string {
  const rows = [
    ['name', record.name],
    ['version', `\`${record.version}\``],
    ['digest', `\`${record.digest}\``],
    ['size', humanSize(record.size)],
    ['commit', `\`${record.commit}\``],
    ['where', `\`${record.locations.join('`, `')}\``],
    ['record', `\`${recordPath}\``],
  ];
  const title = outcome === 'published' ? 'Published' : 'Already published';
  return [`## ${title}`, '', '| | |', '| --- | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`), ''].join('\n');
}

/** 1234567 -> `1.2 MB`. */
export function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
