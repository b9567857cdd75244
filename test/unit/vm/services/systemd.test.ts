import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceProblems } from '@slipway/vm/services/problems';
import type { ServiceHost } from '@slipway/vm/services/service';
import { type SystemdOptions, systemdService, systemdUserService } from '@slipway/vm/services/systemd';
import { script } from '@slipway/vm/steps/scripts';

const OPTIONS: SystemdOptions = {
  place: { app: 'shop', environment: 'production' },
  become: 'sudo',
  start: 'bin/start',
  stopMs: 10_000,
  endpoint: () => ({ port: 8_080 }),
};
const HOST: ServiceHost = {
  name: 'web-1',
  user: 'deploy',
  base: '/opt/slipway/shop/production',
  lacks: [],
  systemctl: '/usr/bin/systemctl',
};

test('the setup holds the unit, which runs the resolved path of the slot', () => {
  const setup = systemdService(OPTIONS).setup?.(HOST) ?? '';

  for (const line of [
    'User=deploy',
    'WorkingDirectory=/opt/slipway/shop/production/slots/%i',
    'EnvironmentFile=/opt/slipway/shop/production/slots/%i.d/unit.env',
    'ExecStart=/bin/sh -c "cd -P . && exec $$PWD/bin/start"',
    'TimeoutStopSec=10',
  ]) {
    assert.ok(setup.includes(`  '${line}' \\\n`), `${line} is not in\n${setup}`);
  }
});

test('the setup lets the user give the orders of both slots, word for word, and no shell', () => {
  const setup = systemdService(OPTIONS).setup?.(HOST) ?? '';

  const commands = [...setup.matchAll(/\/usr\/bin\/systemctl ([^,'\n]*)/g)].map(([, order]) => order?.trim());
  assert.deepEqual(
    commands,
    ['blue', 'green'].flatMap((slot) => [
      `reset-failed shop-production@${slot}.service`,
      `start --no-block shop-production@${slot}.service`,
      `stop --no-block shop-production@${slot}.service`,
      `kill -s KILL shop-production@${slot}.service`,
    ]),
  );
  for (const line of commands) assert.doesNotMatch(line ?? '', /[*?[\]\\]/, 'nothing that sudoers would expand');
});

test('the orders that scripts give are those of the setup', () => {
  const given = script('service-systemd').match(/say "([^"]* \$unit@\$1\.service)"/g) ?? [];

  assert.equal(given.length, 4);
  const setup = systemdService(OPTIONS).setup?.(HOST) ?? '';
  for (const line of given) {
    const order = line.replace(/^say "|"$/g, '').replace('$unit@$1', 'shop-production@blue');
    assert.ok(setup.includes(`/usr/bin/systemctl ${order}`), order);
  }
});

test('without sudo the setup has nothing for sudoers', () => {
  assert.doesNotMatch(systemdService({ ...OPTIONS, become: 'none' }).setup?.(HOST) ?? '', /sudoers/);
});

test('a unit of the user is named by its plain name, with or without what systemd adds', () => {
  for (const unit of ['web', 'web@', 'web@.service']) {
    assert.match(systemdService({ ...OPTIONS, unit }).setup?.(HOST) ?? '', /\/etc\/systemd\/system\/web@\.service/);
  }
});

test('a host that lacks things is told all of them, and the way to mend them once', () => {
  const lacks = ['unit not-found', 'right /usr/bin/systemctl a', 'right /usr/bin/systemctl b'];

  const problems = systemdService(OPTIONS).problems?.({ ...HOST, lacks }) ?? [];

  assert.deepEqual(
    problems.map(({ what }) => what),
    [
      'web-1 has no unit shop-production@.service (systemd: not-found).',
      'On web-1 sudo does not let deploy run: /usr/bin/systemctl a, and 1 more',
    ],
  );
  assert.deepEqual(
    problems.map(({ fix }) => fix !== undefined),
    [false, true],
  );
  assert.match(
    problems[1]?.fix ?? '',
    /^once on web-1, as root:\nprintf [^|]*\|\n {2}install -m 0644 \S+ \S+shop-production@\.service\n/,
  );
});

test('each thing that a host can lack has its own sentence', () => {
  assert.equal(told('systemd'), 'web-1 is not run by systemd.');
  assert.equal(told('sudo'), 'web-1 has no program "sudo".');
  assert.equal(told('become'), 'On web-1 the user deploy may not give orders to systemd.');
  assert.match(told('password /usr/bin/systemctl a') ?? '', /^On web-1 sudo wants a password of deploy for:/);
});

test('without lingering, the fix is the line to run', () => {
  const [problem] = systemdUserService(OPTIONS).problems?.({ ...HOST, lacks: ['linger'] }) ?? [];

  assert.equal(problem?.what, 'On web-1 the services of deploy end with the last session of deploy.');
  assert.equal(problem?.fix, 'once on web-1, as root: loginctl enable-linger deploy');
});

test('inputs that fit each other have no problems', () => {
  assert.deepEqual(serviceProblems({ service: 'systemd', unit: 'shop@', become: 'sudo', start: 'bin/start' }), []);
  assert.deepEqual(serviceProblems({ service: 'script', become: 'none', start: 'bin/my start' }), []);
});

test('inputs that do not fit are told all at once', () => {
  assert.deepEqual(inputsAtFault({ service: 'systemd-user', unit: 'a b', become: 'sudo', start: 'bin/my start' }), [
    'unit',
    'become',
    'start',
  ]);
  assert.deepEqual(inputsAtFault({ service: 'systemd', unit: 'shop@blue' }), ['unit'], 'an instance is no template');
});

function told(lacks: string): string | undefined {
  return systemdService(OPTIONS).problems?.({ ...HOST, lacks: [lacks] })[0]?.what;
}

function inputsAtFault(inputs: Parameters<typeof serviceProblems>[0]): readonly (string | undefined)[] {
  return serviceProblems(inputs).map(({ what }) => what.split(':')[0]);
}
