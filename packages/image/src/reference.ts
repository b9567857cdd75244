import { type Digest, isDigest } from '@slipway/kernel/digest';
import type { Problem } from '@slipway/kernel/errors';

/** Where an image lives, spelled out: two names of one repository are equal here. */
export interface Repository {
  /** `host` or `host:port`; `docker.io` for names without one. */
  readonly registry: string;
  /** Its name in the registry: `acme/shop`, `library/nginx`. */
  readonly path: string;
}

/** A repository, and what is meant in it: a tag, a digest, both, or neither. */
export interface ImageReference extends Repository {
  readonly tag?: string;
  readonly digest?: Digest;
}

export const TAG_RULE = 'letters, digits, "_", "." and "-", not starting with "." or "-", at most 128';
export const IMAGE_RULE =
  '[host[:port]/]name[:tag][@sha256:...], the name in small letters, digits and single ".", "_", "/" or "-" between them';

export const REPOSITORY_RULE =
  '[host[:port]/]name without tag and digest, the name in letters, digits and single ".", "_", "/" or "-" between them';

const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_FOLDER = 'library/';
const LONGEST_NAME = 255;

const TAG = /^\w[\w.-]{0,127}$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`);
/** A repository of this name could not be told from the id of an image. */
const ID = /^[0-9a-f]{64}$/;

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Reads a reference by the grammar of github.com/distribution/reference, with its defaults for Docker Hub. */
export function parseReference(text: string): ImageReference | Problem {
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) return wrong(text, digestHint(digest));
  // A colon after the last slash starts the tag; one before it belongs to the host.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const [name, tag] = colon < 0 ? [named, undefined] : [named.slice(0, colon), named.slice(colon + 1)];
  if (tag !== undefined && !isTag(tag)) return wrong(text, `a tag is ${TAG_RULE}`);
  const repository = spelledOut(name);
  if (repository === undefined) return wrong(text, inSmallLetters(text, name));
  return { ...repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** Reads the name of a repository: a reference with neither tag nor digest. */
export function parseRepository(text: string): Repository | Problem {
  const reference = parseReference(text);
  if ('what' in reference) return reference;
  const { registry, path, tag, digest } = reference;
  if (tag === undefined && digest === undefined) return { registry, path };
  return {
    what: 'The name of an image repository has a tag or digest.',
    got: text,
    allowed: REPOSITORY_RULE,
    fix: `${registry}/${path}`,
  };
}

/** The one spelling that every tool understands the same way; `parseReference` reads it back. */
export function formatReference({ registry, path, tag, digest }: ImageReference): string {
  return `${registry}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The last part of the name: `shop` of `registry:5000/acme/shop`. */
export function baseName({ path }: Repository): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function isSameRepository(a: Repository, b: Repository): boolean {
  return a.registry === b.registry && a.path === b.path;
}

function spelledOut(name: string): Repository | undefined {
  if (ID.test(name)) return undefined;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  // A bare word with capitals is a host only by them.
  const host = /[.:]/.test(first) ? first.toLowerCase() : first;
  const registry = isHost && host !== 'index.docker.io' ? host : DEFAULT_REGISTRY;
  const rest = isHost ? name.slice(slash + 1) : name;
  const path = registry === DEFAULT_REGISTRY && !rest.includes('/') ? `${DEFAULT_FOLDER}${rest}` : rest;
  const valid = HOST.test(registry) && path.split('/').every((component) => COMPONENT.test(component));
  return valid && `${registry}/${path}`.length <= LONGEST_NAME ? { registry, path } : undefined;
}

function wrong(text: string, hint: string | undefined): Problem {
  const problem = { what: 'This is no reference of an image.', got: JSON.stringify(text), allowed: IMAGE_RULE };
  return hint === undefined ? problem : { ...problem, fix: hint };
}

function digestHint(digest: string | undefined): string {
  return digest?.startsWith('sha256:') === true
    ? 'a digest is sha256: and 64 hexadecimal digits in small letters'
    : 'only digests by sha256 are understood, one in a reference';
}

/** The line to write when capitals are all that is wrong. */
function inSmallLetters(text: string, name: string): string | undefined {
  const small = name.toLowerCase();
  return spelledOut(small) === undefined ? undefined : text.replace(name, small);
}
