import type { Clock } from '@slipway/effects/clock';
import { type Exec, guarded } from '@slipway/effects/exec';
import { UserError } from '@slipway/kernel/errors';
import { lastLines } from './failure.ts';

const START_MS = 10_000;

export interface Agent {
  stop(): Promise<void>;
}

/** An ssh-agent of our own that knows the one key. The key goes there on stdin: it is never in a file or an argv. */
export async function startAgent(ports: { exec: Exec; clock: Clock }, socket: string, key: string): Promise<Agent> {
  const { exec, clock } = ports;
  const child = exec.start({ argv: guarded(['ssh-agent', '-D', '-a', socket]) });
  const agent: Agent = {
    async stop() {
      child.stdin.end();
      await child.finished;
    },
  };
  const patience = new AbortController();
  const spoke = new Promise<'spoke'>((resolve) => child.stdout.once('data', () => resolve('spoke')));
  const start = await Promise.race([spoke, child.finished, clock.sleep(START_MS, patience.signal)]);
  patience.abort();
  if (start !== 'spoke') {
    await agent.stop();
    throw new Error('ssh-agent did not start');
  }
  const argv = ['env', `SSH_AUTH_SOCK=${socket}`, 'SSH_ASKPASS_REQUIRE=never', 'ssh-add', '-q', '-'] as const;
  const added = await exec.run({ argv, input: wholeKey(key), timeoutMs: START_MS });
  if (added.code === 0) return agent;
  await agent.stop();
  throw new UserError({
    what: 'The ssh-key cannot be used.',
    got: lastLines(added.stderr, 3).join(' ') || 'no words from ssh-add',
    allowed: 'a private key without a passphrase, whole, from its BEGIN line to its END line',
    fix: 'ssh-key: ${{ secrets.SSH_KEY }}',
  });
}

/** Secrets lose their last line end in forms, and get foreign ones. */
function wholeKey(key: string): string {
  return `${key.replaceAll('\r\n', '\n').trimEnd()}\n`;
}
