import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BuildStory, renderSummary } from '@slipway/build/summary';

const story: BuildStory = {
  verdict: { name: 'tests-failed', sentence: '1 of 2 tests failed.' },
  results: {
    counts: { tests: 2, passed: 1, failures: 1, errors: 0, skipped: 0, flaky: 0 },
    failed: [{ kind: 'failure', suite: 'Cart', name: 'adds', message: '<b>|2| is not `3`</b>', details: '' }],
  },
  repository: 'acme/shop',
  ref: 'refs/heads/main',
  commit: 'a'.repeat(40),
  version: 'v1.0.0',
  tool: 'npm',
  artifact: '',
};

test('a red build: the verdict, the counts and the failed tests, with the markup of others made harmless', () => {
  const markdown = renderSummary(story);

  assert.equal(
    markdown,
    `## Not built: acme/shop v1.0.0

**tests-failed**: 1 of 2 tests failed.

| commit | ref | tool | artifact |
| --- | --- | --- | --- |
| ${'a'.repeat(40)} | refs/heads/main | npm | none |

| tests | passed | failures | errors | skipped | flaky |
| --- | --- | --- | --- | --- | --- |
| 2 | 1 | 1 | 0 | 0 | 0 |

### Failed tests

- **Cart &#62; adds**: &#60;b&#62;&#124;2&#124; is not &#96;3&#96;&#60;/b&#62;
`,
  );
});

test('many failed tests are cut with a note', () => {
  const [failed] = story.results.failed;
  assert.ok(failed);
  const many = { ...story.results, failed: Array.from({ length: 60 }, () => failed) };

  const markdown = renderSummary({ ...story, results: many });

  assert.equal(markdown.match(/^- \*\*Cart/gm)?.length, 50);
  assert.match(markdown, /- and 10 more/);
});
