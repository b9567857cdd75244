import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '@slipway/kernel/errors';
import { readJunit } from '@slipway/reports/junit';
import type { TestCounts, TestResults } from '@slipway/reports/results';
import * as fc from 'fast-check';

const NONE: TestCounts = { tests: 0, passed: 0, failures: 0, errors: 0, skipped: 0, flaky: 0 };

describe('the dialects of JUnit', () => {
  const dialects: readonly { name: string; xml: string; counts: Partial<TestCounts> }[] = [
    {
      name: 'surefire: one suite as root, its totals are not believed',
      xml: `<?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="ShopTest" tests="99" failures="0" time="1,234.5">
          <properties><property name="a" value="b"/></properties>
          <testcase name="ok" classname="ShopTest" time="0.1"/>
          <testcase name="bad" classname="ShopTest"><failure message="nope" type="A">at line 3</failure></testcase>
        </testsuite>`,
      counts: { tests: 2, passed: 1, failures: 1 },
    },
    {
      name: 'surefire: a test that passed when it was run again is flaky, one that never did has failed once',
      xml: `<testsuite name="s">
          <testcase name="flaky"><flakyFailure message="first try"><stackTrace>x</stackTrace></flakyFailure></testcase>
          <testcase name="never"><failure message="1"/><rerunFailure message="2"/></testcase>
        </testsuite>`,
      counts: { tests: 2, passed: 1, flaky: 1, failures: 1 },
    },
    {
      name: 'node:test: suites in suites, and cases beside them',
      xml: `<testsuites>
          <testsuite name="outer"><testsuite name="inner"><testcase name="a"/></testsuite><testcase name="b"/></testsuite>
          <testcase name="c"><skipped type="skipped" message="later"/></testcase>
          <!-- tests 3 -->
        </testsuites>`,
      counts: { tests: 3, passed: 2, skipped: 1 },
    },
    {
      name: 'an error is no failure; with both in one case it is an error',
      xml: `<testsuite><testcase name="a"><error/></testcase>
        <testcase name="b"><failure/><error message="x"/><failure/></testcase></testsuite>`,
      counts: { tests: 2, errors: 2 },
    },
    {
      name: 'googletest: what did not run is skipped',
      xml: '<testsuites><testsuite name="s"><testcase name="a" status="notrun"/></testsuite></testsuites>',
      counts: { tests: 1, skipped: 1 },
    },
    {
      name: 'an empty suite',
      xml: '<testsuites tests="5"/>',
      counts: {},
    },
    {
      name: 'a suite that breaks before its first case counts as one failed test',
      xml: '<testsuite name="s"><error message="cannot load"/></testsuite>',
      counts: { tests: 1, errors: 1 },
    },
    {
      name: 'control characters in captured output are no reason to refuse the report',
      xml: '<testsuite><testcase name="a"><system-out>\u001b[31m &#27;[0m \u0000</system-out></testcase></testsuite>',
      counts: { tests: 1, passed: 1 },
    },
  ];

  for (const { name, xml, counts } of dialects) {
    test(name, async () => {
      const results = await junit(xml);

      assert.deepEqual(results.counts, { ...NONE, ...counts });
    });
  }
});

test('a failed test comes with its suite, its first line and its place', async () => {
  const results = await junit(`<testsuite name="outer">
    <testcase name="adds" classname="com.example.Cart" file="cart.ts" line="12">
      <failure message="expected 2&#10;got 3"><![CDATA[at Cart.java:7]]></failure>
      <failure message="second"/>
      <system-out>noise</system-out>
    </testcase>
  </testsuite>`);

  assert.deepEqual(results.failed, [
    {
      kind: 'failure',
      suite: 'com.example.Cart',
      name: 'adds',
      message: 'expected 2',
      details: 'expected 2\ngot 3\nat Cart.java:7\nsecond',
      file: 'cart.ts',
      line: 12,
    },
  ]);
});

test('the encoding is read from the declaration and from the byte order mark', async () => {
  const latin = Buffer.from(
    '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="Mü"><error/></testcase></testsuite>',
    'latin1',
  );
  const utf16 = Buffer.from('\ufeff<testsuite><testcase name="Mü"><error/></testcase></testsuite>', 'utf16le');

  for (const bytes of [latin, utf16]) {
    const reading = await readJunit(chunks(bytes), 'report.xml');

    assert.equal(reading.kind === 'junit' && reading.results.failed[0]?.name, 'Mü');
  }
});

test('XML of another tool is told apart', async () => {
  const reading = await readJunit(chunks(Buffer.from('<coverage><packages/></coverage>')), 'coverage.xml');

  assert.deepEqual(reading, { kind: 'other', root: 'coverage' });
});

describe('a broken report is an error that names the file', () => {
  const broken = {
    'cut off': '<testsuite><testcase name="a"/>',
    empty: '',
    'not XML': 'Tests run: 3',
    'crossed tags': '<testsuite><testcase></testsuite></testcase>',
  };

  for (const [name, xml] of Object.entries(broken)) {
    test(name, async () => {
      await assert.rejects(
        junit(xml),
        (thrown) => thrown instanceof UserError && thrown.message.includes('"target/TEST-a.xml" is not valid XML'),
      );
    });
  }
});

test('however the bytes are cut into chunks, the cases counted are the same', async () => {
  const outcomes = ['', '<failure message="x">é</failure>', '<error/>', '<skipped/>', '<flakyError/>'] as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...outcomes)), fc.integer({ min: 1, max: 50 }), async (cases, size) => {
      const xml = `<testsuites><testsuite>${cases.map((inner) => `<testcase name="ü">${inner}</testcase>`).join('')}</testsuite></testsuites>`;

      const reading = await readJunit(chunks(Buffer.from(xml), size), 'r.xml');

      assert.equal(reading.kind, 'junit');
      const counts = reading.kind === 'junit' ? reading.results.counts : NONE;
      assert.equal(counts.tests, cases.length);
      assert.equal(counts.failures, cases.filter((inner) => inner.startsWith('<failure')).length);
      assert.equal(counts.tests, counts.passed + counts.failures + counts.errors + counts.skipped);
    }),
    { numRuns: 50 },
  );
});

async function junit(xml: string): Promise<TestResults> {
  const reading = await readJunit(chunks(Buffer.from(xml)), 'target/TEST-a.xml');
  if (reading.kind !== 'junit') throw new Error(`read as ${reading.root}`);
  return reading.results;
}

async function* chunks(bytes: Buffer, size = bytes.length || 1): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
