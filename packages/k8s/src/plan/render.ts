import { describeRef } from '../object.ts';
import type { ObjectChange } from './compare.ts';

const MOST_LINES = 100;

/** The changes for people: a line for each object, and below it what differs. Objects that stay are only counted. */
export function renderChanges(changes: readonly ObjectChange[]): readonly string[] {
  const told = changes.flatMap(renderChange);
  const same = changes.filter(({ kind }) => kind === 'same').length;
  if (same === 0) return told;
  return [...told, `${same} ${same === 1 ? 'object stays as it is' : 'objects stay as they are'}.`];
}

function renderChange(change: ObjectChange): readonly string[] {
  const object = describeRef(change.ref);
  switch (change.kind) {
    case 'same':
      return [];
    case 'untried':
      return [`+ ${object} (not tried: ${change.why})`];
    case 'new':
      return [`+ ${object}${change.from === undefined ? '' : ` (follows ${change.from})`}`, ...indented(change.lines)];
    case 'changed':
      return [`~ ${object}`, ...indented(change.lines)];
  }
}

/** The sign stays first, for whoever colours it. */
function indented(lines: readonly string[]): readonly string[] {
  const rest = lines.length - MOST_LINES;
  const shown = lines.slice(0, MOST_LINES).map((line) => `${line.slice(0, 1)}    ${line.slice(2)}`);
  return rest > 0 ? [...shown, `     (${rest} more lines)`] : shown;
}
