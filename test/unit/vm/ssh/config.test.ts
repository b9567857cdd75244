import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, configText } from '@slipway/vm/ssh/config';

const ACCESS: Access = {
  knownHosts: '/p/known_hosts',
  agent: '/p/agent',
  certificate: '/p/key-cert.pub',
  home: '/home/ada',
  userConfig: undefined,
  connectTimeoutMs: 9_500,
};

test('what is ours comes first, so that no line of a user weakens it', () => {
  const text = configText({ ...ACCESS, userConfig: 'Host web\n  StrictHostKeyChecking no' });
  const lines = text.split('\n');

  for (const line of [
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    'UserKnownHostsFile "/p/known_hosts"',
    'IdentityAgent "/p/agent"',
    'CertificateFile "/p/key-cert.pub"',
    'ConnectTimeout 10',
  ]) {
    assert.ok(lines.indexOf(line) >= 0 && lines.indexOf(line) < lines.indexOf('Host *'), line);
  }
  assert.ok(!text.includes('/home/ada'), 'the given text stands for the file of the user');
  assert.equal(lines.lastIndexOf('Host *'), lines.indexOf('Include "/etc/ssh/ssh_config"') - 1);
});

test('what is not given stays as the user has it', () => {
  const nothing = { knownHosts: undefined, agent: undefined, certificate: undefined };
  const text = configText({ ...ACCESS, ...nothing });

  assert.doesNotMatch(text, /UserKnownHostsFile|Identit|CertificateFile/);
  assert.match(text, /^Include "\/home\/ada\/\.ssh\/config"$/m);
});
