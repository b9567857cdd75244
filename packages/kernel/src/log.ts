/** What a run tells people. Rooms get it as a port; only the kit knows how the runner wants it written. */
export interface Log {
  /** One line of the narrative. */
  info(message: string): void;
  /** Shown only when the runner's step debugging is on. */
  debug(message: string): void;
  /** An annotation that does not fail the job. */
  warning(message: string): void;
  /** A titled, foldable part of the log. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** Text written by somebody else (a host, a build): printed as it is, never obeyed as a workflow command. */
  foreign(text: string): void;
}
