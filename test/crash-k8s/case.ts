/** One thing that was tried. */
export interface Case {
  readonly name: string;
  /** What is not as it should be. */
  readonly problems: readonly string[];
}
