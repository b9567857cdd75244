/**
 * A command line as its words: blanks part them, '...' keeps all as it is, "..." all but \" and \\, and a backslash
 * keeps the next letter. There is no shell, so nothing is filled in. Undefined when a quote is never closed.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const parts = /^(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\])+/.exec(rest);
    if (parts === null) return undefined;
    words.push(unquoted(parts[0]));
    rest = rest.slice(parts[0].length);
    if (rest !== '' && !/^\s/.test(rest)) return undefined;
    rest = rest.trimStart();
  }
  return words;
}

function unquoted(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_whole, single, double, escaped) => {
    if (typeof single === 'string') return single;
    if (typeof double === 'string') return double.replaceAll(/\\(["\\])/g, '$1');
    return String(escaped);
  });
}
