import assert from 'node:assert/strict';
import { test } from 'node:test';
import { masksOf } from '@slipway/kit/secrets';

const KEY_LINE = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW';
const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${KEY_LINE}\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n`;
const KEY_DATA = Buffer.from(KEY).toString('base64');
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUMK
    server: https://cluster.example.com:6443
  name: production
users:
- name: deploy
  user:
    client-key-data: ${KEY_DATA}
    password: "correct horse"
    token: eyJhbGciOi.J9
    exec:
      env:
      - name: REGION
        value: eu-west-1
`;

/** What has to be masked, and what must stay readable. */
const cases: readonly {
  title: string;
  secret: string;
  masked: readonly string[];
  readable: readonly string[];
}[] = [
  { title: 'a value of one line', secret: 'hunter2', masked: ['hunter2'], readable: [] },
  { title: 'white space around it does not count', secret: ' hunter2\n', masked: ['hunter2'], readable: [] },
  { title: 'a blank one', secret: ' \n', masked: [], readable: [''] },
  {
    title: 'a key: its lines, not its armor',
    secret: KEY,
    masked: [KEY_LINE, KEY_DATA, JSON.stringify(KEY).slice(1, -1)],
    readable: ['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----', 'AAAA'],
  },
  {
    title: 'a key with headers',
    secret: `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${KEY_LINE}\n-----END RSA PRIVATE KEY-----`,
    masked: [KEY_LINE],
    readable: ['Proc-Type: 4,ENCRYPTED', '-----BEGIN RSA PRIVATE KEY-----'],
  },
  {
    title: 'lines of 8 characters and more of any other text',
    secret: 'first-line\nshort\nsecond-line',
    masked: ['first-line', 'second-line'],
    readable: ['short'],
  },
  {
    title: 'a kubeconfig: each credential, also decoded',
    secret: KUBECONFIG,
    masked: [KEY_DATA, 'correct horse', 'eyJhbGciOi.J9', KEY_LINE],
    readable: [
      'apiVersion: v1',
      'kind: Config',
      'production',
      'name: production',
      'server: https://cluster.example.com:6443',
      'https://cluster.example.com:6443',
      'deploy',
      'eu-west-1',
      '-----BEGIN OPENSSH PRIVATE KEY-----',
    ],
  },
  {
    title: 'a key in a block of YAML',
    secret: `apiVersion: v1\nkey: |\n  -----BEGIN OPENSSH PRIVATE KEY-----\n  ${KEY_LINE}\n`,
    masked: [KEY_LINE],
    readable: ['apiVersion: v1', 'key: |', '|'],
  },
  {
    title: 'JSON: credentials at every depth, with the key they are in',
    secret: JSON.stringify({
      type: 'service_account',
      project: 'shop-production',
      private_key: KEY,
      nested: [{ clientSecret: 's3cr3t-value', verified: true, token: 123_456 }],
    }),
    masked: ['s3cr3t-value', '123456', KEY_LINE],
    readable: ['service_account', 'shop-production', 'true', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  },
  {
    title: 'JSON over several lines',
    secret: JSON.stringify({ auths: { 'registry.example.com': { auth: 'dXNlcjpwYXNz' } } }, null, 2),
    masked: ['dXNlcjpwYXNz'],
    readable: ['{', '"auths": {', 'registry.example.com'],
  },
  {
    title: 'an environment file: named credentials, long values, passwords in addresses',
    secret:
      'NODE_ENV=production\nexport DB_PASSWORD="abc 12"\nSTRIPE=sk_live_51H8abcdefg\nDB=pg://shop:p4ss@db:5432/x\n',
    masked: ['abc 12', 'sk_live_51H8abcdefg', 'p4ss'],
    readable: ['production', 'pg://shop:p4ss@db:5432/x', 'NODE_ENV=production'],
  },
  {
    title: 'a map of YAML in one line',
    secret: 'apiVersion: v1\nuser: {name: deploy, token: "t0ken-1", password: p4ssw0rd}\npin: 1\n',
    masked: ['t0ken-1', 'p4ssw0rd'],
    readable: ['deploy', 'apiVersion: v1'],
  },
  {
    title: 'a token with a comment, and one that is too short to hide',
    secret: 'token: abcd-1 # of deploy\npassword: 1\n',
    masked: ['abcd-1'],
    readable: ['1'],
  },
  {
    title: 'an .npmrc',
    secret: '//registry.npmjs.org/:_authToken=npm_0123456789\nalways-auth=true\n',
    masked: ['npm_0123456789'],
    readable: ['true'],
  },
  {
    title: 'a word of structure under a credential key',
    secret: 'token: true\npassword: |',
    masked: [],
    readable: ['true', '|'],
  },
];
for (const { title, secret, masked, readable } of cases) {
  test(title, () => {
    const masks = new Set(masksOf(secret));

    for (const text of masked) assert.ok(masks.has(text), `not masked: ${text}`);
    for (const text of readable) assert.ok(!masks.has(text), `masked: ${text}`);
    for (const mask of masks) assert.ok(!/[\r\n]/.test(mask), 'the runner masks each line of a mask');
  });
}
