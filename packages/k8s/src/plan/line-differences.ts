/** More comparisons than this are not worth their time. */
const MOST_CELLS = 4_000_000;
const MOST_LINES = 60;

/** The lines that go and come between two texts, in their order, marked `-` and `+`. */
export function lineDifferences(before: string, after: string): readonly string[] {
  const [old, young] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < young.length && old[start] === young[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, young.length) - start && old.at(-1 - end) === young.at(-1 - end)) end += 1;
  const [a, b] = [old.slice(start, old.length - end), young.slice(start, young.length - end)];
  if (a.length * b.length > MOST_CELLS) return [`- (${a.length} lines)`, `+ (${b.length} lines)`];
  const marked = between(a, b);
  const rest = marked.length - MOST_LINES;
  return rest > 0 ? [...marked.slice(0, MOST_LINES), `  (${rest} more lines)`] : marked;
}

/** By the longest common subsequence. */
function between(a: readonly string[], b: readonly string[]): readonly string[] {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const marked: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      marked.push(`- ${a[i]}`);
      i += 1;
    } else {
      marked.push(`+ ${b[j]}`);
      j += 1;
    }
  }
  return marked;
}
