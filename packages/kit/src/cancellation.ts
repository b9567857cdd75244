import { userError } from '@slipway/kernel/errors';

/**
 * A signal that is aborted by the first SIGINT or SIGTERM, and by an error that nobody caught. From now on none of
 * them ends this process by itself: whoever holds the signal brings the work to its end.
 */
export function cancellation(onStrayError: (thrown: unknown) => void): AbortSignal {
  const controller = new AbortController();

  // The handlers stay: a second signal must not kill the cleanup that the first one began.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => controller.abort(userError(`The run was cancelled (${name}).`)));
  }
  process.on('uncaughtException', (thrown) => {
    onStrayError(thrown);
    controller.abort(thrown);
  });
  // When the runner dies, our output has no reader; the work must still come to its end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  return controller.signal;
}
