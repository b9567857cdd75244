export interface Masker {
  /** Registers a text with all its encodings. */
  add(value: string): void;
  /** As `add-mask` and the job's secrets are registered: the whole text, and each of its lines. */
  addWithLines(value: string): void;
  /** The text with `***` for each masked stretch. */
  mask(text: string): string;
}

/** The runner's SecretMasker: exact matches of each value in 12 forms; overlapping and adjacent ones become one. */
export function createMasker(): Masker {
  const values = new Set<string>();

  function add(value: string): void {
    if (value === '') return;
    for (const encode of ENCODERS) {
      const encoded = encode(value);
      if (encoded !== '') values.add(encoded);
    }
  }

  return {
    add,
    addWithLines(value) {
      add(value);
      for (const line of value.split(/[\r\n]/)) add(line.trim());
    },
    mask(text) {
      const found = [...values].flatMap((value) => positions(text, value)).toSorted((a, b) => a.start - b.start);
      let masked = '';
      let end = 0;
      for (const position of found) {
        if (position.end <= end) continue;
        if (position.start > end || end === 0) masked += `${text.slice(end, position.start)}***`;
        end = position.end;
      }
      return masked + text.slice(end);
    },
  };
}

interface Position {
  readonly start: number;
  readonly end: number;
}

function positions(text: string, value: string): readonly Position[] {
  const found: Position[] = [];
  // From the next character, not the next word: a value can overlap itself.
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + 1)) {
    found.push({ start, end: start + value.length });
  }
  return found;
}

/** ValueEncoders.cs, in its order. */
const ENCODERS: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => base64From(value, 0),
  (value) => base64From(value, 1),
  (value) => base64From(value, 2),
  (value) => value.replaceAll('"', '\\"'),
  (value) => value.replaceAll("'", "''"),
  jsonEscape,
  uriEscape,
  xmlEscape,
  (value) => (/^".*"$/s.test(value) && value.length > 8 ? value.slice(1, -1) : ''),
  (value) => longEnough(value.slice(0, splitAtAmpersand(value))),
  (value) => longEnough(afterAmpersand(value)),
];

/** When somebody encodes `user:password`, the password starts at any of three places in the base64 alphabet. */
function base64From(value: string, shift: number): string {
  const bytes = Buffer.from(value);
  return (bytes.length > shift ? bytes.subarray(shift) : bytes).toString('base64');
}

function jsonEscape(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replaceAll('\u0085', '\\u0085')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function uriEscape(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function xmlEscape(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
    '&': '&amp;',
  };
  return value.replace(/[<>"'&]/g, (letter) => entities[letter] ?? letter);
}

/** PowerShell colours an erroneous command in two parts, cut behind an ampersand. */
function splitAtAmpersand(value: string): number {
  const plus = value.indexOf('&+');
  return plus >= 0 ? plus + 2 : value.lastIndexOf('&') + 1;
}

function afterAmpersand(value: string): string {
  if (!value.includes('&')) return '';
  return value.slice(splitAtAmpersand(value) + (value.includes('&+') ? 1 : 0));
}

function longEnough(section: string): string {
  return section.length >= 6 ? section : '';
}
