import type { InputType } from './types.ts';

/** One input of an action: typing, reading, action.yml and the README's table all follow from it. */
export interface InputSpec<T = unknown> {
  readonly type: InputType<T>;
  readonly required?: boolean;
  /** The text as it is written in YAML. */
  readonly default?: string;
  /** One sentence, without default and unit: they are added where it is printed. */
  readonly description: string;
  /** What a bare number counts, for the README. */
  readonly unit?: string;
  /** The YAML value that an error tells to write; default: the `default`, else the type's example. */
  readonly example?: string;
  /** The value is masked first of all, and never printed. */
  readonly secret?: boolean;
}

export type InputSpecs = { readonly [name: string]: InputSpec };

export interface OutputSpec {
  /** One sentence. */
  readonly description: string;
}

export type OutputSpecs = { readonly [name: string]: OutputSpec };

/** Everything that action.yml says. `name` is the folder below actions/ and dist/. */
export interface ActionSpec<I extends InputSpecs = InputSpecs, O extends OutputSpecs = OutputSpecs> {
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly inputs: I;
  readonly outputs: O;
  /** The bundle also runs after the job's steps, whatever became of them. */
  readonly post?: boolean;
  readonly branding: { readonly icon: string; readonly color: string };
}

/** Names an input spec as one, and keeps its exact type. Slices are spread: `defineInputs({ ...hostInputs, app: ... })`. */
export function defineInputs<const S extends InputSpecs>(specs: S): S {
  return specs;
}

export function defineOutputs<const S extends OutputSpecs>(specs: S): S {
  return specs;
}

export function defineAction<const A extends ActionSpec>(action: A): A {
  return action;
}

/** The values of an input spec: camelCase keys; an input without default that is not required may be undefined. */
export type InputsOf<S extends InputSpecs> = {
  readonly [K in keyof S & string as CamelCase<K>]: S[K] extends { required: true } | { default: string }
    ? ValueOf<S[K]>
    : ValueOf<S[K]> | undefined;
};

/** What an action hands to `writeOutputs`: its own output names, each a text or absent. */
export type OutputsOf<S extends OutputSpecs> = { readonly [K in keyof S & string]?: string | undefined };

type ValueOf<I> = I extends { readonly type: InputType<infer T> } ? T : never;

export type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** `min-available` -> `minAvailable`. */
export function camelCase<S extends string>(name: S): CamelCase<S> {
  return name.replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase()) as CamelCase<S>;
}
