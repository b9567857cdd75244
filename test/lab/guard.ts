const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ends this process by way of `clear`, however it ends: by the returned function, a signal, or an exception that nobody
 * caught. A lab that cannot be cleared makes the status non-zero.
 */
export function guardLab(clear: () => Promise<void>): (code: number) => Promise<never> {
  let ending: Promise<never> | undefined;
  const finish = (code: number): Promise<never> => {
    ending ??= end(clear, code);
    return ending;
  };
  // npm passes on what the terminal has sent already, so a second signal changes nothing
  for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => void finish(code));
  const onBug = (thrown: unknown): void => {
    if (ending === undefined) process.stderr.write(`${describe(thrown)}\n`);
    void finish(1);
  };
  process.on('uncaughtException', onBug);
  process.on('unhandledRejection', onBug);
  return finish;
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
