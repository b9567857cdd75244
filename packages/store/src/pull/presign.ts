import { createHash, createHmac } from 'node:crypto';

/** What signs requests to S3: long-lived keys, or temporary ones with their session token. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Presigning {
  readonly credentials: S3Credentials;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How long the URL is valid, at most a week. */
  readonly seconds: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The URL of an object with a signature in its query, so that whoever has it may GET that object for a while: AWS
 * Signature Version 4 with query parameters. The secret key never leaves this function.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presignGet(object: URL, { credentials, region, now, seconds }: Presigning): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const query = canonicalQuery({
    'X-Amz-Algorithm': ALGORITHM,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(seconds),
    ...(credentials.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': credentials.sessionToken }),
    'X-Amz-SignedHeaders': 'host',
  });
  const request = ['GET', object.pathname, query, `host:${object.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const toSign = [ALGORITHM, time, scope, createHash('sha256').update(request).digest('hex')].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return `${object.origin}${object.pathname}?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}`;
}

/** Everything but the unreserved characters of RFC 3986, which encodeURIComponent leaves a few more of. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .toSorted()
    .join('&');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
