import type { Env } from './git.ts';

/** Variables by which a process around us would point git at another repository. */
const FOREIGN = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
];

export type ConfigEntry = readonly [key: string, value: string];

/**
 * The environment with git configuration in it. It is the one place that is neither on disk nor in argv, is seen by
 * git's own children, and is gone with the process.
 */
export function withGitConfig(env: Env, entries: readonly ConfigEntry[]): Env {
  const before = Number(env.GIT_CONFIG_COUNT ?? '0');
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(before + entries.length) };
  for (const [index, [key, value]] of entries.entries()) {
    variables[`GIT_CONFIG_KEY_${before + index}`] = key;
    variables[`GIT_CONFIG_VALUE_${before + index}`] = value;
  }
  return { ...env, ...variables };
}

/** Git that asks nobody, speaks English, and leaves no process behind. */
export function gitEnvironment(env: Env, entries: readonly ConfigEntry[]): Env {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.includes(name)));
  return withGitConfig({ ...kept, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', LC_ALL: 'C' }, [
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    // A transfer that stands still for a minute is over.
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
    ...entries,
  ]);
}

/** Lets git work in a folder that another user owns: containers mount the workspace like that. */
export function trusting(folder: string): ConfigEntry {
  return ['safe.directory', folder];
}

/** The token as a header for one server only. */
export function authorizing(url: string, token: string): readonly ConfigEntry[] {
  const key = `http.${new URL(url).origin}/.extraheader`;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  // The empty value first: a header left in the repository's own configuration would be sent as a second one.
  return [
    [key, ''],
    [key, `AUTHORIZATION: basic ${basic}`],
  ];
}
