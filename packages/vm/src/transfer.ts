import { type Pour, pourFrom } from '@slipway/effects/files';
import type { Log } from '@slipway/kernel/log';
import type { ReleaseRecord } from '@slipway/kernel/release';
import { firstOf, HostError, type Said } from './remote.ts';
import { script } from './steps/scripts.ts';
import type { Fetch } from './vm-run.ts';

/** Where a host itself can get the bytes of a release, by plain HTTP. */
export interface PullSource {
  /** For people: it holds no secret. */
  readonly from: string;
  readonly url: string;
  /** The value of an `Authorization` header; it is not sent to where the server may redirect. */
  readonly authorization?: string;
  /** The URL itself lets whoever knows it in. */
  readonly presigned: boolean;
  /** Until when the URL is valid, RFC 3339. */
  readonly until?: string;
}

/** Throws a UserError when no location of the release can be pulled from. Asked for each host, since URLs end. */
export type Pull = (release: ReleaseRecord, signal: AbortSignal) => Promise<PullSource>;

/** What the stage step gets so that the bytes come. */
export interface Load {
  readonly functions: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly input?: Pour;
}

/** One attempt of one host, which has the first `offset` bytes already. */
export type Loader = (offset: number) => Promise<Load>;

/** How the bytes of a release come to the hosts. Bytes that cannot be had at all are one problem, so it is thrown here. */
export async function loaderOf(
  release: ReleaseRecord,
  ways: { readonly bytes: Fetch; readonly pull: Pull | undefined },
  signal: AbortSignal,
): Promise<Loader> {
  const { bytes, pull } = ways;
  if (pull !== undefined) {
    await pull(release, signal);
    return async () => pulled(await pull(release, signal));
  }
  const path = await bytes(release, signal);
  return (offset) => Promise.resolve(pushed(path, offset));
}

/**
 * Goes on where a transfer was cut, in an earlier run; when what lies there is no beginning of these bytes, they come
 * anew, once.
 */
export async function goOn(
  what: { readonly member: string; readonly release: ReleaseRecord; readonly begun: number },
  attempt: (offset: number) => Promise<Said>,
  log: Log,
): Promise<void> {
  const { member, release, begun } = what;
  const said = await attempt(begun > release.size ? 0 : begun);
  const resumed = firstOf(said, 'resumed');
  if (resumed !== undefined) log.info(`${member}: ${resumed} of ${release.size} bytes were there already.`);
  const why = firstOf(said, 'anew');
  if (why === undefined) return;
  log.info(`${member}: ${why}, so all bytes come anew.`);
  const again = firstOf(await attempt(0), 'anew');
  if (again !== undefined) throw new HostError(`The bytes of ${release.version} did not come whole: ${again}.`);
}

function pushed(path: string, offset: number): Load {
  return { functions: script('push'), vars: { offset: String(offset) }, input: pourFrom(path, offset) };
}

/** Neither may end a word of the configuration of curl or wget that they are written into. */
function pulled({ from, url, authorization = '', presigned, until = '' }: PullSource): Load {
  if (/["\\\s]/.test(authorization.replace(' ', ''))) throw new Error(`the login for ${from} holds what no header may`);
  return {
    functions: script('pull'),
    vars: {
      pull_from: from,
      pull_url: url.replaceAll('\\', '%5C').replaceAll('"', '%22'),
      pull_auth: authorization,
      pull_secret: presigned || authorization !== '' ? 'yes' : '',
      pull_until: until,
    },
  };
}
