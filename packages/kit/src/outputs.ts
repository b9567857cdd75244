import * as core from '@actions/core';
import type { OutputSpecs, OutputsOf } from './spec.ts';

/**
 * Sets the outputs that are there. `@actions/core` frames each value with a random delimiter, so no value can end its
 * frame. The runner drops an output of a job that holds masked text: no secrets, and no hosts kept as secrets.
 */
export function writeOutputs<S extends OutputSpecs>(_specs: S, values: OutputsOf<S>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') core.setOutput(name, value);
  }
}
