import type { KubeObject } from './object.ts';

/** Why something in the cluster is not as it should be: a paragraph, and the log lines that explain it. */
export interface Trouble {
  readonly what: string;
  readonly lastLines: readonly string[];
}

/** What is done to the objects of a set; the target decides when, and keeps the records. */
export interface Works {
  /** In order; the objects as the server has them then. */
  apply(objects: readonly KubeObject[], signal: AbortSignal): Promise<readonly KubeObject[]>;
  /** Runs Jobs to their end, one after the other; what is complete already does not run again. */
  runJobs(jobs: readonly KubeObject[], signal: AbortSignal): Promise<readonly Trouble[]>;
  /** Waits until the workloads are rolled out: those of generations as in these objects. */
  awaitRollout(workloads: readonly KubeObject[], signal: AbortSignal): Promise<readonly Trouble[]>;
  /** What is not rolled out right now, in sentences. */
  judge(workloads: readonly KubeObject[]): Promise<readonly string[]>;
  /** What is missing, or would change when it was applied again, in sentences. */
  drifted(objects: readonly KubeObject[]): Promise<readonly string[]>;
}
