import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetProblems } from '@slipway/vm/fleet-wish';

const INPUTS = {
  hosts: ['deploy@web-1 port=8081', 'deploy@web-2'],
  root: '/opt/slipway',
  balancer: 'haproxy://deploy@lb-1/run/haproxy/admin.sock?backend=web&server={host}',
  health: 'http://:8080/healthz',
  service: 'script',
  command: undefined,
  versionFrom: 'process',
} as const;

test('inputs that can be read have no problems', () => {
  assert.deepEqual(fleetProblems(INPUTS), []);
});

test('a health check with {port} names the hosts that do not say theirs', () => {
  const [problem, ...more] = fleetProblems({ ...INPUTS, health: 'http://:{port}/healthz' });

  assert.deepEqual(more, []);
  assert.equal(problem?.got, 'web-2');
  assert.equal(problem?.fix, 'web-2 port=8080');
});

test('each text that cannot be read has its problem, all at once', () => {
  const problems = fleetProblems({ ...INPUTS, hosts: ['-x'], balancer: 'x', health: 'x', versionFrom: 'x' });

  assert.deepEqual(
    problems.map(({ what }) => what.split(/[,:]/, 1)[0]),
    ['hosts', 'balancer', 'health', 'version-from'],
  );
});

test('a process that outlives its releases is no proof, and a command has to be named', () => {
  assert.deepEqual(wrong({ ...INPUTS, service: 'tomcat' }), ['version-from']);
  assert.deepEqual(wrong({ ...INPUTS, service: 'tomcat', versionFrom: 'body' }), []);
  assert.deepEqual(wrong({ ...INPUTS, service: 'command', command: undefined }), ['Input "command" is missing']);
  assert.deepEqual(wrong({ ...INPUTS, service: 'command', command: '/usr/local/bin/run' }), []);
});

function wrong(inputs: Parameters<typeof fleetProblems>[0]): readonly string[] {
  return fleetProblems(inputs).map((problem) => problem.what.split(':', 1)[0] ?? '');
}
