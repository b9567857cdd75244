import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { systemExec } from '@slipway/effects/exec-real';
import { parseStep } from '@slipway/vm/ssh/answers';
import { bootstrap } from '@slipway/vm/ssh/argv';
import { holderText, stepText } from '@slipway/vm/ssh/script-text';
import * as fc from 'fast-check';
import { localShell } from '../../../support/local-session.ts';
import { requirePart } from '../../../support/require.ts';
import { temporaryFolder } from '../../../support/temp.ts';

const NONCE = 'nonce-1';
const LOGIN_SHELLS = ['sh', 'dash', 'bash', 'fish', 'csh'] as const;
/** What a host's `sh` may be. */
const SHELLS = ['dash', 'bash', 'busybox'] as const;

for (const shell of LOGIN_SHELLS) {
  test(`a step starts below the login shell ${shell}, whatever its values and data hold`, async (t) => {
    const program = requirePart(t, shell);
    if (program === undefined) return;
    const value = `it's "$HOME" \`id\` \\ !x %s ü\nsecond line`;
    const text = stepText({ label: 'try', script: 'printf %s "$value"; cat', vars: { value } }, NONCE);

    const { stdout, code } = await systemExec.run({
      argv: [program, '-c', bootstrap(text)],
      input: `${text}and data\n`,
    });

    assert.equal(code, 0);
    assert.equal(parseStep(stdout, NONCE).stdout, `${value}and data\n`);
  });
}

for (const name of SHELLS) {
  test(`half a script never runs: cut anywhere, ${name} does nothing`, async (t) => {
    if (requirePart(t, name) === undefined) return;
    await using folder = temporaryFolder();
    const shell = await localShell(name, folder.path);
    const marks = folder.at('marks');
    const script = 'mkdir -p "$marks"\ncat <<E >"$marks/made"\nfirst\nE\n: >"$marks/second"';
    const text = stepText({ label: 'cut', script, vars: { marks } }, NONCE);
    const run = async (input: string): Promise<void> => {
      await systemExec.run({ argv: ['sh', '-c', bootstrap(text)], env: { PATH: shell?.path }, input });
    };

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 2 }), async (cut) => {
        await run(text.slice(0, cut));
        assert.deepEqual(madeIn(folder.path), []);
      }),
      { numRuns: 60, examples: [[text.length - 2], [text.indexOf('first')], [text.indexOf('second')]] },
    );
    await run(text);

    assert.deepEqual(madeIn(folder.path), ['marks']);
  });
}

test('an exit inside of a script is its status, and a here-document at its end is whole', async () => {
  const text = stepText({ label: 'end', script: 'cat <<E\nwhole\nE\nexit 3', vars: {} }, NONCE);

  const { stdout, code } = await systemExec.run({ argv: ['sh', '-c', bootstrap(text)], input: text });

  assert.equal(code, 3);
  assert.equal(parseStep(stdout, NONCE).status, 3);
  assert.equal(parseStep(stdout, NONCE).stdout, 'whole\n');
});

test('what a shell could not take as a variable is a bug of ours, and said', () => {
  assert.throws(() => stepText({ label: 'x', script: '', vars: { 'a b': '' } }, NONCE), /not a name/);
  assert.throws(() => stepText({ label: 'x', script: '', vars: { a: '\0' } }, NONCE), /zero byte/);
});

test('the holder is one compound command as well', () => {
  const words = { nonce: NONCE, base: '/b', token: 't', run: '1', attempt: '1', url: 'u', seconds: '30' };

  assert.match(holderText(words), /^\{\nnonce='nonce-1'\n[\s\S]*\n\}\n$/);
});

function madeIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name === 'marks');
}
