import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';

/** Where a host fails: at one of our scripts, by its label, or while the lease is taken. */
export type FaultPoint = 'acquire' | 'observe' | 'stage' | 'start' | 'status' | 'note' | 'stop' | 'record';

/** `kill`: its sshd dies. `hang`: its sshd stops and answers nobody. `garbage`: it prints nonsense and ends well. */
export type FaultKind = 'kill' | 'hang' | 'garbage';

export interface FaultyHosts extends AsyncDisposable {
  /** For sshd_config: every command of every session passes by here. */
  readonly config: readonly string[];
  /** Arms one fault: it strikes once, at the host with this address. */
  arm(address: string, point: FaultPoint, kind: FaultKind): void;
  /** Whether the armed fault struck. */
  struck(): boolean;
  /** Takes away what is armed. */
  disarm(): void;
}

const GARBAGE = `head -c 3000 /dev/urandom; printf '\\n::error::no command of ours\\nkey value\\nend\\n\\nit is out of its mind\\n'`;

/**
 * A gate in front of the shell of a host. It reads the script that comes on stdin, looks at its label, and runs it as
 * the login shell would have: in its own place, with the rest of stdin for its data.
 */
const GATE = String.raw`
case $SSH_ORIGINAL_COMMAND in
  *count=*) n=${'$'}{SSH_ORIGINAL_COMMAND#*count=} n=${'$'}{n%%[!0-9]*} ;;
  *) exec sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
text=$FOLDER/text.$$
dd ibs=1 count="$n" >"$text" 2>/dev/null
label=$(sed -n "s/^label='\(.*\)'$/\1/p" "$text" | head -n 1)
set -- $SSH_CONNECTION
address=$3 where= point= kind=
{ read -r where point kind <"$FOLDER/fault"; } 2>/dev/null
if [ "$where" = "$address" ] && [ "$point" = "$label" ] && mv "$FOLDER/fault" "$FOLDER/struck" 2>/dev/null; then
  case $kind in
    kill) kill -s KILL "$PPID" ;;
    hang) kill -s STOP "$PPID"; exec sleep 60 ;;
    garbage) GARBAGE ;;
  esac
  exit 0
fi
if [ -z "$label" ] && [ "$where" = "$address" ] && [ "$point" = acquire ] && mv "$FOLDER/fault" "$FOLDER/struck"; then
  case $kind in
    kill) do='kill -s KILL "$session"' ;;
    hang) do='kill -s STOP "$session"' ;;
    garbage) do='head -c 3000 /dev/urandom; echo; echo it is out of its mind; return' ;;
  esac
  sed -i "s|^acquire() {$|acquire() { $do;|" "$text"
fi
exec sh -c 'eval "$(cat "$0"; rm -f "$0")"' "$text"
`;

export function faultyHosts(): FaultyHosts {
  const folder: TemporaryFolder = temporaryFolder('slipway-gate-');
  const [gate, fault, struck] = [folder.at('gate.sh'), folder.at('fault'), folder.at('struck')];
  writeFileSync(gate, GATE.replaceAll('$FOLDER', folder.path).replace('GARBAGE', GARBAGE));
  const disarm = (): void => {
    for (const path of [fault, struck]) rmSync(path, { force: true });
  };
  return {
    config: [`ForceCommand exec sh ${gate}`],
    arm(address, point, kind) {
      disarm();
      writeFileSync(fault, `${address} ${point} ${kind}\n`);
    },
    struck: () => existsSync(struck),
    disarm,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
