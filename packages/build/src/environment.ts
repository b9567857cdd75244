type Env = Readonly<Record<string, string | undefined>>;

/**
 * What belongs to the action and not to the build: its inputs, a token among them, the credentials that the runner
 * gives to actions only, and the files by which a build could forge our outputs and state.
 */
const OURS = /^(INPUT_|STATE_|ACTIONS_(RUNTIME|RESULTS|CACHE|ID_TOKEN)_|GITHUB_(OUTPUT|STATE)$)/;

/** The environment of the user's own commands. */
export function buildEnvironment(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}
