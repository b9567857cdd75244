import type { HttpResponse } from '@slipway/effects/http';
import { digestOf, isDigest } from '@slipway/kernel/digest';
import { UserError } from '@slipway/kernel/errors';
import { MANIFEST_TYPES, type Manifest, manifestOf } from './manifest.ts';
import { refusal } from './registry-errors.ts';
import { type RegistryOptions, type RegistryPorts, registrySession } from './registry-session.ts';

/**
 * A registry, by the OCI distribution specification. What may be over a moment later is tried up to four times;
 * everything that the user can act on is a UserError.
 */
export interface Registry {
  /** Throws when these credentials cannot push there: an upload is begun and dropped. */
  checkPush(path: string): Promise<void>;
  /** What a tag or digest stands for, its bytes checked against the digests that are known; undefined = not there. */
  manifest(path: string, tagOrDigest: string): Promise<Manifest | undefined>;
  /** Puts a tag on a manifest that the repository has already. */
  tag(path: string, tag: string, manifest: Manifest): Promise<void>;
}

const LARGEST_MANIFEST = 4 * 1024 * 1024;

export function openRegistry(options: RegistryOptions, ports: RegistryPorts): Registry {
  const { registry } = options;
  const ask = registrySession(options, ports);

  return {
    async checkPush(path) {
      const begun = await ask({ method: 'POST', url: `/v2/${path}/blobs/uploads/` });
      if (!isDone(begun)) throw refusal(begun, { registry, doing: `push to ${path}` });
      const { location } = begun.headers;
      // one that stays is dropped by the registry, some day
      if (location !== undefined) await ask({ method: 'DELETE', url: location }).catch(() => {});
    },

    async manifest(path, tagOrDigest) {
      const headers = { accept: MANIFEST_TYPES.join(', ') };
      const url = `/v2/${path}/manifests/${tagOrDigest}`;
      const answer = await ask({ url, headers, maxBytes: LARGEST_MANIFEST });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw refusal(answer, { registry, doing: `read ${path}` });
      const mediaType = answer.headers['content-type']?.split(';')[0]?.trim() ?? '';
      if (!MANIFEST_TYPES.includes(mediaType)) {
        throw new UserError({
          what: `${registry} answers ${url} with something that is no image manifest.`,
          got: mediaType,
          allowed: MANIFEST_TYPES.join(', '),
        });
      }
      const wanted = [answer.headers['docker-content-digest'], tagOrDigest].find(isDigest);
      return checked(manifestOf(answer.body, mediaType), wanted, url);
    },

    async tag(path, tag, manifest) {
      const url = `/v2/${path}/manifests/${tag}`;
      const headers = { 'content-type': manifest.mediaType };
      const answer = await ask({ method: 'PUT', url, headers, body: manifest.bytes });
      if (!isDone(answer)) throw refusal(answer, { registry, doing: `push to ${path}` });
    },
  };

  function checked(manifest: Manifest, wanted: string | undefined, url: string): Manifest {
    if (wanted === undefined || wanted === manifest.digest) return manifest;
    throw new UserError({
      what: `${registry} answers ${url} with other bytes than it says.`,
      got: digestOf(manifest.bytes),
      allowed: wanted,
      fix: 'look for a proxy on the way that changes them',
    });
  }
}

/** Registries differ in which of the good ones they choose. */
function isDone({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}
