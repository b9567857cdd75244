import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderResult, totalsOf } from '../../demo/table.ts';

const phase = (name: string, requests: number, failed = 0) => ({
  name,
  seconds: 2.04,
  requests,
  failed,
  outcome: 'deployed',
  version: 'v2',
});

test('the table adds up the phases and keeps the control apart', () => {
  const result = totalsOf([phase('deploy v1', 900), phase('deploy v2', 1_100)]);

  const text = renderResult(result, { ...phase('control', 400, 7), outcome: 'killed' });

  assert.equal(
    text,
    [
      'phase       seconds  requests  failed  live version  outcome',
      '----------  -------  --------  ------  ------------  --------',
      'deploy v1       2.0       900       0  v2            deployed',
      'deploy v2       2.0     1,100       0  v2            deployed',
      '----------  -------  --------  ------  ------------  --------',
      'all phases      4.1     2,000       0',
      '----------  -------  --------  ------  ------------  --------',
      'control         2.0       400       7  v2            killed',
    ].join('\n'),
  );
});
