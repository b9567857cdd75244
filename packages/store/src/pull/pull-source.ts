import type { Clock } from '@slipway/effects/clock';
import type { Http } from '@slipway/effects/http';
import { isProblems, orThrow, type Problem, UserError } from '@slipway/kernel/errors';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { headerOf, parseLogins } from './logins.ts';
import { ociBlob } from './oci-blob.ts';
import { isLoopback, PULL_RULE, type PullPlace, pullPlace } from './place.ts';
import { presignGet } from './presign.ts';
import { objectUrl, s3Access } from './s3-object.ts';

/** What a host needs to get the bytes of a release. `url` and `authorization` may be secret, `from` never is. */
export interface PullSource {
  readonly from: string;
  readonly url: string;
  readonly authorization?: string;
  /** The URL itself lets whoever knows it in. */
  readonly presigned: boolean;
  /** Until when the URL is valid, RFC 3339. */
  readonly until?: string;
}

export interface PullPorts {
  /** The text of `transfer-auth`. */
  readonly auth: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Pick<Http, 'open' | 'request'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Longer than a host may take for it, since it is made anew for each. */
const VALID_SECONDS = 3_600;

/** The first location of a release that a host can get it from; a UserError when there is none. */
export async function pullSource(release: ReleaseRecord, ports: PullPorts): Promise<PullSource> {
  const place = placeOf(release);
  if (place === undefined) throw new UserError(noPlace(release));
  const logins = orThrow(parseLogins(ports.auth));
  switch (place.kind) {
    case 'web': {
      const { url } = place;
      const login = logins.get(url.host);
      const from = `${url.origin}${url.pathname}`;
      if (login === undefined) return { from, url: url.href, presigned: false };
      if (url.protocol !== 'https:' && !isLoopback(url.host)) throw new UserError(inTheClear(url));
      return { from, url: url.href, authorization: headerOf(login), presigned: false };
    }
    case 's3': {
      const access = orThrow(s3Access(ports.env));
      const now = ports.clock.wall();
      return {
        from: `s3://${place.bucket}/${place.key}`,
        url: presignGet(objectUrl(place.bucket, place.key, access), { ...access, now, seconds: VALID_SECONDS }),
        presigned: true,
        until: new Date(now + VALID_SECONDS * 1_000).toISOString(),
      };
    }
    case 'oci': {
      const from = `oci://${place.registry}/${place.repository}@${release.digest}`;
      return { from, ...(await ociBlob(place, release, { ...ports, login: logins.get(place.registry) })) };
    }
  }
}

/** What stands in the way of a pull before anybody is asked. */
export function pullProblems(
  release: ReleaseRecord,
  { auth, env }: Pick<PullPorts, 'auth' | 'env'>,
): readonly Problem[] {
  const place = placeOf(release);
  const results = [parseLogins(auth), ...(place?.kind === 's3' ? [s3Access(env)] : [])];
  return [
    ...(place === undefined ? [noPlace(release)] : []),
    ...results.flatMap((result) => (isProblems(result) ? result : [])),
  ];
}

function placeOf(release: ReleaseRecord): PullPlace | undefined {
  return release.locations.map((location) => pullPlace(location, release)).find((place) => place !== undefined);
}

function noPlace({ name, version, locations }: ReleaseRecord): Problem {
  return {
    what: `No host can pull ${name} ${version}: none of its locations can be reached from one.`,
    // A query may be a credential that should not be there.
    got: locations.map((location) => location.replace(/\?.*$/, '?...').replace(/\/\/[^/]*@/, '//...@')).join(', '),
    allowed: PULL_RULE,
    fix: 'transfer: push',
  };
}

function inTheClear(url: URL): Problem {
  return {
    what: `The login for ${url.host} would travel in the clear.`,
    got: url.origin,
    allowed: 'https://',
    fix: 'a location with https://, or no line for it in transfer-auth',
  };
}
