import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Argv } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';
import type { Authority } from '@slipway/vm/authority';
import { lockFleet } from '@slipway/vm/lease/fleet-lock';
import { openFleet } from '@slipway/vm/ssh/open';
import type { SshSettings } from '@slipway/vm/ssh/settings';
import { keptLog } from '../support/kept-log.ts';
import { requirePart } from '../support/require.ts';
import { lockSettings, type SshLab, sshLab, stepOf } from '../support/ssh-lab.ts';
import { watchedExec } from '../support/ssh-probe.ts';
import { makeKey, type RunningSshd } from '../support/sshd.ts';
import { until } from '../support/until.ts';

test('two jump hosts, one behind the other: one connection each, with the key of the agent at every hop', async (t) => {
  if (requirePart(t, 'sshd') === undefined) return;
  await using lab = await sshLab(3);
  const [web, ...jumps] = lab.servers;

  const session = await opened(lab, { jump: jumps.map(hopTo) });
  await lockFleet([session], lockSettings());
  const results = await Promise.all([1, 2, 3].map(() => session.run(stepOf('echo there', { fence: 'fenced' }))));

  assert.deepEqual(
    results.map(({ stdout }) => stdout),
    Array(3).fill('there\n'),
  );
  assert.deepEqual([web, ...jumps].map(connectionsOf), [1, 1, 1]);
  for (const server of lab.servers) assert.equal(accepted(server), 1, 'each hop let the key in');
});

test('the host key of every hop is checked, and the line that is missing is told for the hop that shows it', async () => {
  await using lab = await sshLab(3);
  const [web, first, second] = lab.servers;
  const jump = [first, second].map(hopTo);

  for (const unknown of [first, second, web]) {
    const knownHosts = lab.servers.filter((server) => server !== unknown).map((server) => server.knownHosts);
    const message = await refusal(lab, { jump }, { knownHosts: knownHosts.join('\n') });

    const at = unknown === web ? '' : `, at its jump host [${unknown?.address}]:${unknown?.port}`;
    assert.ok(message.startsWith(`web-1${at}: its host key is not in known-hosts.`), message);
    assert.ok(message.endsWith(unknown?.knownHosts.split(' ').slice(0, 3).join(' ') ?? '?'), message);
  }
  assert.equal(accepted(web), 0, 'nobody was logged in behind a host that nobody vouched for');
});

test('a jump host that refuses the key, or leads nobody on, is told as what it is, and asked once', async () => {
  await using lab = await sshLab(1);
  const stranger = await makeKey(lab.folder.at('stranger'));
  const closed = await lab.add('closed', { config: ['AllowTcpForwarding no'] });
  const foreign = await lab.add('foreign', { clientKey: stranger });
  const known = [...lab.servers, closed, foreign].map(({ knownHosts }) => knownHosts).join('\n');

  const forbidden = await refusal(lab, { jump: [hopTo(closed)] }, { knownHosts: known });
  const refused = await refusal(lab, { jump: [hopTo(foreign)] }, { knownHosts: known });

  assert.match(forbidden, /^web-1 \(.* by .*\) was not reached: a jump host leads nobody on\.[\s\S]*prohibited/);
  assert.match(refused, /^web-1 \(.* by .*\) refused the log-in\./);
  assert.ok(refused.includes(`${foreign.user}@${foreign.address}: Permission denied`), refused);
  assert.deepEqual([closed, foreign].map(connectionsOf), [1, 1]);
});

test("the user's ssh configuration leads there: alias, user, port, jump host, included files", async () => {
  await using lab = await sshLab(2);
  const [web, jump] = lab.servers;
  const included = lab.folder.at('more_config');
  await writeFile(included, `Host jump\n HostName ${jump?.address}\n Port ${jump?.port}\n`);
  const userConfig = [
    `Include ${included}`,
    `Host shop-web\n HostName ${web?.address}\n Port ${web?.port}\n User ${web?.user}\n ProxyJump jump`,
    // None of these habits is in the way.
    'Host *\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n ControlMaster auto\n ControlPath none',
    ' ControlPersist 10m\n RemoteCommand echo hi\n RequestTTY force\n User nobody',
  ].join('\n');
  const alias = { name: 'web-1', address: 'shop-web', root: lab.folder.at('root-0') };

  const fleet = await lab.open([alias], { userConfig: userConfig.replace(/ User nobody$/, '') });
  const result = await fleet.sessions[0]?.run(stepOf('echo there'));
  const unknown = await refusal(lab, {}, { userConfig, knownHosts: web?.knownHosts }, alias);

  assert.equal(result?.stdout, 'there\n');
  assert.equal(connectionsOf(web), 1);
  assert.match(unknown, /its jump host .*: its host key is not in known-hosts/, 'its own laxness does not count');
});

