import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRepository, sameRepository } from '@slipway/source/repository';

const SERVER = 'https://github.example.com';

describe('the repository input', () => {
  const good = [
    ['acme/shop', 'https://github.example.com/acme/shop', true],
    ['https://github.example.com/acme/shop.git', 'https://github.example.com/acme/shop.git', true],
    ['https://other.example.com/acme/shop', 'https://other.example.com/acme/shop', false],
    // Another port is another server.
    ['https://github.example.com:8443/acme/shop', 'https://github.example.com:8443/acme/shop', false],
    ['http://github.example.com/acme/shop', 'http://github.example.com/acme/shop', false],
    ['ssh://git@example.com:2222/acme/shop.git', 'ssh://git@example.com:2222/acme/shop.git', false],
    ['git@example.com:acme/shop.git', 'git@example.com:acme/shop.git', false],
    ['file:///srv/git/shop', 'file:///srv/git/shop', false],
    ['/srv/git/my shop', 'file:///srv/git/my%20shop', false],
  ] as const;
  for (const [text, url, own] of good) {
    test(`${text} is fetched from ${url}`, () => {
      assert.deepEqual(parseRepository(text, `${SERVER}/`), { url, name: text, own });
    });
  }

  const bad = [
    '',
    'shop',
    'acme/shop/extra',
    '../shop',
    './shop',
    '-c/core.sshCommand',
    '--upload-pack=evil',
    'ext::sh -c evil',
    'git://example.com/shop',
    'ssh://',
    'git@-oProxyCommand=evil:shop',
    'https://example.com/a b',
  ];
  for (const text of bad) {
    test(`${JSON.stringify(text)} is refused`, () => {
      assert.equal('what' in parseRepository(text, SERVER), true);
    });
  }

  test('credentials in the address are refused and not repeated', () => {
    const problem = parseRepository('https://me:hunter2@example.com/acme/shop', SERVER);

    assert.match(JSON.stringify(problem), /carries credentials/);
    assert.doesNotMatch(JSON.stringify(problem), /hunter2/);
  });
});

test('two ways to write an address are one repository', () => {
  assert.equal(sameRepository('https://a.example/x/y.git', 'https://token@a.example/x/y/'), true);
  assert.equal(sameRepository('git@a.example:x/y.git', 'git@a.example:x/y'), true);
  assert.equal(sameRepository('https://a.example/x/y', 'https://a.example/x/z'), false);
  assert.equal(sameRepository('ssh://git@a.example/x', 'ssh://other@a.example/x'), false);
});
