import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createJob, type StepResult } from '../../support/runner/job.ts';
import type { Say } from './actions/talk.ts';

const SEED = 20_251_123;
const script = { main: join(import.meta.dirname, 'actions', 'talk.ts') };

async function talk(words: readonly Say[], debug = false): Promise<StepResult> {
  await using job = createJob({ debug });
  const file = join(job.temp, 'talk.json');
  writeFileSync(file, JSON.stringify(words));
  return await job.run({ action: script, env: { TALK: file } });
}

function many(as: 'warning' | 'notice'): Say[] {
  return Array.from({ length: 12 }, (_item, n) => ({ as, text: `${as} ${n}` }));
}

/** Pieces that, put together, come close to what the runner obeys. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('::', ':', '##[', ']', '#', '%0A', '%3A', ' ', '\t', '\u00a0', '\u0085', '\u200b'),
  },
  { weight: 2, arbitrary: fc.constantFrom('\r', '\n', '\r\n', '\u2028', '\u001b[0m', '\0') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'error',
      'add-mask',
      'set-output name=x',
      'stop-commands',
      'endgroup',
      'save-state name=unfinished',
      'echo',
      'debug',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('***', 'slipway-', '00000000-0000-0000-0000-000000000000', 'true') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
const command = fc
  .tuple(piece, fc.constantFrom('error', 'add-mask', 'stop-commands', 'set-output name=x', 'endgroup'), fc.boolean())
  .map(([before, name, old]) => (old ? `${before}##[${name}]gotcha` : `${before}::${name}::gotcha`));
const hostile = fc.oneof(
  command,
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
);

describe('the log', { concurrency: 2 }, () => {
  test('10,000 hostile lines of others give no workflow command', async () => {
    const words = fc.sample(hostile, { numRuns: 10_000, seed: SEED }).map((text): Say => ({ as: 'foreign', text }));

    const step = await talk(words);

    assert.equal(step.outcome, 'success');
    assert.deepEqual(step.commands, ['stop-commands'], `seed ${SEED}`);
    assert.deepEqual(step.annotations, []);
    assert.match(step.log, /gotcha/);
  });

  test('nor between our own words, which are obeyed all the same', async () => {
    const words = fc.sample(hostile, { numRuns: 600, seed: SEED }).flatMap((text, index): Say[] => {
      const own: Say = index % 2 === 0 ? { as: 'debug', text } : { as: 'mask', text: `secret-${index}` };
      return [{ as: index % 3 === 0 ? 'info' : 'foreign', text }, own];
    });

    const step = await talk(words, true);

    const counts = Object.groupBy(step.commands, (name) => name);
    assert.deepEqual(Object.keys(counts).toSorted(), ['add-mask', 'debug', 'stop-commands'], `seed ${SEED}`);
    assert.equal(counts['add-mask']?.length, 300);
    assert.equal(counts.debug?.length, 300);
  });

  test('others are framed once per block, without a line end of their own too', async () => {
    const step = await talk([
      { as: 'foreign', text: '::error::a' },
      { as: 'foreign', text: 'b\n' },
      { as: 'info', text: 'ours' },
      { as: 'foreign', text: 'c' },
    ]);

    assert.deepEqual(step.log.split('\n'), [
      '::stop-commands::***',
      '::error::a',
      'b',
      '::***::',
      'ours',
      '::stop-commands::***',
      'c',
      '::***::',
    ]);
  });

  test('annotations stay within what the runner shows; the rest is in the log, with a count', async () => {
    const step = await talk([...many('warning'), ...many('notice'), { as: 'error', text: 'the end' }]);

    const levels = Object.groupBy(step.annotations, ({ level }) => level);
    assert.deepEqual([levels.warning?.length, levels.notice?.length, levels.error?.length], [9, 9, 1]);
    assert.match(step.log, /^warning: warning 11$/m);
    assert.match(step.log, /^3 more of level warning above, in the log only\.$/m);
  });

  test('a long annotation is cut by us, and the log has it whole', async () => {
    const step = await talk([{ as: 'warning', text: `${'x'.repeat(5_000)}end` }]);

    assert.match(step.annotations[0]?.message ?? '', /^x{4000}\n\(cut here; the log has the whole text\)$/);
    assert.match(step.log, /^x{5000}end$/m);
  });

  test('a group inside a group does not end it', async () => {
    const inner: Say = { as: 'group', text: 'inner', inner: [{ as: 'foreign', text: 'there' }] };

    const step = await talk([{ as: 'group', text: 'outer', inner: [inner, { as: 'info', text: 'still' }] }]);

    assert.deepEqual(
      step.log.split('\n').filter((line) => !line.startsWith('::')),
      ['##[group]outer', 'inner', 'there', 'still', '##[endgroup]'],
    );
  });

  test('debug lines are printed in debug mode only', async () => {
    assert.equal((await talk([{ as: 'debug', text: 'x' }])).log, '');
    assert.equal((await talk([{ as: 'debug', text: 'x' }], true)).log, '##[debug]x');
  });
});

describe('the files', { concurrency: 2 }, () => {
  test('outputs arrive as they were, whatever they hold', async () => {
    const texts = fc.sample(fc.oneof(hostile, fc.constantFrom('a\nb<<EOF\nEOF\n', '=', '<<', '', '\n\n')), {
      numRuns: 300,
      seed: SEED,
    });
    // What is no Unicode text cannot be written to a file of UTF-8.
    const values = Object.fromEntries(texts.map((text, index) => [`o${index}`, text.toWellFormed()]));

    const step = await talk([{ as: 'outputs', values }]);

    assert.equal(step.outcome, 'success');
    assert.deepEqual(step.outputs, values);
  });

  test('a summary that is far too long arrives, cut', async () => {
    const step = await talk([{ as: 'summary', text: '| a | b |\n'.repeat(200_000) }]);

    assert.equal(step.outcome, 'success');
    assert.deepEqual(step.annotations, []);
    assert.match(step.summary ?? '', /\| a \| b \|\n\n_The summary was cut here/);
  });

  test('the last summary counts', async () => {
    const step = await talk([
      { as: 'summary', text: 'first\n' },
      { as: 'summary', text: 'second\n' },
    ]);

    assert.equal(step.summary, 'second\n');
  });
});

test('a secret is in no line of the log, nor in the environment of children', async () => {
  const key = 'first-line-of-key\nsecond-line-of-key\n';
  await using job = createJob();

  const step = await job.run({
    action: { main: join(import.meta.dirname, 'actions', 'secret.ts') },
    with: { 'api-key': key, bacth: '1' },
  });

  assert.equal(step.outcome, 'success');
  assert.doesNotMatch(step.log, /line-of-key|Zmlyc3Q/);
  assert.match(step.log, /line: \*\*\*/);
  assert.match(step.log, /child sees: (?!.*INPUT_API-KEY).*INPUT_BACTH/);
  assert.match(
    step.annotations.at(-1)?.message ?? '',
    /"bacth" is not known and has no effect\. Did you mean "batch"\?/,
  );
});
