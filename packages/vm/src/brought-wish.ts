import { parseHealth } from '@slipway/health/health';
import { isProblems, orThrow, type Problem } from '@slipway/kernel/errors';
import { formatVariables, parseEnvFile } from './env-file.ts';
import { type Hook, parseCommand, parseHooks } from './hooks/hook.ts';
import type { DeploymentInputs, FleetInputs } from './inputs.ts';
import { parseShared } from './shared.ts';
import type { Brought } from './vm-run.ts';

type Texts = Pick<FleetInputs, 'hooks' | 'health'> & DeploymentInputs;
type Given = { readonly [K in keyof Texts]?: Texts[K] | undefined };

/** What is wrong with the inputs on hooks and data. */
export function broughtProblems(inputs: Given): readonly Problem[] {
  return Object.values(readTexts(inputs)).flatMap((result) =>
    result !== undefined && isProblems(result) ? result : [],
  );
}

export interface BroughtWish {
  readonly hooks: readonly Hook[];
  readonly data: Omit<Brought, 'release'>;
}

/** Reads inputs in which `broughtProblems` found nothing. */
export function readBroughtWish(inputs: Given): BroughtWish {
  const { envFile, shared, hooks, migrate } = readTexts(inputs);
  return {
    hooks: hooks === undefined ? [] : orThrow(hooks).hooks,
    data: {
      shared: shared === undefined ? [] : orThrow(shared).paths,
      ...(envFile === undefined ? {} : { environment: formatVariables(orThrow(envFile)) }),
      ...(migrate === undefined
        ? {}
        : { migrate: { argv: orThrow(migrate).argv, timeoutMs: inputs.migrateTimeout ?? 0 } }),
    },
  };
}

function readTexts({ envFile, shared, hooks, migrate, health }: Given) {
  return {
    envFile: envFile === undefined ? undefined : parseEnvFile(envFile, taken(health)),
    shared: shared === undefined ? undefined : parseShared(shared),
    hooks: hooks === undefined ? undefined : parseHooks(hooks),
    migrate: migrate === undefined ? undefined : parseCommand('migrate', migrate),
  };
}

/** What the health check says of the service is told to it, and has one source. */
function taken(health: string | undefined): readonly string[] {
  const read = health === undefined ? undefined : parseHealth(health);
  return read === undefined || isProblems(read) || read.host === '' ? ['PORT'] : ['PORT', 'HOST'];
}
