import type { Programs } from './build.ts';
import type { Certificates } from './certificates.ts';
import type { Machine } from './machine.ts';

/** What the parts of a cluster are made from. */
export interface Site {
  /** Where everything of it runs. */
  readonly lab: Machine;
  /** Where everything of it lies. */
  readonly folder: string;
  readonly programs: Programs;
  readonly certificates: Certificates;
}
