import type { IncomingMessage } from 'node:http';
import { isObject, isString, parseJson } from '@slipway/kernel/json';

/**
 * Names the writes of one run as they pass by: `PATCH deployments/shop`; undefined = no write. A lease that its holder
 * renews is a sign of life, not a step: it comes by the clock, any number of times.
 */
export function createWriteNamer(): (
  request: Pick<IncomingMessage, 'method' | 'url'>,
  body: Buffer,
) => string | undefined {
  let holder: unknown;
  return ({ method = 'GET', url = '' }, body) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (method === 'GET' || searchParams.has('dryRun') || pathname.includes('reviews')) return undefined;
    const told = parseJson(body.toString('utf8'));
    if (pathname.includes('/leases')) {
      const before = holder;
      holder = isObject(told) && isObject(told.spec) ? told.spec.holderIdentity : undefined;
      if (holder === before) return undefined;
    }
    return `${method} ${placeOf(pathname, told)}`;
  };
}

/** Kind and name; what is created has its name in the body. */
function placeOf(pathname: string, body: unknown): string {
  const parts = pathname.split('/').slice(pathname.startsWith('/apis/') ? 4 : 3);
  const place = parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  const name = isObject(body) && isObject(body.metadata) && isString(body.metadata.name) ? body.metadata.name : '';
  return place.length > 1 ? place.join('/') : [...place, name].join('/');
}
