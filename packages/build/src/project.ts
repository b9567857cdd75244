import { join } from 'node:path';
import { readTextIfThere, statIfThere } from '@slipway/effects/files';
import { userError } from '@slipway/kernel/errors';
import { isObject, parseJson } from '@slipway/kernel/json';
import { TOOLS, type ToolRow } from './tools.ts';

/** What detection knows of a project. */
export interface Project {
  /** Of the files that some tool looks at, those in the top folder that are there. */
  readonly files: ReadonlySet<string>;
  /** The scripts of package.json. */
  readonly scripts: ReadonlySet<string>;
}

export async function readProject(folder: string): Promise<Project> {
  const there = await Promise.all(
    TOOLS.flatMap(filesOf).map(async (file) => ((await statIfThere(join(folder, file))) === undefined ? [] : [file])),
  );
  return { files: new Set(there.flat()), scripts: await readScripts(join(folder, 'package.json')) };
}

function filesOf(row: ToolRow): string[] {
  const asked = row.commands.flatMap(({ when }) => (when !== undefined && 'has' in when ? [when.has] : []));
  return [...row.markers, ...row.unless, ...(row.wrapper?.files ?? []), ...asked];
}

async function readScripts(path: string): Promise<ReadonlySet<string>> {
  const text = await readTextIfThere(path);
  if (text === undefined) return new Set();
  const manifest = parseJson(text.replace(/^\ufeff/, ''));
  if (!isObject(manifest)) {
    throw userError(`"${path}" is not a JSON object.`, `run: node -p "JSON.parse(fs.readFileSync('package.json'))"`);
  }
  return new Set(isObject(manifest.scripts) ? Object.keys(manifest.scripts) : []);
}
