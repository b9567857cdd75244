import { closest } from '@slipway/kernel/closest';
import { type Problem, UserError } from '@slipway/kernel/errors';
import { runnerLog } from './runner-log.ts';
import { masksOf } from './secrets.ts';
import { camelCase, type InputSpec, type InputSpecs, type InputsOf } from './spec.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** What could be read so far: an input that is bad or missing is undefined here. */
export type ReadSoFar<S extends InputSpecs> = { readonly [K in keyof InputsOf<S>]: InputsOf<S>[K] | undefined };

/** What several inputs together do wrong. */
export type CrossCheck<S extends InputSpecs> = (values: ReadSoFar<S>) => readonly Problem[];

export interface Reading<S extends InputSpecs> {
  readonly result: { readonly ok: true; readonly values: InputsOf<S> } | Failed;
  /** One sentence for each `INPUT_*` that the action does not know. */
  readonly unknown: readonly string[];
}

interface Failed {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

const PREFIX = 'INPUT_';
const SHOWN = 120;

/** The variable that the runner puts an input in: upper case, spaces to underscores, dashes stay. */
export function inputVariable(name: string): string {
  return `${PREFIX}${name.replaceAll(' ', '_').toUpperCase()}`;
}

/**
 * The inputs of this run as one readonly object. Secrets are masked before anything else is looked at; everything
 * that is wrong comes in one UserError; an input that the action does not know is only a warning.
 */
export function readInputs<const S extends InputSpecs>(specs: S, env: Env, check?: CrossCheck<S>): InputsOf<S> {
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.secret === true) hide(inputVariable(name), env);
  }
  const { result, unknown } = parseInputs(specs, env, check);
  for (const sentence of unknown) runnerLog.warning(sentence);
  if (!result.ok) throw new UserError(result.problems);
  return result.values;
}

/** The pure part: what the environment says, and all that is wrong with it. */
export function parseInputs<const S extends InputSpecs>(specs: S, env: Env, check?: CrossCheck<S>): Reading<S> {
  const inputs = Object.entries(specs).map(([name, spec]) => ({
    key: camelCase(name),
    ...parseInput(name, spec, env[inputVariable(name)] ?? ''),
  }));
  const values = Object.freeze(Object.fromEntries(inputs.map(({ key, value }) => [key, value])));
  const problems = inputs.flatMap(({ problem }) => problem ?? []);
  if (check !== undefined) problems.push(...check(values as ReadSoFar<S>));
  return {
    result: problems.length > 0 ? { ok: false, problems } : { ok: true, values: values as InputsOf<S> },
    unknown: unknownInputs(Object.keys(specs), env),
  };
}

interface ReadInput {
  readonly value?: unknown;
  readonly problem?: Problem;
}

/** A blank text is an input that is not given: `with: { batch: ${{ vars.BATCH }} }` means the default. */
function parseInput(name: string, spec: InputSpec, given: string): ReadInput {
  const raw = given.trim() === '' ? presetOf(spec) : given;
  const allowed = spec.type.allowed;
  const fix = `${name}: ${spec.example ?? spec.default ?? spec.type.yamlExample}`;
  if (raw === undefined) {
    return spec.required === true ? { problem: { what: `Input "${name}" is missing.`, allowed, fix } } : {};
  }
  const parsed = spec.type.parse(raw);
  if (parsed.ok) return { value: parsed.value };
  const got = spec.secret === true ? 'a secret, not shown' : shown(raw);
  return { problem: { what: `Input "${name}" cannot be used.`, got, allowed, fix } };
}

/** The runner evaluates expressions; what is blank after that has nothing to stand for. */
function presetOf({ default: preset }: InputSpec): string | undefined {
  return preset?.includes('${{') === true ? '' : preset;
}

function unknownInputs(names: readonly string[], env: Env): readonly string[] {
  const known = new Set(names.map(inputVariable));
  return Object.keys(env)
    .filter((key) => key.startsWith(PREFIX) && !known.has(key))
    .map((key) => {
      const name = key.slice(PREFIX.length).toLowerCase();
      const near = closest(name, names);
      return `Input "${name}" is not known and has no effect.${near === undefined ? '' : ` Did you mean "${near}"?`}`;
    });
}

/** Children inherit our environment, and builds are other people's code: a secret does not stay in it. */
function hide(variable: string, env: Env): void {
  for (const mask of masksOf(env[variable] ?? '')) runnerLog.mask(mask);
  delete process.env[variable];
}

function shown(raw: string): string {
  return JSON.stringify(raw.length <= SHOWN ? raw : `${raw.slice(0, SHOWN)}...`);
}
