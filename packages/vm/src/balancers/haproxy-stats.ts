/** One server of a backend, as `show stat` and `show servers state` tell together. */
export interface ServerRow {
  readonly name: string;
  /** The column `status`: `UP`, `DOWN 1/2`, `DRAIN`, `MAINT`, `no check`. */
  readonly status: string;
  /** What the last check said; empty when there was none. */
  readonly check: string;
  /** Requests on the server, and waiting for it. */
  readonly inFlight: number;
  readonly takenOut: 'no' | 'drain' | 'maint';
  /** Since the process began: requests, and those that were answered 5xx or not at all. */
  readonly requests: number;
  readonly failed: number;
  /** Mean of the last 1,024 answers, in milliseconds. */
  readonly meanMs: number;
  /** The weight now, and the one of the configuration. */
  readonly weight: number;
  readonly fullWeight: number;
}

// Bits of srv_admin_state: who asked does not matter here. 0x04 only remembers a `disabled` of the configuration.
const MAINT = 0x01 | 0x02 | 0x20 | 0x40;
const DRAIN = 0x08 | 0x10;

/** The rows of both tables by server name; undefined when a text is not the table it should be. */
export function serverRows(stat: string, state: string): ReadonlyMap<string, ServerRow> | undefined {
  const stats = table(stat, splitCsv, ['svname', 'status', 'scur', 'qcur']);
  const states = table(state, splitWords, ['srv_name', 'srv_admin_state', 'srv_uweight', 'srv_iweight']);
  if (stats === undefined || states === undefined) return undefined;
  const rows = new Map<string, ServerRow>();
  for (const row of stats) {
    const name = row.get('svname') ?? '';
    const kept = states.find((other) => other.get('srv_name') === name);
    if (kept === undefined) continue;
    rows.set(name, {
      name,
      status: row.get('status') ?? '',
      check: [row.get('check_desc'), row.get('last_chk')].filter(Boolean).join(': '),
      inFlight: Number(row.get('scur')) + Number(row.get('qcur')),
      takenOut: outOf(Number(kept.get('srv_admin_state'))),
      requests: numberOf(row, 'stot'),
      failed: numberOf(row, 'hrsp_5xx') + numberOf(row, 'econ') + numberOf(row, 'eresp'),
      meanMs: numberOf(row, 'ttime'),
      weight: Number(kept.get('srv_uweight')),
      fullWeight: Number(kept.get('srv_iweight')),
    });
  }
  return rows;
}

/** Old versions lack some columns, and an empty cell is nothing counted. */
function numberOf(row: Row, column: string): number {
  return Number(row.get(column) ?? 0);
}

function outOf(admin: number): ServerRow['takenOut'] {
  if ((admin & MAINT) !== 0) return 'maint';
  return (admin & DRAIN) === 0 ? 'no' : 'drain';
}

type Row = ReadonlyMap<string, string>;

/** Versions differ in their columns, so each is found by its name in the header, the line that begins with `# `. */
function table(text: string, split: (line: string) => string[], needed: readonly string[]): Row[] | undefined {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith('# '));
  const names = split(lines[at]?.slice(2) ?? '');
  if (!needed.every((name) => names.includes(name))) return undefined;
  return lines
    .slice(at + 1)
    .map(split)
    .map((cells) => new Map(names.map((name, index) => [name, cells[index] ?? ''])));
}

/** Texts of checks hold commas and quotes. */
function splitCsv(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function splitWords(line: string): string[] {
  return line.split(' ');
}

/** The share of its full service that a server gets now, 0..100. */
export function shareOf({ takenOut, weight, fullWeight }: ServerRow): number {
  if (takenOut !== 'no' || weight === 0) return 0;
  return Math.min(100, Math.max(1, Math.round((100 * weight) / fullWeight)));
}

/** The weight for a share; HAProxy rounds down. */
export function weightFor({ fullWeight }: ServerRow, share: number): number {
  return Math.floor((fullWeight * share) / 100);
}

/** Whether a server has just that share; any kind of 0 is one. */
export function hasShare(row: ServerRow, share: number): boolean {
  if (share === 0) return shareOf(row) === 0;
  return row.takenOut === 'no' && row.weight === weightFor(row, share);
}

/** Up at this very moment, as far as the balancer knows. */
export function isUp({ status }: ServerRow): boolean {
  return /^(?:UP|DRAIN|no check)/.test(status);
}

/** Its check has confirmed it since it was last in doubt: `UP 1/2` waits for one. */
export function isConfirmed({ status }: ServerRow): boolean {
  return status === 'UP' || status === 'no check';
}

/** `DOWN (Layer4 connection problem: Connection refused), drain, weight 50 of 100`. */
export function describeRow(row: ServerRow): string {
  const words = [row.check === '' ? row.status : `${row.status} (${row.check})`];
  if (row.takenOut !== 'no') words.push(row.takenOut);
  if (row.weight !== row.fullWeight) words.push(`weight ${row.weight} of ${row.fullWeight}`);
  return words.join(', ');
}
