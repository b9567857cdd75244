import type { TextDecoder } from 'node:util';
import { userError } from '@slipway/kernel/errors';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { TestResults } from './results.ts';
import { type OpenCase, openCase, type Tally, tally } from './tally.ts';
import { decoderFor } from './xml-text.ts';

/** What an XML file turned out to be: other tools write XML too, coverage for example. */
export type JunitReading =
  | { readonly kind: 'junit'; readonly results: TestResults }
  | { readonly kind: 'other'; readonly root: string };

/** Tools copy raw output into reports; a control character in it says nothing about the tests. */
const HARMLESS = ['disallowed character.', 'malformed character entity.'];

/**
 * Reads a JUnit report as it streams by, in any dialect: nested suites, several failures in a case, reruns. Cases are
 * counted one by one, since the totals that tools write may lie. XML that is cut off or broken is a UserError that
 * names `file`.
 */
export async function readJunit(bytes: AsyncIterable<Uint8Array>, file: string): Promise<JunitReading> {
  const reader = junitParser(file);
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    decoder ??= decoderFor(chunk);
    reader.parser.write(decoder.decode(chunk, { stream: true }));
    if (reader.otherRoot() !== undefined) break;
  }
  const root = reader.otherRoot();
  if (root !== undefined) return { kind: 'other', root };
  reader.parser.close();
  return { kind: 'junit', results: reader.results() };
}

interface JunitParser {
  readonly parser: SaxesParser;
  otherRoot(): string | undefined;
  results(): TestResults;
}

function junitParser(file: string): JunitParser {
  const parser = new SaxesParser();
  const suites: string[] = [];
  const counted: Tally = tally();
  let otherRoot: string | undefined;
  let depth = 0;
  let current: OpenCase | undefined;

  parser.on('error', (cause) => {
    if (HARMLESS.some((message) => cause.message.endsWith(message))) return;
    throw userError(
      `The test report "${file}" is not valid XML: ${cause.message}`,
      'look whether the test run was cut off while it wrote the report',
      cause,
    );
  });
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    depth += 1;
    if (depth === 1 && name !== 'testsuites' && name !== 'testsuite') otherRoot = name;
    else if (name === 'testsuite') suites.push(attributes.name ?? '');
    else if (name === 'testcase') current = openCase(attributes, suites.at(-1) ?? '');
    else if (current !== undefined) current.open(name, attributes);
    else if (name === 'failure' || name === 'error') suiteFailure(name, attributes);
  });
  parser.on('text', (text) => current?.text(text));
  parser.on('cdata', (text) => current?.text(text));
  parser.on('closetag', ({ name }: SaxesTagPlain) => {
    depth -= 1;
    if (name === 'testsuite') suites.pop();
    else if (current?.closes(name) === true) settle();
    else current?.close(name);
  });

  /** A suite that breaks before its first case is counted as one failed test: it must not look like no test. */
  function suiteFailure(name: string, attributes: Readonly<Record<string, string>>): void {
    current = openCase({ name: '(the suite itself)' }, suites.at(-1) ?? '', name);
    current.open(name, attributes);
  }

  function settle(): void {
    if (current !== undefined) counted.add(current.result());
    current = undefined;
  }

  return { parser, otherRoot: () => otherRoot, results: () => counted.results() };
}
