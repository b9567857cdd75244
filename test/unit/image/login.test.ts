import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { logIn } from '@slipway/image/login';
import { removePrivateFolder, withPrivateFolder } from '@slipway/image/private-folder';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';

const ANN = { username: 'ann', password: 'p:w' };
const AUTH = { auth: Buffer.from('ann:p:w').toString('base64') };
const OTHER = { auth: 'b3RoZXI6eA==' };

/** A home with a configuration of docker, and an empty folder for the login. */
function home(dir: TemporaryFolder, config: unknown): { readonly folder: string; readonly HOME: string } {
  mkdirSync(dir.at('home', '.docker'), { recursive: true });
  mkdirSync(dir.at('login'));
  writeFileSync(dir.at('home', '.docker', 'config.json'), JSON.stringify(config));
  return { folder: dir.at('login'), HOME: dir.at('home') };
}

function configIn(folder: string): unknown {
  return JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));
}

describe('a login for docker', () => {
  test('stands beside those that are there, in a private file', async () => {
    await using dir = temporaryFolder();
    const existing = {
      auths: { 'ghcr.io': OTHER, 'r:5000': OTHER },
      credHelpers: { 'r:5000': 'ecr-login', 'x.io': 'gcloud' },
      proxies: { default: {} },
    };
    const { folder, HOME } = home(dir, existing);
    mkdirSync(dir.at('home', '.docker', 'contexts'));
    mkdirSync(dir.at('home', '.docker', 'buildx'));

    const env = await logIn(folder, { registry: 'r:5000', credentials: ANN, logins: 'docker', env: { HOME, A: '1' } });

    assert.deepEqual(env, { HOME, A: '1', DOCKER_CONFIG: folder, BUILDX_CONFIG: dir.at('home', '.docker', 'buildx') });
    assert.deepEqual(configIn(folder), {
      auths: { 'ghcr.io': OTHER, 'r:5000': AUTH },
      credHelpers: { 'x.io': 'gcloud' },
      proxies: { default: {} },
      cliPluginsExtraDirs: [dir.at('home', '.docker', 'cli-plugins')],
    });
    assert.equal(lstatSync(dir.at('login', 'config.json')).mode & 0o777, 0o600);
    assert.equal(readlinkSync(dir.at('login', 'contexts')), dir.at('home', '.docker', 'contexts'));
    assert.deepEqual(JSON.parse(readFileSync(dir.at('home', '.docker', 'config.json'), 'utf8')), existing);
  });

  test('is not hidden by a store of the machine', async () => {
    await using dir = temporaryFolder();
    const { folder, HOME } = home(dir, { credsStore: 'pass', cliPluginsExtraDirs: ['/opt/plugins'] });

    await logIn(folder, { registry: 'docker.io', credentials: ANN, logins: 'docker', env: { HOME } });

    assert.deepEqual(configIn(folder), {
      auths: { 'https://index.docker.io/v1/': AUTH },
      credsStore: 'pass',
      credHelpers: { 'https://index.docker.io/v1/': '' },
      cliPluginsExtraDirs: ['/opt/plugins', dir.at('home', '.docker', 'cli-plugins')],
    });
  });

  test('follows DOCKER_CONFIG and BUILDX_CONFIG, and needs no home', async () => {
    await using dir = temporaryFolder();
    const { folder } = home(dir, { auths: { 'ghcr.io': OTHER } });
    const env = { DOCKER_CONFIG: dir.at('home', '.docker'), BUILDX_CONFIG: '/builders' };

    const result = await logIn(folder, { registry: 'r', credentials: ANN, logins: 'docker', env });

    assert.deepEqual(result, { DOCKER_CONFIG: folder, BUILDX_CONFIG: '/builders' });
    assert.deepEqual((configIn(folder) as { auths: unknown }).auths, { 'ghcr.io': OTHER, r: AUTH });
    assert.deepEqual(await logIn(dir.at('home'), { registry: 'r', credentials: ANN, logins: 'docker', env: {} }), {
      DOCKER_CONFIG: dir.at('home'),
    });
  });
});

describe('a login for buildah', () => {
  test("goes by its own file of logins, else by docker's", async () => {
    await using dir = temporaryFolder();
    const { folder, HOME } = home(dir, { auths: { 'ghcr.io': OTHER }, credsStore: 'pass' });
    const options = { registry: 'r', credentials: ANN, logins: 'containers' } as const;

    const env = await logIn(folder, { ...options, env: { HOME } });

    assert.deepEqual(env, { HOME, REGISTRY_AUTH_FILE: dir.at('login', 'config.json') });
    assert.deepEqual(configIn(folder), { auths: { 'ghcr.io': OTHER, r: AUTH }, credHelpers: {} });

    mkdirSync(dir.at('run', 'containers'), { recursive: true });
    writeFileSync(dir.at('run', 'containers', 'auth.json'), JSON.stringify({ auths: { 'x.io': OTHER } }));
    await logIn(folder, { ...options, env: { HOME, XDG_RUNTIME_DIR: dir.at('run') } });

    assert.deepEqual(configIn(folder), { auths: { 'x.io': OTHER, r: AUTH }, credHelpers: {} });
  });
});

test("nobody's login leaves everything as it is", async () => {
  await using dir = temporaryFolder();
  const { folder, HOME } = home(dir, {});

  const env = await logIn(folder, { registry: 'r', credentials: undefined, logins: 'docker', env: { HOME } });

  assert.deepEqual(env, { HOME });
  assert.deepEqual(readdirSync(folder), []);
});

describe('the private folder', () => {
  test('is remembered before it is used, and gone however the body ends', async () => {
    await using dir = temporaryFolder();
    const remembered: string[] = [];
    const remember = (folder: string): void => void remembered.push(folder);

    await assert.rejects(
      withPrivateFolder(dir.path, remember, (folder) => {
        assert.deepEqual([remembered, lstatSync(folder).mode & 0o777], [[folder], 0o700]);
        writeFileSync(`${folder}/config.json`, 'secret');
        return Promise.reject(new Error('as planned'));
      }),
      /as planned/,
    );

    assert.deepEqual(readdirSync(dir.path), []);
  });

  test('nothing else is ever removed', async () => {
    await using dir = temporaryFolder();
    mkdirSync(dir.at('slipway-image-x'));
    mkdirSync(dir.at('slipway-image-y', 'slipway-image-z'), { recursive: true });
    mkdirSync(dir.at('other'));

    for (const path of [dir.at('slipway-image-x'), dir.at('slipway-image-y', 'slipway-image-z'), dir.at('other')]) {
      await removePrivateFolder(path, dir.path);
    }

    assert.deepEqual(readdirSync(dir.path), ['other', 'slipway-image-y']);
    assert.deepEqual(readdirSync(dir.at('slipway-image-y')), ['slipway-image-z']);
  });
});
