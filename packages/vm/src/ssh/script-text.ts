import { script } from '../steps/scripts.ts';
import type { RemoteStep } from './session.ts';

/** What the holder needs to know; all of it reaches the host on stdin. */
export interface HolderVars {
  readonly nonce: string;
  /** `<root>/<app>/<environment>`; may begin with `~/`. */
  readonly base: string;
  /** Names this very session as an owner of leases, unlike run ids, which two jobs of a run share. */
  readonly token: string;
  readonly run: string;
  readonly attempt: string;
  readonly url: string;
  readonly seconds: string;
}

/** The lease that a fenced step must still find; `base` as of the holder. */
export interface Fence {
  readonly base: string;
  readonly number: number;
  readonly token: string;
}

export function holderText(vars: HolderVars): string {
  const parts = [assignments({ ...vars }), script('process'), script('lease'), script('acquire'), script('holder')];
  return whole(parts);
}

/**
 * A step announces itself with its pid and start time, and ends with its status: what rc files print before, and what
 * is left running behind it, cannot be taken for its own words.
 */
export function stepText(step: Pick<RemoteStep, 'label' | 'script' | 'vars'>, nonce: string, fence?: Fence): string {
  const own = { nonce, label: step.label };
  const fenced = fence && {
    fence_state: `${fence.base}/state`,
    fence_number: String(fence.number),
    fence_token: fence.token,
  };
  return whole([
    assignments({ ...own, ...fenced }),
    script('process'),
    'look $$',
    `printf '\\n%s begin %s %s\\n' "$nonce" $$ "$p_since"`,
    ...(fence === undefined ? [] : [script('fence')]),
    '(',
    assignments(step.vars),
    step.script,
    ')',
    'step_status=$?',
    ...(fence === undefined ? [] : ['rm -f "$fence_file"']),
    `printf '\\n%s end %s\\n' "$nonce" "$step_status"`,
    'exit "$step_status"',
  ]);
}

/** One compound command: a shell runs none of it before it has read its last line, so half a script never runs. */
function whole(parts: readonly string[]): string {
  return `{\n${parts.join('\n')}\n}\n`;
}

/** Shell variables with these values, one a line; quoted, so that a value is only ever a value. */
export function assignments(vars: Readonly<Record<string, string>>): string {
  return Object.entries(vars)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`not a name of a shell variable: ${name}`);
      if (value.includes('\0')) throw new Error(`a shell variable cannot hold a zero byte: ${name}`);
      return `${name}='${value.replaceAll("'", "'\\''")}'`;
    })
    .join('\n');
}
