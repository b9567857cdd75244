import { messageOf, type Problem } from '@slipway/kernel/errors';
import { isObject, isString, type JsonObject } from '@slipway/kernel/json';
import { LineCounter, parseAllDocuments, type ScalarTag, type Tags } from 'yaml';
import type { KubeObject } from '../object.ts';

/** One object of the manifests, and where it stands. */
export interface Manifest {
  readonly object: KubeObject;
  /** `k8s/web.yaml, document 2, line 14`. */
  readonly at: string;
}

export interface ReadText {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/** The objects of a YAML or JSON text: documents and lists taken apart. Says of each problem where it is. */
export function readYaml(text: string, file: string): ReadText {
  const lineCounter = new LineCounter();
  // Pretty errors would quote the text, and it may be that of a Secret.
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    schema: 'core',
    merge: true,
    customTags,
  });
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  for (const [index, document] of documents.entries()) {
    const place = (offset: number): string => {
      const nth = documents.length > 1 ? `, document ${index + 1}` : '';
      return `${file}${nth}, line ${lineCounter.linePos(offset).line}`;
    };
    problems.push(...document.errors.map(({ message, pos }) => broken(place(pos[0]), message, text)));
    if (document.errors.length > 0) continue;
    const at = place(document.contents?.range?.[0] ?? 0);
    try {
      const content = document.toJS() as unknown;
      if (content === null || content === undefined) continue;
      for (const item of expand(content, at)) {
        if ('what' in item) problems.push(item);
        else manifests.push(item);
      }
    } catch (thrown) {
      problems.push(broken(at, messageOf(thrown), text));
    }
  }
  return { manifests, problems };
}

function expand(value: unknown, at: string): readonly (Manifest | Problem)[] {
  if (!isObject(value)) {
    return [{ what: `${at}: this is no object of Kubernetes.`, allowed: 'apiVersion, kind, metadata and more' }];
  }
  if (isString(value.kind) && value.kind.endsWith('List') && Array.isArray(value.items)) {
    const common = value.kind === 'List' ? {} : { apiVersion: value.apiVersion, kind: value.kind.slice(0, -4) };
    return value.items.flatMap((item: unknown, index) =>
      expand(isObject(item) ? { ...common, ...item } : item, `${at}, item ${index + 1}`),
    );
  }
  return [narrow(value, at)];
}

function narrow(value: JsonObject, at: string): Manifest | Problem {
  const { apiVersion, kind, metadata } = value;
  const name = isObject(metadata) ? metadata.name : undefined;
  const missing = Object.entries({ apiVersion, kind, 'metadata.name': name })
    .filter(([, field]) => !isString(field) || field === '')
    .map(([field]) => field);
  if (missing.length === 0) return { object: value as unknown as KubeObject, at };
  const word = isString(kind) && kind !== '' ? ` of kind ${kind}` : '';
  const problem = { what: `${at}: the object${word} lacks ${missing.join(', ')}.` };
  if (isObject(metadata) && isString(metadata.generateName)) {
    return { ...problem, fix: `name: ${metadata.generateName.replace(/-$/, '')}    # instead of generateName` };
  }
  return name === undefined || name === null || isString(name)
    ? problem
    : { ...problem, got: `metadata.name: ${JSON.stringify(name)}`, fix: 'put the name in quotes: it is to be a text' };
}

function broken(at: string, message: string, text: string): Problem {
  const problem = { what: `${at}: ${message}` };
  return text.includes('{{')
    ? {
        ...problem,
        fix: 'this looks like a template; render it first, such as with: helm template ... > rendered.yaml',
      }
    : problem;
}

// Scalars mean what they mean to kubectl, which reads the YAML of old: `0644` is octal, `yes` is true.
const customTags = (tags: Tags): Tags => [
  bool(/^(?:y|Y|yes|Yes|YES|on|On|ON)$/, true),
  bool(/^(?:n|N|no|No|NO|off|Off|OFF)$/, false),
  int(/^[-+]?0[0-7_]+$/, 8),
  int(/^[-+]?0b[01_]+$/, 2),
  int(/^[-+]?[1-9][0-9]*_[0-9_]*$/, 10),
  ...tags,
];

function bool(test: RegExp, value: boolean): ScalarTag {
  return { tag: 'tag:yaml.org,2002:bool', default: true, test, resolve: () => value };
}

function int(test: RegExp, base: number): ScalarTag {
  const resolve = (text: string): number => Number.parseInt(text.replaceAll('_', '').replace(/^([-+]?)0b/, '$1'), base);
  return { tag: 'tag:yaml.org,2002:int', default: true, test, resolve };
}
