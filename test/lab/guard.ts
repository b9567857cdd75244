const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export interface LabGuard {
  /** Clears the lab and ends the process; a lab that cannot be cleared makes the status non-zero. */
  finish(code: number): Promise<never>;
  /** The lab is being taken away: what fails from now on says nothing. */
  isEnding(): boolean;
}

/** Ends this process by way of `clear`, however it ends: by `finish`, a signal, or an exception that nobody caught. */
export function guardLab(clear: () => Promise<void>): LabGuard {
  let ending: Promise<never> | undefined;
  const finish = (code: number): Promise<never> => {
    ending ??= end(clear, code);
    return ending;
  };
  // npm passes on what the terminal has sent already, so a second signal changes nothing
  const onSignal = (signal: keyof typeof SIGNALS): void => {
    if (ending === undefined) process.stderr.write(`${signal}: the lab is taken away\n`);
    void finish(SIGNALS[signal]);
  };
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const onBug = (thrown: unknown): void => {
    if (ending === undefined) process.stderr.write(`${describe(thrown)}\n`);
    void finish(1);
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);
  return { finish, isEnding: () => ending !== undefined };
}

async function end(clear: () => Promise<void>, code: number): Promise<never> {
  try {
    await clear();
  } catch (thrown) {
    process.stderr.write(`${describe(thrown)}\n`);
    process.exit(code === 0 ? 1 : code);
  }
  process.exit(code);
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
