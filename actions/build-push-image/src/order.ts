import { resolve } from 'node:path';
import type { Manifest } from '@slipway/image/manifest';
import { baseName, formatReference } from '@slipway/image/reference';
import type { Credentials } from '@slipway/image/registry-auth';
import type { Destination, ImageWish } from '@slipway/image/wish';
import { UserError } from '@slipway/kernel/errors';
import { isName, NAME_RULE } from '@slipway/kernel/names';
import { RELEASE_SCHEMA, type ReleaseRecord } from '@slipway/kernel/release';
import type { RunContext } from '@slipway/kit/run-context';
import { originOf } from '@slipway/source/origin';
import type { WorkTree } from '@slipway/source/work-tree';
import type { Inputs } from './inputs.ts';

/** All that is known before anything is built. */
export interface Order {
  readonly wish: ImageWish;
  readonly destination: Destination;
  readonly identity: Identity;
}

type Identity = Pick<ReleaseRecord, 'name' | 'version' | 'repository' | 'ref' | 'commit' | 'commitTime' | 'run'>;

export function wishOf(inputs: Inputs, workspace: string): ImageWish {
  const context = resolve(workspace, inputs.context);
  return {
    context,
    file: resolve(context, inputs.file),
    buildArgs: inputs.buildArgs ?? [],
    target: inputs.target,
    labels: inputs.labels ?? [],
    platforms: inputs.platforms ?? [],
  };
}

export function credentialsOf({ username, password }: Inputs): Credentials | undefined {
  // a secret that was pasted often ends with a line end, and no password does
  return username === undefined || password === undefined ? undefined : { username, password: password.trim() };
}

export function orderOf(inputs: Inputs, wish: ImageWish, tree: WorkTree | undefined, run: RunContext): Order {
  const origin = originOf(inputs, tree, run);
  const [first = origin.version.replaceAll('+', '-'), ...more] = inputs.tags ?? [];
  return {
    wish,
    destination: { ...inputs.image, tags: [first, ...more], plainHttp: inputs.plainHttp },
    identity: { ...origin, name: inputs.name ?? nameOf(inputs), run: run.run },
  };
}

/** Digest, size and media type are those of the manifest, as in an OCI descriptor. */
export function recordOf({ identity, destination }: Order, { digest, bytes, mediaType }: Manifest): ReleaseRecord {
  const { registry, path } = destination;
  return {
    schema: RELEASE_SCHEMA,
    kind: 'image',
    ...identity,
    digest,
    size: bytes.length,
    mediaType,
    locations: [`oci://${formatReference({ registry, path, digest })}`],
  };
}

function nameOf({ image }: Inputs): string {
  const name = baseName(image);
  if (isName(name)) return name;
  throw new UserError({
    what: 'The last part of "image" cannot name a release.',
    got: name,
    allowed: NAME_RULE,
    fix: 'name: shop',
  });
}
