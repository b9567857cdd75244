import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTransientOutput } from '@slipway/image/transient';

describe('what a failed push says may be over a moment later', () => {
  const passing = [
    'received unexpected HTTP status: 502 Bad Gateway',
    `error parsing HTTP 502 response body: invalid character '<' looking for beginning of value: "<html>"`,
    'failed to push 127.0.0.1:5000/x: unexpected status from PUT request to http://127.0.0.1:5000/v2/x/manifests/v1: 502 Bad Gateway',
    'unexpected status from POST request to https://ghcr.io/v2/acme/shop/blobs/uploads/: 599 Odd',
    'Error: writing blob: uploading layer chunked: StatusCode: 503, <html>\\r\\n<head>...',
    'toomanyrequests: You have reached your pull rate limit.',
    'Error: trying to reuse blob: received unexpected HTTP status: 429 Too Many Requests',
    'Put "http://127.0.0.1:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused',
    'read tcp 10.0.0.1:3111->10.0.0.2:443: read: connection reset by peer',
    'Patch "https://r/v2/x/blobs/uploads/1": write: broken pipe',
    'Head "https://r/v2/": EOF',
    'error pushing image: unexpected EOF',
    'Get "https://r/v2/": net/http: TLS handshake timeout',
    'dial tcp 10.0.0.2:443: i/o timeout',
    'dial tcp: lookup r on 10.0.0.2:53: server misbehaving',
  ];
  const lasting = [
    '',
    'unauthorized: authentication required',
    'denied: requested access to the resource is denied',
    'no basic auth credentials',
    'unexpected status from POST request to https://ghcr.io:4500/v2/acme/shop/blobs/uploads/: 403 Forbidden',
    'unexpected status from HEAD request to http://127.0.0.1:500/v2/x/blobs/sha256:502502: 401 Unauthorized',
    'received unexpected HTTP status: 413 Request Entity Too Large',
    'manifest invalid: manifest invalid, size 503',
    'v1: digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 size: 528',
    'x509: certificate signed by unknown authority',
    'dial tcp: lookup nowhere.example: no such host',
    'name unknown: The repository with name "shop" does not exist in the registry with id "502"',
  ];

  for (const output of passing) test(`yes: ${output}`, () => assert.equal(isTransientOutput(output), true));
  for (const output of lasting) test(`no: ${output}`, () => assert.equal(isTransientOutput(output), false));
});
