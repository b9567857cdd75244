import type { Problem } from '@slipway/kernel/errors';
import { isName, NAME_RULE } from '@slipway/kernel/names';
import { AUTHORITY_FORM, type Authority, isPort, parseAuthority } from './authority.ts';
import type { Host } from './host.ts';
import { parseJump } from './jump.ts';

export const JUMP_RULE = `none, or ${AUTHORITY_FORM}; several with commas, the nearest first`;
export const ROOT_RULE = 'a folder like /opt/slipway or ~/slipway, of letters, digits and "._+@-", without ".."';

const OPTIONS = {
  name: { accepts: isName, allowed: NAME_RULE, example: 'name=web-1' },
  root: { accepts: isRoot, allowed: ROOT_RULE, example: 'root=/opt/slipway' },
  port: { accepts: isPort, allowed: '1 to 65535', example: 'port=8080' },
  jump: { accepts: isJump, allowed: JUMP_RULE, example: 'jump=ops@jump-1.example.com,ops@jump-2.example.com' },
} as const;

type Option = keyof typeof OPTIONS;
type Refuse = (problem: Problem) => void;

export interface HostList {
  /** In the order of their lines; at least one. */
  readonly hosts: readonly Host[];
}

/**
 * Reads the `hosts` input: one host a line, `[user@]host[:port] [name= root= port= jump=]`; `:port` is ssh's, `port=`
 * the service's; `#` begins a comment. `root` is for lines without one. What is wrong in any line comes back together.
 */
export function parseHosts(lines: readonly string[], root: string): HostList | readonly Problem[] {
  const problems: Problem[] = [];
  const hosts = new Map<string, { readonly host: Host; readonly line: number }>();
  for (const [index, raw] of lines.entries()) {
    const text = raw.replace(/(^|\s)#.*$/, '').trim();
    if (text === '') continue;
    const line = index + 1;
    const refuse: Refuse = ({ what, ...rest }) => problems.push({ what: `hosts, line ${line}: ${what}`, ...rest });
    const host = parseHost(text, root, refuse);
    if (host === undefined) continue;
    const twin = hosts.get(host.name);
    if (twin === undefined) hosts.set(host.name, { host, line });
    else refuse(sameName(host.name, twin.line, text));
  }
  if (hosts.size === 0 && problems.length === 0) {
    problems.push({ what: 'hosts: there is no host.', allowed: 'one host a line', fix: 'deploy@web-1.example.com' });
  }
  return problems.length > 0 ? problems : { hosts: [...hosts.values()].map(({ host }) => host) };
}

/** Whether a folder may be the root of everything on a host. */
export function isRoot(text: string): boolean {
  return /^~?(?:\/[\w.+@-]+)+$/.test(text) && !/\/\.\.?(?:\/|$)/.test(text);
}

export function isJump(text: string): boolean {
  return !('wrong' in parseJump(text.split(',')));
}

/** The hops of a text that `isJump` accepts. */
export function hopsIn(text: string): readonly Authority[] {
  const jump = parseJump(text.split(','));
  return 'wrong' in jump ? [] : jump.hops;
}

function parseHost(text: string, root: string, refuse: Refuse): Host | undefined {
  const [first = '', ...rest] = text.split(/\s+/);
  const authority = parseAuthority(first);
  const options = readOptions(rest, refuse);
  if ('wrong' in authority) {
    refuse({ what: authority.wrong, got: first, allowed: AUTHORITY_FORM, fix: 'deploy@web-1.example.com:22' });
    return undefined;
  }
  if (options === undefined) return undefined;
  return {
    ...authority,
    name: options.name ?? authority.address,
    root: options.root ?? root,
    ...(options.port === undefined ? {} : { servicePort: Number(options.port) }),
    ...(options.jump === undefined ? {} : { jump: hopsIn(options.jump) }),
  };
}

function readOptions(words: readonly string[], refuse: Refuse): Partial<Record<Option, string>> | undefined {
  const options: Partial<Record<Option, string>> = {};
  let right = true;
  const no = (problem: Problem): void => {
    right = false;
    refuse(problem);
  };
  for (const word of words) {
    const [key = '', value = ''] = splitOnce(word);
    if (!isOption(key)) {
      no({ what: `"${word}" is no option of a host.`, got: word, allowed: forms(), fix: OPTIONS.name.example });
    } else if (options[key] !== undefined) {
      no({ what: `"${key}" is given twice.`, got: word, allowed: 'each option once' });
    } else if (!OPTIONS[key].accepts(value)) {
      no({ what: `this ${key} cannot be used.`, got: word, allowed: OPTIONS[key].allowed, fix: OPTIONS[key].example });
    } else {
      options[key] = value;
    }
  }
  return right ? options : undefined;
}

function sameName(name: string, line: number, text: string): Problem {
  return {
    what: `line ${line} has a host "${name}" already.`,
    got: text,
    allowed: 'each name once',
    fix: `${text.replace(/\s+name=\S+/, '')} name=ANOTHER-NAME`,
  };
}

function splitOnce(word: string): readonly string[] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function isOption(key: string): key is Option {
  return Object.hasOwn(OPTIONS, key);
}

function forms(): string {
  return Object.keys(OPTIONS)
    .map((key) => `${key}=`)
    .join(', ');
}
