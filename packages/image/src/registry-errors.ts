import type { HttpResponse } from '@slipway/effects/http';
import { messageOf, type UserError, userError } from '@slipway/kernel/errors';
import { isArrayOf, isObject, isString, parseJson } from '@slipway/kernel/json';

const SHOWN = 200;
/** Wrong names, certificates and protocols do not get better by waiting. */
const LASTING = /^(ENOTFOUND|EPROTO|ERR_|CERT_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|HPE_)/;

/** Whether what happened to a connection may be over a moment later. */
export function isPassing(cause: unknown): boolean {
  return !LASTING.test(codeOf(cause));
}

/** The registry could not be asked at all. */
export function unreachable(
  registry: string,
  { plainHttp, cause }: { readonly plainHttp: boolean; readonly cause: unknown },
): UserError {
  const what = `The registry ${registry} cannot be reached: ${messageOf(cause)}`;
  const isPlain = !plainHttp && codeOf(cause) === 'EPROTO';
  return userError(what, isPlain ? 'plain-http: true (if it really has no TLS)' : HOW_TO_REACH, cause);
}

const HOW_TO_REACH = 'look at the name in "image", and at the network between the runner and the registry';

export function loginWanted(registry: string): UserError {
  return userError(
    `The registry ${registry} wants a login, and there is none.`,
    'username: ${{ github.actor }}\npassword: ${{ secrets.REGISTRY_PASSWORD }}',
  );
}

export function loginRefused(registry: string, because: string): UserError {
  return userError(
    `The registry ${registry} does not accept "username" and "password": ${because}.`,
    `look at the two inputs${registry === 'ghcr.io' ? GHCR : ''}`,
  );
}

/** An answer other than the one that was asked for, in words. */
export function refusal(
  answer: HttpResponse,
  { registry, doing }: { readonly registry: string; readonly doing: string },
): UserError {
  const { status } = answer;
  const said = saidIn(answer);
  if (status === 400 && /HTTPS? server/i.test(said)) {
    return userError(
      `The registry ${registry} wants TLS, and plain HTTP was spoken with it.`,
      'name it by its own host name',
    );
  }
  const because = `status ${status}${said === '' ? '' : `, ${said}`}`;
  if (status === 403 || status === 401) {
    return userError(
      `The registry ${registry} does not let us ${doing}: ${because}.`,
      `give the user that right there${registry === 'ghcr.io' ? GHCR : ''}`,
    );
  }
  return userError(`The registry ${registry} could not ${doing}: ${because}.`);
}

const GHCR = '; with GITHUB_TOKEN, write in the job:\npermissions:\n  packages: write';

/** The messages of the specification's error body, else the first words of whatever came. */
function saidIn({ body }: HttpResponse): string {
  const text = body.toString('utf8');
  const content = parseJson(text);
  const errors = isObject(content) && isArrayOf(content.errors, isObject) ? content.errors : [];
  const messages = errors.map(({ code, message }) => [code, message].filter(isString).join(': '));
  const said = messages.length > 0 ? messages.join('; ') : text.replace(/<[^>]*>/g, ' ');
  return said.replace(/\s+/g, ' ').trim().slice(0, SHOWN);
}

function codeOf(cause: unknown): string {
  const code = isObject(cause) || cause instanceof Error ? (cause as { readonly code?: unknown }).code : undefined;
  return isString(code) ? code : '';
}
