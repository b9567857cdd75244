import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  baseName,
  formatReference,
  type ImageReference,
  isSameRepository,
  isTag,
  parseReference,
  parseRepository,
} from '@slipway/image/reference';
import * as fc from 'fast-check';

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const DIGEST = `sha256:${HEX}` as const;

describe('references are read by the grammar of distribution', () => {
  const cases: readonly (readonly [text: string, expected: ImageReference])[] = [
    ['nginx', { registry: 'docker.io', path: 'library/nginx' }],
    ['nginx:1.27', { registry: 'docker.io', path: 'library/nginx', tag: '1.27' }],
    ['acme/shop', { registry: 'docker.io', path: 'acme/shop' }],
    ['docker.io/nginx', { registry: 'docker.io', path: 'library/nginx' }],
    ['index.docker.io/acme/shop', { registry: 'docker.io', path: 'acme/shop' }],
    ['localhost/shop', { registry: 'localhost', path: 'shop' }],
    ['registry:5000/shop', { registry: 'registry:5000', path: 'shop' }],
    ['registry:5000/shop:v1', { registry: 'registry:5000', path: 'shop', tag: 'v1' }],
    ['ghcr.io/acme/shop/api', { registry: 'ghcr.io', path: 'acme/shop/api' }],
    ['GHCR.io/acme/shop', { registry: 'ghcr.io', path: 'acme/shop' }],
    ['127.0.0.1:5000/a__b/c--d.e_f', { registry: '127.0.0.1:5000', path: 'a__b/c--d.e_f' }],
    ['[::1]:5000/shop', { registry: '[::1]:5000', path: 'shop' }],
    [`shop@${DIGEST}`, { registry: 'docker.io', path: 'library/shop', digest: DIGEST }],
    [`r:1/shop:V_1.x-@${DIGEST}`, { registry: 'r:1', path: 'shop', tag: 'V_1.x-', digest: DIGEST }],
    ['registry:5000', { registry: 'docker.io', path: 'library/registry', tag: '5000' }],
  ];

  for (const [text, expected] of cases) test(text, () => assert.deepEqual(parseReference(text), expected));
});

describe('what is no reference is refused', () => {
  const cases = [
    '',
    ' nginx',
    'nginx:',
    'nginx:-x',
    `nginx:${'a'.repeat(129)}`,
    'acme//shop',
    'acme/shop/',
    '/shop',
    'registry:5000/',
    'registry:port/shop',
    'registry:500000/shop',
    'ghcr.io/Acme/shop',
    'ghcr.io/a___b',
    'ghcr.io/-shop',
    'ghcr.io/shop.',
    'bad_host.io/shop',
    'https://ghcr.io/acme/shop',
    'nginx@sha256:abc',
    `nginx@sha512:${HEX}${HEX}`,
    `nginx@${DIGEST}@${DIGEST}`,
    `nginx@${DIGEST.toUpperCase()}`,
    HEX,
    `ghcr.io/${'a'.repeat(250)}`,
    'nginx\n',
  ];

  for (const text of cases) {
    test(JSON.stringify(text), () => {
      const problem = parseReference(text);

      assert.ok('what' in problem, JSON.stringify(problem));
      assert.equal(problem.got, JSON.stringify(text));
    });
  }
});

test('capitals in a name come with the line to write', () => {
  const problem = parseReference('ghcr.io/Acme/Shop:V1');

  assert.ok('what' in problem);
  assert.equal(problem.fix, 'ghcr.io/acme/shop:V1');
});

test('a repository has neither tag nor digest', () => {
  assert.deepEqual(parseRepository('registry:5000/shop'), { registry: 'registry:5000', path: 'shop' });
  for (const text of ['registry:5000/shop:v1', `registry:5000/shop@${DIGEST}`]) {
    const problem = parseRepository(text);
    assert.ok('what' in problem);
    assert.equal(problem.fix, 'registry:5000/shop');
  }
});

test('short and long names of one repository are the same', () => {
  const [short, long, other] = ['nginx', 'docker.io/library/nginx', 'ghcr.io/library/nginx'].map(
    (text) => parseReference(text) as ImageReference,
  );
  assert.ok(short !== undefined && long !== undefined && other !== undefined);

  assert.deepEqual([isSameRepository(short, long), isSameRepository(short, other)], [true, false]);
  assert.equal(baseName(long), 'nginx');
});

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const component = fc
  .tuple(word, fc.array(fc.tuple(fc.constantFrom('.', '_', '__', '-', '--'), word), { maxLength: 2 }))
  .map(([first, rest]) => `${first}${rest.flat().join('')}`);
const host = fc
  .tuple(
    fc.oneof(
      fc.constant('localhost'),
      fc.tuple(word, word).map((labels) => labels.join('.')),
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip.toLowerCase()}]`),
    ),
    fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  )
  .map(([name, port]) => (port === undefined ? name : `${name}:${port}`))
  .filter((registry) => !/\[.*\.\d/.test(registry));
const reference = fc.record<ImageReference>(
  {
    registry: host,
    path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    tag: fc.stringMatching(/^\w[\w.-]{0,20}$/),
    digest: fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}` as const),
  },
  { requiredKeys: ['registry', 'path'], noNullPrototype: true },
);

test('what is written is read back', () => {
  fc.assert(fc.property(reference, (given) => assert.deepEqual(parseReference(formatReference(given)), given)));
});

test('no text breaks the reader, and what it takes is stable', () => {
  const noise = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...Array.from('aA0.:/@-_[]'), DIGEST, 'docker.io/') }),
  );
  fc.assert(
    fc.property(noise, (text) => {
      const read = parseReference(text);
      if ('what' in read) return;
      assert.deepEqual(parseReference(formatReference(read)), read);
      assert.ok(read.tag === undefined || isTag(read.tag));
    }),
    { numRuns: 2_000 },
  );
});
