import { isObject, parseJson } from '@slipway/kernel/json';

const SHORTEST_LINE = 8;
const LONG_VALUE = 16;
/** A mask of one letter would hide the whole log, and drop every output. */
const SHORTEST_CREDENTIAL = 4;
/** Keys of JSON, YAML and KEY=value files whose value opens a door, compared without case and separators. */
const CREDENTIAL =
  /(token|password|passwd|passphrase|secret|credentials?|apikey|accesskey|accountkey|privatekey|secretkey|keydata|auth)$/;
/** `key: value` and `- key: value` of YAML, `KEY=value` and `export KEY=value` of environment files. */
const ENTRY = /^\s*(?:- )?(?:export )?(["']?)([A-Za-z_][\w.-]*)\1\s*(=|:(?=\s|$))\s*(.*)$/;
/** The same inside a line: flow maps of YAML, `.npmrc`, half a JSON. */
const INLINE_ENTRY = /(?<![\w.-])([A-Za-z_][\w.-]*)["']?\s*[:=]\s*(?:"([^"]*)"|'([^']*)'|([^\s"',{}[\]]+))/g;
const ARMOR = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;
const PASSWORD_IN_URL = /\w:\/\/[^\s/:@]*:([^\s/@]+)@/g;
const WORDS = new Set(['', 'true', 'false', 'null', '~', '|', '|-', '>', '>-', '{}', '[]', '""', "''"]);

/**
 * What to mask for a secret, each a single line: the value of one line as it is, the credentials of a structured one,
 * the lines of any other. A value of several lines is never masked as a whole, since the runner would then mask each
 * of its lines, and `apiVersion: v1` or the armor of a key with them; its JSON and base64 forms stand in for it.
 */
export function masksOf(secret: string): readonly string[] {
  const masks = [...new Set(textMasks(secret))].filter((mask) => !WORDS.has(mask));
  return masks.toSorted((a, b) => b.length - a.length);
}

function textMasks(text: string): readonly string[] {
  const trimmed = text.trim();
  const lines = trimmed.split(/[\r\n]+/);
  const json = /^[[{]/.test(trimmed) ? parseJson(trimmed) : undefined;
  const whole = lines.length === 1 ? [trimmed] : [text, trimmed].flatMap(oneLineForms);
  const parts = json === undefined ? [...lineMasks(lines), ...inlineCredentials(trimmed)] : jsonMasks(json);
  return [...whole, ...parts, ...urlPasswords(trimmed)];
}

function oneLineForms(text: string): readonly string[] {
  return [JSON.stringify(text).slice(1, -1), Buffer.from(text).toString('base64')];
}

function jsonMasks(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(jsonMasks);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (typeof item !== 'string' && typeof item !== 'number') return jsonMasks(item);
    return isCredential(key) ? credentialMasks(String(item)) : [];
  });
}

function lineMasks(lines: readonly string[]): readonly string[] {
  const filled = lines.filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  const structured = filled.every((line) => ENTRY.test(line) || /^(\s|---|-$|- )/.test(line));
  if (structured) return filled.flatMap(entryMasks);
  const isKey = filled.some((line) => ARMOR.test(line));
  return filled.filter((line) => !(isKey && ENTRY.test(line))).flatMap(longLine);
}

/** A line of a structured text: a credential's value, or a line of a block, which has no key. */
function entryMasks(line: string): readonly string[] {
  const [, , key, separator, raw] = ENTRY.exec(line) ?? [];
  if (key === undefined) return line.trimStart().startsWith('- ') ? [] : longLine(line);
  const value = (raw ?? '')
    .replace(/\s#.*$/, '')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  if (isCredential(key)) return credentialMasks(value);
  // In an environment file everything may be a secret, whatever it is called; addresses and short words are not.
  return separator === '=' && value.length >= LONG_VALUE && !value.includes('://') ? [value] : [];
}

function longLine(line: string): readonly string[] {
  const trimmed = line.trim();
  return trimmed.length >= SHORTEST_LINE && !ARMOR.test(trimmed) ? [trimmed] : [];
}

/** Tools print what a base64 credential holds, so its lines are masked too. */
function credentialMasks(value: string): readonly string[] {
  if (value.includes('\n')) return textMasks(value);
  if (value.length < SHORTEST_CREDENTIAL) return [];
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(value)) return [value];
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return decoded.startsWith('-----BEGIN ') ? [value, ...textMasks(decoded)] : [value];
}

function inlineCredentials(text: string): readonly string[] {
  return [...text.matchAll(INLINE_ENTRY)]
    .filter(([, key]) => isCredential(key ?? ''))
    .flatMap(([, , double, single, bare]) => credentialMasks(double ?? single ?? bare ?? ''));
}

function urlPasswords(text: string): readonly string[] {
  return [...text.matchAll(PASSWORD_IN_URL)].map((match) => match[1] ?? '');
}

function isCredential(key: string): boolean {
  return CREDENTIAL.test(key.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}
