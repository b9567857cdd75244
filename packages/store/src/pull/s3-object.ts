import type { Problem } from '@slipway/kernel/errors';
import { type S3Credentials, uriEncode } from './presign.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Which account, and where its buckets are. */
export interface S3Access {
  readonly credentials: S3Credentials;
  readonly region: string;
  /** Of something that speaks S3 without being AWS. */
  readonly endpoint: URL | undefined;
}

/** What the standard variables of AWS say. */
export function s3Access(env: Env): S3Access | readonly Problem[] {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_SESSION_TOKEN: sessionToken = '',
  } = env;
  const address = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
  const endpoint = address === undefined ? undefined : URL.parse(address);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (address === undefined ? '' : 'us-east-1');
  const needed = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === '' ? [name] : []));
  if (missing.length > 0) return [notSet(missing), ...(isEndpoint(endpoint) ? [] : [NO_ENDPOINT])];
  if (!isEndpoint(endpoint)) return [NO_ENDPOINT];
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
  return { credentials, region, endpoint };
}

/** Of an object: below the endpoint, else with the bucket as a host of AWS where its name can be one under TLS. */
export function objectUrl(bucket: string, key: string, { endpoint, region }: S3Access): URL {
  const path = key.split('/').map(uriEncode).join('/');
  if (endpoint !== undefined) return new URL(`${endpoint.href.replace(/\/$/, '')}/${bucket}/${path}`);
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return new URL(bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`);
}

function isEndpoint(url: URL | null | undefined): url is URL | undefined {
  if (url === undefined) return true;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
}

const NO_ENDPOINT: Problem = {
  what: 'AWS_ENDPOINT_URL is not the address of an S3 service.',
  allowed: 'https://host[:port]',
  fix: 'AWS_ENDPOINT_URL_S3: https://s3.example.com',
};

function notSet(missing: readonly string[]): Problem {
  return {
    what: 'S3 URLs for the hosts cannot be signed: variables are missing.',
    got: `without ${missing.join(', ')}`,
    allowed:
      'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION; AWS_SESSION_TOKEN and AWS_ENDPOINT_URL_S3 where needed',
    fix: 'env:\n  AWS_REGION: eu-central-1\n  AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n  AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\nor aws-actions/configure-aws-credentials before this step',
  };
}
