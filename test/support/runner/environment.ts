import { join } from 'node:path';

/** What the action's process inherits of this machine: little, so that nothing works here by accident. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TMPDIR'];

/** The github context: `run_number` becomes GITHUB_RUN_NUMBER. */
export type GithubContext = Readonly<Record<string, string>>;

export const DEFAULT_CONTEXT: GithubContext = {
  action: '__run',
  actor: 'octocat',
  api_url: 'https://api.github.com',
  event_name: 'push',
  graphql_url: 'https://api.github.com/graphql',
  job: 'ship',
  ref: 'refs/heads/main',
  ref_name: 'main',
  ref_type: 'branch',
  repository: 'acme/shop',
  repository_owner: 'acme',
  run_attempt: '1',
  run_id: '1001',
  run_number: '1',
  server_url: 'https://github.com',
  sha: '0123456789abcdef0123456789abcdef01234567',
  token: 'ghs_0123456789abcdefghijklmnopqrstuvwxyzAB',
  triggering_actor: 'octocat',
  workflow: 'ship',
};

/** The variables of every step of a job. */
export function jobEnvironment(options: {
  readonly context: GithubContext;
  readonly workspace: string;
  readonly temp: string;
  readonly trackingId: string;
  readonly debug: boolean;
}): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  // The runner gives the token to expressions only.
  const github = Object.entries(options.context)
    .filter(([key]) => key !== 'token')
    .map(([key, value]) => [`GITHUB_${key.toUpperCase()}`, value]);
  return {
    ...(Object.fromEntries([...inherited, ...github]) as Record<string, string>),
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: options.workspace,
    GITHUB_EVENT_PATH: join(options.temp, '_github_workflow', 'event.json'),
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_NAME: 'emulator',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: options.temp,
    RUNNER_TOOL_CACHE: join(options.temp, '_tool'),
    RUNNER_TRACKING_ID: options.trackingId,
    RUNNER_WORKSPACE: options.workspace,
    ...(options.debug ? { RUNNER_DEBUG: '1' } : {}),
  };
}

/** The variable of an input, as Handler.cs names it. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** A default of action.yml: a text, in which `${{ github.key }}` is the only expression that we use. */
export function evaluateDefault(preset: string, context: GithubContext): string {
  return preset.replace(/\$\{\{(.*?)\}\}/gs, (whole, inner: string) => {
    const key = /^\s*github\.(\w+)\s*$/.exec(inner)?.[1];
    const value = key === undefined ? undefined : context[key];
    if (value === undefined) throw new Error(`the emulator cannot evaluate ${whole}`);
    return value;
  });
}

/** The variables by which a stage reads what an earlier stage of its step saved. */
export function stateVariables(state: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [`STATE_${key}`, value]));
}
