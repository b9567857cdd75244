import { type Digest, isDigest } from './digest.ts';
import type { Problem } from './errors.ts';
import { canonicalJson, isArrayOf, isInteger, isObject, isString, type JsonObject } from './json.ts';
import { isName, isVersion, NAME_RULE, VERSION_RULE } from './names.ts';

export const RELEASE_SCHEMA = 'slipway.release/v1';

/** A folder, packed as a canonical tar and compressed. */
export const TREE_MEDIA_TYPE = 'application/vnd.slipway.tree.v1.tar+gzip';
/** One file, transferred as it is. */
export const FILE_MEDIA_TYPE = 'application/octet-stream';

/** The run that made something, as the platform names it. */
export interface RunRef {
  readonly id: string;
  readonly attempt: number;
  readonly number: number;
  readonly url: string;
}

/**
 * The one value that joins the actions: what was built, from what, and where its bytes are.
 * `digest` names the exact bytes that get transferred, `contentDigest` the canonical uncompressed tar, which is the
 * identity of a tree on every machine whatever its compressor. `size` is in bytes, times are RFC 3339 in UTC.
 */
export interface ReleaseRecord {
  readonly schema: typeof RELEASE_SCHEMA;
  /** `set`: the rendered objects of a Kubernetes deployment, which no action publishes but deploy-k8s records. */
  readonly kind: 'file' | 'image' | 'set';
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
  readonly contentDigest?: Digest;
  readonly size: number;
  readonly mediaType: string;
  /** The base name of the transferred bytes. */
  readonly fileName?: string;
  /** Permission bits of a single file, four octal digits: `0755`. */
  readonly fileMode?: string;
  readonly repository: string;
  readonly ref: string;
  readonly commit: string;
  readonly commitTime: string;
  readonly run: RunRef;
  /** Store URIs; they never carry credentials. */
  readonly locations: readonly string[];
  readonly expires?: string;
  readonly provenance?: readonly string[];
  readonly sbom?: readonly string[];
}

/** Which release this is, for comparing: the same digest is the same release, whatever it is called. */
export interface ReleaseId {
  readonly version: string;
  readonly digest: Digest;
  /** Names the configuration that it runs with, by a keyed digest; absent where it has none. */
  readonly config?: string;
}

/** The same bytes, with the same configuration. */
export function sameRelease(a: ReleaseId | null | undefined, b: ReleaseId | null | undefined): boolean {
  return a?.digest === b?.digest && a?.config === b?.config;
}

export function releaseId(record: ReleaseRecord): ReleaseId {
  return { version: record.version, digest: record.digest };
}

/** One line of compact JSON with sorted keys: what an output carries and a ledger stores. */
export function formatRelease(record: ReleaseRecord): string {
  return canonicalJson(record);
}

/** Narrows a parsed `release.json`; every field that is wrong is named. Unknown fields are kept for later versions. */
export function parseRelease(value: unknown): ReleaseRecord | readonly Problem[] {
  if (!isObject(value)) return [{ what: 'The release record is not a JSON object.', fix: HOW }];
  if (value.schema !== RELEASE_SCHEMA) {
    return [
      {
        what: 'The release record has another schema.',
        got: JSON.stringify(value.schema ?? null),
        allowed: RELEASE_SCHEMA,
        fix: HOW,
      },
    ];
  }
  const problems = CHECKS.filter((check) => !check.valid(value[check.field], value)).map((check) => ({
    what: `The release record's field "${check.field}" is wrong.`,
    got: JSON.stringify(value[check.field] ?? null),
    allowed: check.allowed,
    fix: HOW,
  }));
  return problems.length > 0 ? problems : (value as unknown as ReleaseRecord);
}

const HOW = 'use the "release" output of publish-artifact or build-push-image as it is';

interface Check {
  readonly field: string;
  readonly allowed: string;
  readonly valid: (value: unknown, record: JsonObject) => boolean;
}

const optional =
  (valid: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || valid(value);
const isTime = (value: unknown): boolean =>
  isString(value) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
const isFileName = (value: unknown): boolean =>
  isString(value) && /^[^/\0]{1,255}$/.test(value) && value !== '.' && value !== '..';
const isStrings = (value: unknown): boolean => isArrayOf(value, isString);

const CHECKS: readonly Check[] = [
  { field: 'kind', allowed: '"file", "image" or "set"', valid: (v) => v === 'file' || v === 'image' || v === 'set' },
  { field: 'name', allowed: NAME_RULE, valid: (v) => isString(v) && isName(v) },
  { field: 'version', allowed: VERSION_RULE, valid: (v) => isString(v) && isVersion(v) },
  { field: 'digest', allowed: 'sha256: and 64 hexadecimal digits', valid: isDigest },
  { field: 'contentDigest', allowed: 'sha256: and 64 hexadecimal digits, or absent', valid: optional(isDigest) },
  { field: 'size', allowed: 'a whole number of bytes', valid: (v) => isInteger(v) && v >= 0 },
  { field: 'mediaType', allowed: 'a media type', valid: (v) => isString(v) && /^[\w.+-]+\/[\w.+-]+$/.test(v) },
  {
    field: 'fileName',
    allowed: 'a base name; required for kind "file"',
    valid: (v, r) => (r.kind === 'file' ? isFileName(v) : v === undefined || isFileName(v)),
  },
  {
    field: 'fileMode',
    allowed: 'four octal digits, or absent',
    valid: optional((v) => isString(v) && /^0[0-7]{3}$/.test(v)),
  },
  { field: 'repository', allowed: 'a text', valid: isString },
  { field: 'ref', allowed: 'a text', valid: isString },
  {
    field: 'commit',
    allowed: '40 or 64 hexadecimal digits',
    valid: (v) => isString(v) && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(v),
  },
  { field: 'commitTime', allowed: 'RFC 3339 in UTC', valid: isTime },
  { field: 'run', allowed: '{id, attempt, number, url}', valid: isRunRef },
  {
    field: 'locations',
    allowed: 'a list of store URIs, at least one',
    valid: (v) => isArrayOf(v, isString) && v.length > 0,
  },
  { field: 'expires', allowed: 'RFC 3339 in UTC, or absent', valid: optional(isTime) },
  { field: 'provenance', allowed: 'a list of texts, or absent', valid: optional(isStrings) },
  { field: 'sbom', allowed: 'a list of texts, or absent', valid: optional(isStrings) },
];

export function isRunRef(value: unknown): value is RunRef {
  return (
    isObject(value) && isString(value.id) && isInteger(value.attempt) && isInteger(value.number) && isString(value.url)
  );
}
