// An action for tests: what it does is in MODE.
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError, userError } from '@slipway/kernel/errors';
import { type Runtime, runAction } from '@slipway/kit/run-action';
import { stateKey } from '@slipway/kit/state';

const seen = stateKey('seen', (value): value is string[] => Array.isArray(value));

const MODES: Readonly<Record<string, (runtime: Runtime) => Promise<void>>> = {
  async ok({ log, context }) {
    seen.save(['from "main"', 'second\nline']);
    log.info(JSON.stringify(context));
  },
  async 'user-error'() {
    throw new UserError([{ what: 'One thing.', got: '1', allowed: '2', fix: 'a: 2' }, { what: 'Another thing.' }]);
  },
  async 'hidden-cause'() {
    throw userError('The store is away.', undefined, new Error('ECONNREFUSED'));
  },
  async bug() {
    throw new Error('outer', { cause: new Error('inner') });
  },
  async hang() {
    createServer().listen(0, '127.0.31.1');
    setInterval(() => {}, 1_000);
    process.stdout.write(`${'x'.repeat(1_000_000)}end\n`);
  },
  async lost() {
    await new Promise(() => {});
  },
  async stray({ signal, log }) {
    setTimeout(() => {
      throw new Error('nobody caught this');
    }, 10);
    await aborted(signal);
    log.info('cleaned up');
  },
  async cancel({ signal, log }) {
    log.info('ready');
    await aborted(signal);
    log.info('cleaning');
    await sleep(500);
    log.info('cleaned');
    signal.throwIfAborted();
  },
  async finish({ signal, log }) {
    log.info('ready');
    await aborted(signal);
  },
};

function aborted(signal: AbortSignal): Promise<void> {
  const alive = setInterval(() => {}, 1_000);
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    }),
  );
}

await runAction({
  main: async (runtime) => await MODES[runtime.env.MODE ?? '']?.(runtime),
  post: async ({ env, log }) => {
    log.info(`post ${JSON.stringify(seen.read(env))}`);
    if (env.MODE === 'bug') throw new Error('post is broken');
  },
});
