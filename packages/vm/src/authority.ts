/** `[user@]host[:port]`, taken apart. */
export interface Authority {
  readonly user?: string;
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly address: string;
  readonly port?: number;
}

export interface Wrong {
  /** What is wrong, as the end of a sentence that names the place. */
  readonly wrong: string;
}

export const AUTHORITY_FORM = '[user@]host[:port], an IPv6 address in brackets';

// Neither may begin with a dash: ssh would take it for an option.
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*\$?$/;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const PARTS = /^(?:(?<user>[^@]*)@)?(?<address>\[[^\]]*\]|[^:@[\]]*)(?::(?<port>[^:]*))?$/;

export function parseAuthority(text: string): Authority | Wrong {
  if (/[,;]/.test(text)) return { wrong: 'only one host can stand here; the next one takes a line of its own.' };
  const parts = PARTS.exec(text)?.groups;
  if (parts === undefined) return { wrong: whyNot(text) };
  const { user, address = '', port } = parts;
  if (user !== undefined && !USER.test(user)) return { wrong: `"${user}" is no user name.` };
  const bare = address.startsWith('[') ? address.slice(1, -1) : address;
  if (!(address.startsWith('[') ? isIpv6(bare) : NAME.test(bare))) {
    return { wrong: bare === '' ? 'the host is missing.' : `"${address}" is neither a host name nor an address.` };
  }
  if (port !== undefined && !isPort(port)) return { wrong: `"${port}" is no port.` };
  return {
    address: bare,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** The text that `parseAuthority` reads. */
export function formatAuthority({ user, address, port }: Authority): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}

export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function whyNot(text: string): string {
  const host = text.slice(text.lastIndexOf('@') + 1);
  return isIpv6(host) ? 'an IPv6 address stands in brackets.' : 'this is no host.';
}

function isIpv6(text: string): boolean {
  const [address = '', zone] = text.split('%', 2);
  return address.includes(':') && URL.canParse(`http://[${address}]/`) && (zone === undefined || NAME.test(zone));
}
