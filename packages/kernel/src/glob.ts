/**
 * What a pattern means, as an expression for paths with `/`: `*` and `?` stay within a folder, `**` crosses folders,
 * `{a,b}` is a choice.
 */
export function globExpression(pattern: string): RegExp {
  return new RegExp(`^${sourceOf(pattern.replace(/^\.\//, ''))}$`, 'u');
}

function sourceOf(pattern: string): string {
  const tokens = pattern.match(/\*\*\/|\*\*|\{[^{}]*\}|[\s\S]/gu) ?? [];
  return tokens.map(tokenSource).join('');
}

function tokenSource(token: string): string {
  if (token === '**/') return '(?:[^/]+/)*';
  if (token === '**') return '.*';
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (token.length > 1 && token.startsWith('{')) return `(?:${token.slice(1, -1).split(',').map(sourceOf).join('|')})`;
  return token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