test('without a key of ours: an identity file of the configuration, or the agent of the runner', async (t) => {
  if (requirePart(t, 'ssh-agent') === undefined) return;
  await using lab = await sshLab(1);
  const key = lab.folder.at('client_key');
  const agent = lab.folder.at('agent');
  const child = systemExec.start({ argv: ['ssh-agent', '-D', '-a', agent] });
  t.after(async () => {
    child.kill('SIGKILL');
    await child.finished;
  });
  await until('the agent listens', async () => (await withAgent(agent, ['ssh-add', '-l'])).code === 1);
  assert.equal((await withAgent(agent, ['ssh-add', '-q', key])).code, 0);

  const byFile = await lab.openOne(own(`IdentityFile ${key}\nIdentityAgent none`));
  const byAgent = await lab.openOne(own(`IdentityFile none\nIdentityAgent ${agent}`));
  const byNothing = await refusal(lab, {}, own('IdentityFile none\nIdentityAgent none'));

  for (const session of [byFile, byAgent]) assert.equal((await session.run(stepOf('echo in'))).stdout, 'in\n');
  assert.match(byNothing, /refused the log-in/);
});

test('a user certificate opens hosts that know only its authority, by a jump host too; an expired one is refused once', async () => {
  await using lab = await sshLab(0);
  const authority = await makeKey(lab.folder.at('ca'));
  await writeFile(lab.folder.at('ca_keys'), `${authority.publicKey}\n`);
  const config = [`TrustedUserCAKeys ${lab.folder.at('ca_keys')}`];
  const nobody = await makeKey(lab.folder.at('nobody'));
  const [web, jump] = [
    await lab.add('web', { config, clientKey: nobody }),
    await lab.add('jump', { config, clientKey: nobody }),
  ];
  const knownHosts = [web, jump].map((server) => server.knownHosts).join('\n');
  const certificate = await certify(lab, 'client_key', ['-n', web.user, '-V', '-5m:+5m']);
  const expired = await certify(lab, 'client_key', ['-n', web.user, '-V', '-10m:-5m']);
  const host = { ...hostAt(lab, web), jump: [hopTo(jump)] };

  const refused = await refusal(lab, {}, { knownHosts, certificate: expired }, hostAt(lab, web));
  const { sessions } = await lab.open([host], { knownHosts, certificate });
  const result = await sessions[0]?.run(stepOf('echo in'));

  assert.equal(result?.stdout, 'in\n');
  assert.match(refused, /refused the log-in[\s\S]*when the certificate ends and whom it names/);
  assert.deepEqual([web, jump].map(connectionsOf), [2, 1]);
});

test('host certificates: a line @cert-authority vouches for all of them, and a host without one is refused', async () => {
  await using lab = await sshLab(1);
  const authority = await makeKey(lab.folder.at('ca'));
  const hostKey = lab.folder.at('sshd-certified', 'host_key');
  const config = [`HostCertificate ${hostKey}-cert.pub`];
  const plain = await lab.add('certified');
  await plain.stop();
  await certify(lab, 'sshd-certified/host_key', ['-h', '-n', plain.address]);
  const certified = await lab.add('certified', { config, address: plain.address, port: plain.port });
  const knownHosts = `@cert-authority *,[127.0.34.*]:* ${authority.publicKey}`;

  const { sessions } = await lab.open([hostAt(lab, certified)], { knownHosts });
  const result = await sessions[0]?.run(stepOf('echo in'));
  const refused = await refusal(lab, {}, { knownHosts });

  assert.equal(result?.stdout, 'in\n');
  assert.match(refused, /web-1: its host key is not in known-hosts/);
});

