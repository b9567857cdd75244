import { type Authority, parseAuthority, type Wrong } from './authority.ts';

export interface Jump {
  /** The nearest to us first; none: straight to the host, whatever the ssh configuration says. */
  readonly hops: readonly Authority[];
}

/** Reads jump hosts, one a text; the one text `none` is for none. */
export function parseJump(texts: readonly string[]): Jump | (Wrong & { readonly got: string }) {
  const words = texts.map((text) => text.trim());
  if (words.length === 1 && words[0] === 'none') return { hops: [] };
  const hops: Authority[] = [];
  for (const got of words) {
    const hop = parseAuthority(got);
    if ('wrong' in hop) return { got, wrong: hop.wrong };
    hops.push(hop);
  }
  return { hops };
}
