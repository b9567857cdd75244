import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { isProblems } from '@slipway/kernel/errors';
import { presignGet } from '@slipway/store/pull/presign';
import { objectUrl, s3Access } from '@slipway/store/pull/s3-object';
import { requirePart } from '../../support/require.ts';

const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const credentials = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY };

/** The signer of AWS's own tools, which comes with moto. */
const BOTOCORE = `
import sys
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
request = AWSRequest(method='GET', url=sys.argv[1])
keys = Credentials('${KEYS.AWS_ACCESS_KEY_ID}', '${KEYS.AWS_SECRET_ACCESS_KEY}', sys.argv[2] or None)
S3SigV4QueryAuth(keys, 's3', 'eu-central-1', expires=60).add_auth(request)
print(request.url)
`;

test('the URL is the one that the documentation of AWS gives as its example', () => {
  const url = presignGet(new URL('https://examplebucket.s3.amazonaws.com/test.txt'), {
    credentials,
    region: 'us-east-1',
    now: Date.UTC(2013, 4, 24),
    seconds: 86_400,
  });

  assert.equal(
    url,
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

test('botocore signs alike, odd keys and session tokens included', async (t) => {
  if (requirePart(t, 'moto_server') === undefined) return;
  for (const sessionToken of ['', 'a/b+c==']) {
    const object = new URL('http://127.0.0.1:9000/releases/shop/v1%2Bb2/a%20b%28c%29.tgz');
    const argv = ['python3', '-c', BOTOCORE, object.href, sessionToken] as const;
    const { stdout, stderr } = await systemExec.run({ argv });
    const theirs = URL.parse(stdout.trim())?.searchParams;
    const time = theirs?.get('X-Amz-Date') ?? stderr;
    const now = Date.parse(time.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'));

    const ours = new URL(
      presignGet(object, {
        credentials: { ...credentials, ...(sessionToken === '' ? {} : { sessionToken }) },
        region: 'eu-central-1',
        now,
        seconds: 60,
      }),
    ).searchParams;

    assert.deepEqual(Object.fromEntries(ours), Object.fromEntries(theirs ?? []));
  }
});

test('a session token is signed, in its place among the parameters', () => {
  const url = presignGet(new URL('https://b.s3.eu-central-1.amazonaws.com/k'), {
    credentials: { ...credentials, sessionToken: 'a/b+c==' },
    region: 'eu-central-1',
    now: 0,
    seconds: 60,
  });

  assert.match(
    url,
    /&X-Amz-Expires=60&X-Amz-Security-Token=a%2Fb%2Bc%3D%3D&X-Amz-SignedHeaders=host&X-Amz-Signature=\w{64}$/,
  );
});

for (const [name, env, bucket, key, expected] of [
  [
    'a bucket is a host of its region',
    { AWS_REGION: 'eu-central-1' },
    'releases',
    'shop/v1+b2/a b.tgz',
    'https://releases.s3.eu-central-1.amazonaws.com/shop/v1%2Bb2/a%20b.tgz',
  ],
  [
    'a name with dots is no host under TLS',
    { AWS_DEFAULT_REGION: 'us-east-1' },
    'a.b',
    'k',
    'https://s3.us-east-1.amazonaws.com/a.b/k',
  ],
  [
    'China has a domain of its own',
    { AWS_REGION: 'cn-north-1' },
    'bbb',
    'k',
    'https://bbb.s3.cn-north-1.amazonaws.com.cn/k',
  ],
  [
    'another service has its buckets as paths',
    { AWS_ENDPOINT_URL_S3: 'http://s3.lan:9000/' },
    'bbb',
    'k',
    'http://s3.lan:9000/bbb/k',
  ],
] as const) {
  test(name, () => {
    const access = s3Access({ ...KEYS, ...env });

    assert.ok(!isProblems(access));
    assert.equal(objectUrl(bucket, key, access).href, expected);
  });
}

test('all that is missing is told at once', () => {
  const nothing = s3Access({});
  const odd = s3Access({ AWS_ENDPOINT_URL: 'ftp://x', AWS_ACCESS_KEY_ID: 'a' });

  assert.ok(isProblems(nothing) && isProblems(odd));
  assert.equal(nothing[0]?.got, 'without AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION');
  assert.deepEqual(
    odd.map(({ got, what }) => got ?? what),
    ['without AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL is not the address of an S3 service.'],
  );
});