test('an sshd at its default MaxStartups that is full drops us before the log-in: all come back until it has room', async (t) => {
  await using lab = await sshLab(1, { config: ['LoginGraceTime 4'] });
  const [server] = lab.servers;
  // From 10 that are not yet logged in on, sshd drops some of what comes.
  const crowd = Array.from({ length: 100 }, () => connect(server?.port ?? 0, server?.address).on('error', () => {}));
  t.after(() => {
    for (const socket of crowd) socket.destroy();
  });
  await until('it is full', () => /drop connection/.test(server?.log() ?? ''));
  const log = keptLog();
  const hosts = Array.from({ length: 8 }, (_, n) => lab.host(0, { name: `name-${n}` }));

  const fleet = await lab.open(hosts, { log, connectTimeoutMs: 30_000 });

  assert.equal(fleet.sessions.length, 8);
  assert.equal(accepted(server), 8);
  assert.ok(
    log.told.some(([, text]) => text.includes('trying again in')),
    'some of ours were dropped',
  );
});

test('a port that refuses first and listens later is reached; one that never does costs no more than the connect time-out', async () => {
  await using lab = await sshLab(1);
  const [server] = lab.servers;
  await server?.stop();
  const began = performance.now();
  const message = await refusal(lab, {}, { connectTimeoutMs: 2_000 });
  const ms = performance.now() - began;
  const { exec, masters } = watchedExec();
  const opening = lab.openOne({ exec });
  await until('it was tried twice', () => masters.length >= 2);
  await lab.add('0', { address: server?.address ?? '', port: server?.port ?? 0 });

  const { stdout } = await (await opening).run(stepOf('echo up'));

  assert.equal(stdout, 'up\n');
  assert.match(message, /was not reached within 2s, in \d tries/);
  assert.ok(ms < 4_000, `${ms} ms`);
});

test('a wrong key and a wrong host key are one connection each, however much time is left', async () => {
  await using lab = await sshLab(2);
  const stranger = await makeKey(lab.folder.at('stranger'));

  const fleet = await openFleet([lab.host(0)], lab.settings({ sshKey: stranger.privateKey }));
  await fleet.close();
  const offline = await openFleet([lab.host(1)], lab.settings({ knownHosts: lab.servers[0]?.knownHosts }));
  await offline.close();

  assert.match(fleet.failures[0]?.what ?? '', /refused the log-in/);
  assert.match(offline.failures[0]?.what ?? '', /host key is not in known-hosts/);
  assert.equal(lab.servers[0]?.log().match(/Connection from/g)?.length, 1);
  assert.equal(lab.servers[0]?.log().match(/Failed publickey/g)?.length, 1);
  // The second one only looks which key is shown, and offers none of ours.
  assert.equal(connectionsOf(lab.servers[1]), 2);
  assert.doesNotMatch(lab.servers[1]?.log() ?? '', /publickey/);
});

/** Without a key of ours. */
function own(userConfig: string): Partial<SshSettings> {
  return { sshKey: undefined, userConfig };
}

async function opened(lab: SshLab, over: Partial<ReturnType<SshLab['host']>>) {
  const [session] = (await lab.open([lab.host(0, over)])).sessions;
  assert.ok(session !== undefined);
  return session;
}

/** Why a host cannot be opened. */
async function refusal(
  lab: SshLab,
  over: Partial<ReturnType<SshLab['host']>>,
  settings: Partial<SshSettings>,
  host = lab.host(0, over),
): Promise<string> {
  return await lab.open([host], settings).then(
    () => 'it was opened',
    (cause: Error) => cause.message,
  );
}

/** Signs the public half of a key of the lab with the key `ca`; the certificate lies beside it. */
async function certify(lab: SshLab, key: string, options: readonly string[]): Promise<string> {
  const argv: Argv = [
    'ssh-keygen',
    '-q',
    '-s',
    lab.folder.at('ca'),
    '-I',
    'test',
    ...options,
    lab.folder.at(`${key}.pub`),
  ];
  const { code, stderr } = await systemExec.run({ argv });
  assert.equal(code, 0, stderr);
  return readFileSync(lab.folder.at(`${key}-cert.pub`), 'utf8');
}

function hostAt(lab: SshLab, { address, port, user }: RunningSshd) {
  return { name: 'web-1', address, port, user, root: lab.folder.at('root-0') };
}

function hopTo(server: RunningSshd | undefined): Authority {
  return { address: server?.address ?? '', port: server?.port ?? 0, user: server?.user ?? '' };
}

function connectionsOf(server: RunningSshd | undefined): number {
  return server?.connections() ?? 0;
}

/** How many connections logged in. */
function accepted(server: RunningSshd | undefined): number {
  return server?.log().match(/^Accepted publickey/gm)?.length ?? 0;
}

async function withAgent(socket: string, argv: Argv) {
  return await systemExec.run({ argv: ['env', `SSH_AUTH_SOCK=${socket}`, ...argv] });
}
