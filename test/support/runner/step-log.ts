import { COMMANDS, type Command, parseCommand } from './commands.ts';
import type { Masker } from './masker.ts';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  /** `title`, `file`, `line` and so on, as they were given. */
  readonly properties: Readonly<Record<string, string>>;
}

/** What the runner makes of the output of one step. */
export interface StepLog {
  /** A line that the step printed: obeyed when it is a command, else written. */
  line(text: string): void;
  /** An annotation by the runner itself. */
  annotate(level: Annotation['level'], message: string): void;
  /** The log so far: masked, one line each. */
  readonly written: readonly string[];
  /** At most 10 of each level. */
  readonly annotations: readonly Annotation[];
  /** The names of the commands that were obeyed, in order. */
  readonly obeyed: readonly string[];
  /** Outputs and state that came as commands, which is deprecated. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly state: ReadonlyMap<string, string>;
  /** Whether a command could not be carried out. */
  hasFailed(): boolean;
}

const ANNOTATIONS = 10;
const MESSAGE_LENGTH = 4_096;

export function createStepLog(masker: Masker, options: { debug: boolean; onWritten: (line: string) => void }): StepLog {
  const registered = new Set([...COMMANDS, 'stop-commands']);
  const written: string[] = [];
  const annotations: Annotation[] = [];
  const obeyed: string[] = [];
  const outputs = new Map<string, string>();
  const state = new Map<string, string>();
  let stopToken: string | undefined;
  let failed = false;

  function write(text: string): void {
    const masked = masker.mask(text);
    written.push(masked);
    options.onWritten(masked);
  }

  function annotate(level: Annotation['level'], message: string, properties: Command['properties'] = {}): void {
    const masked = masker.mask(message).slice(0, MESSAGE_LENGTH);
    if (annotations.filter((other) => other.level === level).length < ANNOTATIONS) {
      annotations.push({ level, message: masked, properties });
    }
    write(`##[${level}]${masked}`);
  }

  function fail(reason: string): void {
    failed = true;
    annotate('error', reason);
  }

  function stop(token: string): void {
    if (token === '' || token === 'pause-logging' || registered.has(token.toLowerCase())) {
      fail(
        'You cannot use a endToken that is an empty string, the string "pause-logging", or another workflow command.',
      );
      return;
    }
    stopToken = token.toLowerCase();
    registered.add(stopToken);
    if (token.length > 6) masker.add(token);
  }

  function obey({ name, data, properties }: Command): void {
    obeyed.push(name);
    if (name === 'error' || name === 'warning' || name === 'notice') annotate(name, data, properties);
    else if (name === 'group' || name === 'endgroup') write(`##[${name}]${data}`);
    else if (name === 'debug' && options.debug) write(`##[debug]${data}`);
    else if (name === 'add-mask' && data.trim() === '') annotate('warning', "Can't add secret mask for empty string.");
    else if (name === 'add-mask') masker.addWithLines(data);
    else if (name === 'set-output') outputs.set(properties.name ?? '', data);
    else if (name === 'save-state') state.set(properties.name ?? '', data);
    else if (name === 'set-env' || name === 'add-path') fail(`The \`${name}\` command is disabled.`);
  }

  return {
    line(text) {
      const found = parseCommand(text, registered);
      if (found === undefined || (stopToken !== undefined && found.name !== stopToken)) return write(text);
      if (stopToken !== undefined) {
        registered.delete(stopToken);
        stopToken = undefined;
        return write(text);
      }
      if (found.name !== 'stop-commands') return obey(found);
      obeyed.push(found.name);
      stop(found.data);
      write(text);
    },
    annotate,
    written,
    annotations,
    obeyed,
    outputs,
    state,
    hasFailed: () => failed,
  };
}
