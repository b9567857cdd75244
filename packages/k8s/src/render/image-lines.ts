import {
  formatReference,
  type ImageReference,
  parseReference,
  parseRepository,
  type Repository,
} from '@slipway/image/reference';
import { isDigest } from '@slipway/kernel/digest';
import { isProblems, type Problem, UserError } from '@slipway/kernel/errors';
import { parseJson } from '@slipway/kernel/json';
import { parseRelease, type ReleaseRecord } from '@slipway/kernel/release';

/** Which containers get an image. */
export type ImageTarget =
  | { readonly kind: 'repository'; readonly repository: Repository }
  | { readonly kind: 'container'; readonly name: string };

/** One line of the `images` input. */
export interface ImageChoice {
  readonly target: ImageTarget;
  /** The image with its digest, as it goes into the pods. */
  readonly image: string;
  /** When the line was a release record. */
  readonly release?: ReleaseRecord;
  /** The line as people know it. */
  readonly shown: string;
}

export const IMAGES_RULE =
  '[repository= or container:NAME=] and then reference@sha256:... or the "release" output of build-push-image';

/**
 * Reads the lines of the `images` input. Left of `=` stands the repository as the manifests name it, or the name of a
 * container; without it, the repository of the image itself is meant. Right of it stands an image with its digest, or a
 * release record of kind `image`.
 */
export function parseImages(lines: readonly string[]): readonly ImageChoice[] {
  const read = lines.map((line) => parseLine(line.trim()));
  const problems = read.flatMap((result) => ('target' in result ? [] : [result]));
  if (problems.length > 0) throw new UserError(problems);
  return read.flatMap((result) => ('target' in result ? [result] : []));
}

function parseLine(line: string): ImageChoice | Problem {
  const equals = line.startsWith('{') ? -1 : line.indexOf('=');
  const left = equals < 0 ? undefined : line.slice(0, equals).trim();
  const right = line.slice(equals + 1).trim();
  const chosen = right.startsWith('{') ? fromRecord(right) : fromReference(right, left);
  if ('what' in chosen) return chosen;
  const target = left === undefined ? ownRepository(chosen.reference) : parseTarget(left);
  if ('what' in target) return target;
  const { image, release } = chosen;
  const shown = `${left === undefined ? '' : `${left}=`}${image}`;
  return { target, image, shown, ...(release === undefined ? {} : { release }) };
}

interface Chosen {
  readonly image: string;
  readonly reference: ImageReference;
  readonly release?: ReleaseRecord;
}

function fromReference(text: string, left: string | undefined): Chosen | Problem {
  const reference = parseReference(text);
  if ('what' in reference) return { ...reference, what: 'A line of the input "images" names no image.' };
  if (reference.digest !== undefined) return { image: text, reference };
  const { registry, path } = reference;
  return {
    what: 'A line of the input "images" has no digest: what a tag stands for changes, and with it what runs.',
    got: text,
    allowed: IMAGES_RULE,
    fix: `${left === undefined ? '' : `${left}=`}${registry}/${path}@\${{ steps.image.outputs.digest }}`,
  };
}

function fromRecord(text: string): Chosen | Problem {
  const value = parseJson(text);
  if (value === undefined)
    return { what: 'A release in the input "images" is no JSON, on one line.', fix: RECORD_LINE };
  const release = parseRelease(value);
  if (isProblems(release)) return release[0] ?? { what: 'The release record is wrong.' };
  if (release.kind !== 'image') {
    return { what: 'A release in the input "images" is no image.', got: `kind ${release.kind}`, fix: RECORD_LINE };
  }
  for (const location of release.locations) {
    const found = parseReference(location.replace(/^[a-z]+:\/\//, ''));
    if ('what' in found || !isDigest(release.digest)) continue;
    const { registry, path } = found;
    const reference = { registry, path, digest: release.digest };
    return { image: formatReference(reference), reference, release };
  }
  return {
    what: 'A release in the input "images" is in no registry.',
    got: release.locations.join(', '),
    fix: RECORD_LINE,
  };
}

const RECORD_LINE = 'images: ${{ steps.image.outputs.release }}';

function parseTarget(left: string): ImageTarget | Problem {
  const container = /^container:(.*)$/.exec(left);
  if (container !== null) {
    const name = container[1] ?? '';
    if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return { kind: 'container', name };
    return { what: 'A line of the input "images" names no container.', got: left, allowed: IMAGES_RULE };
  }
  const repository = parseRepository(left);
  if (!('what' in repository)) return { kind: 'repository', repository };
  return { ...repository, what: `A line of the input "images" has no repository before "=". ${repository.what}` };
}

function ownRepository({ registry, path }: ImageReference): ImageTarget {
  return { kind: 'repository', repository: { registry, path } };
}
