import { join } from 'node:path';
import { linkTo, readTextIfThere, statIfThere, writeWhole } from '@slipway/effects/files';
import { isArrayOf, isObject, isString, type JsonObject, parseJson } from '@slipway/kernel/json';
import type { Builder, Env } from './builders/builder.ts';
import type { Credentials } from './registry-auth.ts';

export interface LoginOptions {
  readonly registry: string;
  /** Nobody's login leaves everything as it is. */
  readonly credentials: Credentials | undefined;
  readonly logins: Builder['logins'];
  readonly env: Env;
}

const CONFIG = 'config.json';
/** The name that docker has for the login to Docker Hub. */
const HUB = 'https://index.docker.io/v1/';

/**
 * Puts the login for one registry beside those that are there already, in a private folder of this run: no program
 * gets the password on its command line, and the user's own files stay as they are. Returns the environment in which
 * builders find it.
 */
export async function logIn(folder: string, options: LoginOptions): Promise<Env> {
  const { env, logins, credentials } = options;
  if (credentials === undefined) return env;
  const home = env.DOCKER_CONFIG ?? (env.HOME === undefined ? undefined : join(env.HOME, '.docker'));
  const config = configWith(await existingConfig(env, logins, home), { ...options, credentials, home });
  await writeWhole(join(folder, CONFIG), JSON.stringify(config), 0o600);
  if (logins === 'containers') return { ...env, REGISTRY_AUTH_FILE: join(folder, CONFIG) };
  const inHome = async (name: string): Promise<string | undefined> =>
    home !== undefined && (await statIfThere(join(home, name))) !== undefined ? join(home, name) : undefined;
  const contexts = await inHome('contexts');
  if (contexts !== undefined) await linkTo(contexts, join(folder, 'contexts'));
  const builders = env.BUILDX_CONFIG ?? (await inHome('buildx'));
  return { ...env, DOCKER_CONFIG: folder, ...(builders === undefined ? {} : { BUILDX_CONFIG: builders }) };
}

/** Where earlier steps logged in: base images may come from there. */
async function existingConfig(env: Env, logins: Builder['logins'], home: string | undefined): Promise<JsonObject> {
  const { REGISTRY_AUTH_FILE: file, XDG_RUNTIME_DIR: runtime } = env;
  const ofContainers = [file, runtime === undefined ? undefined : join(runtime, 'containers', 'auth.json')];
  const ofDocker = home === undefined ? undefined : join(home, CONFIG);
  for (const path of [...(logins === 'containers' ? ofContainers : []), ofDocker]) {
    const config = path === undefined ? undefined : parseJson((await readTextIfThere(path)) ?? '');
    if (isObject(config)) return config;
  }
  return {};
}

interface ConfigOptions extends Pick<LoginOptions, 'registry' | 'logins'> {
  readonly credentials: Credentials;
  /** Where docker's own configuration is. */
  readonly home: string | undefined;
}

/** The configuration that there is, with one login more. */
export function configWith(existing: JsonObject, { registry, credentials, logins, home }: ConfigOptions): JsonObject {
  const key = registry === 'docker.io' ? HUB : registry;
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const auths = { ...(isObject(existing.auths) ? existing.auths : {}), [key]: { auth } };
  const { [key]: _, ...helpers } = isObject(existing.credHelpers) ? existing.credHelpers : {};
  if (logins === 'containers') return { auths, credHelpers: helpers };
  const plugins = isArrayOf(existing.cliPluginsExtraDirs, isString) ? existing.cliPluginsExtraDirs : [];
  return {
    ...existing,
    auths,
    // an empty helper means this file; without it a store of the machine would be asked instead
    credHelpers: existing.credsStore === undefined ? helpers : { ...helpers, [key]: '' },
    cliPluginsExtraDirs: [...plugins, ...(home === undefined ? [] : [join(home, 'cli-plugins')])],
  };
}
