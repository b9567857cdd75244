/** A number of members, or a share of them. */
export type Amount =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** Reads `2` or `25%`; undefined for anything else, for negative numbers and for more than 100 %. */
export function parseAmount(text: string): Amount | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim());
  if (match === null) return undefined;
  const value = Number(match[1]);
  if (match[2] === '%') return value <= 100 ? { kind: 'percent', percent: value } : undefined;
  return Number.isInteger(value) ? { kind: 'count', count: value } : undefined;
}

/** How many of `total` this is; a share is rounded down, and the result never exceeds `total`. */
export function resolveAmount(amount: Amount, total: number): number {
  const exact = amount.kind === 'count' ? amount.count : Math.floor((total * amount.percent) / 100 + 1e-9);
  return Math.min(exact, total);
}

export function formatAmount(amount: Amount): string {
  return amount.kind === 'count' ? String(amount.count) : `${amount.percent}%`;
}
