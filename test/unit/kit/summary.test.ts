import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitSummary, SUMMARY_BYTES } from '@slipway/kit/summary';

test('what fits stays as it is', () => {
  assert.equal(fitSummary('# Done\n'), '# Done\n');
  assert.equal(fitSummary('é'.repeat(50), 100), 'é'.repeat(50));
});

test('what does not fit is cut on a line end, within the budget, with a note', () => {
  const line = `${'ä€🚀'.repeat(11)}\n`;
  const long = line.repeat(20_000);

  const fitted = fitSummary(long);

  assert.ok(Buffer.byteLength(fitted) <= SUMMARY_BYTES);
  assert.ok(Buffer.byteLength(fitted) > SUMMARY_BYTES - 300);
  assert.match(fitted, /🚀\n\n_The summary was cut here/);
  assert.ok(!fitted.includes('\uFFFD'));
});

test('a code block that is cut is closed, so that the note is text', () => {
  const fitted = fitSummary(`\`\`\`\n${'line\n'.repeat(1_000)}\`\`\`\n`, 2_000);

  assert.match(fitted, /line\n```\n\n_The summary was cut/);
  assert.ok(Buffer.byteLength(fitted) <= 2_000);
});

test('one line that is too long leaves only the note', () => {
  assert.match(fitSummary('x'.repeat(5_000), 1_000), /^\n_The summary was cut/);
});
