import { join, relative, resolve } from 'node:path';
import { listFolder, statIfThere } from '@slipway/effects/files';
import { findFiles } from '@slipway/effects/find';
import { realPathIfThere } from '@slipway/effects/tree';
import { type Problem, UserError } from '@slipway/kernel/errors';
import { globExpression } from '@slipway/kernel/glob';

/** Where manifests come from: a file to read, or a folder for kustomize. Paths are absolute. */
export interface ManifestSource {
  readonly kind: 'file' | 'kustomize';
  readonly path: string;
  /** As people know it. */
  readonly shown: string;
}

export const MANIFESTS_RULE =
  'one a line: a file, a folder (its .yaml, .yml and .json files), a glob, or -k and a folder for kustomize';

const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/;
const READABLE = /\.(?:ya?ml|json)$/;

/** What the lines of the `manifests` input name, each file once; a line that names nothing is an error. */
export async function findSources(lines: readonly string[], workspace: string): Promise<readonly ManifestSource[]> {
  const found = await Promise.all(lines.map((line) => sourcesOf(line.trim(), workspace)));
  const problems = found.flatMap((result) => ('what' in result ? [result] : []));
  if (problems.length > 0) throw new UserError(problems);
  const sources = found.flatMap((result) => ('what' in result ? [] : result));
  return [...new Map(sources.map((source) => [`${source.kind} ${source.path}`, source])).values()];
}

async function sourcesOf(line: string, workspace: string): Promise<readonly ManifestSource[] | Problem> {
  const kustomize = /^-k\s+(.+)$/.exec(line);
  if (kustomize !== null) return await kustomizeSource(kustomize[1] ?? '', workspace);
  const path = await realPathIfThere(resolve(workspace, line));
  const stats = path === undefined ? undefined : await statIfThere(path);
  if (path !== undefined && stats?.isFile() === true) return [{ kind: 'file', path, shown: line }];
  if (path !== undefined && stats?.isDirectory() === true) return await folderSources(path, line);
  if (/[*?{]/.test(line)) return await globSources(line, workspace);
  return nothing(line, 'there is no such file or folder');
}

async function kustomizeSource(folder: string, workspace: string): Promise<readonly ManifestSource[] | Problem> {
  const path = resolve(workspace, folder);
  const names = (await realPathIfThere(path)) === undefined ? [] : await listFolder(path);
  if (names.some((name) => KUSTOMIZATION.test(name))) return [{ kind: 'kustomize', path, shown: `-k ${folder}` }];
  return nothing(`-k ${folder}`, 'there is no kustomization.yaml in it');
}

/** As kubectl does: the files of the folder itself, not of those below it. */
async function folderSources(path: string, line: string): Promise<readonly ManifestSource[] | Problem> {
  const names = await listFolder(path);
  if (names.some((name) => KUSTOMIZATION.test(name))) {
    return { what: `The folder ${line} is one of kustomize.`, got: line, fix: `-k ${line}` };
  }
  const files = names.filter((name) => READABLE.test(name));
  if (files.length === 0) return nothing(line, 'no .yaml, .yml or .json file is in it');
  return files.map((name) => ({ kind: 'file', path: join(path, name), shown: join(line, name) }));
}

async function globSources(line: string, workspace: string): Promise<readonly ManifestSource[] | Problem> {
  const parts = line.replace(/^\.\//, '').split('/');
  const fixed = parts.findIndex((part) => /[*?{]/.test(part));
  const folder = resolve(workspace, parts.slice(0, fixed).join('/') || (line.startsWith('/') ? '/' : '.'));
  const expression = globExpression(parts.slice(fixed).join('/'));
  if ((await realPathIfThere(folder)) === undefined) return nothing(line, `there is no folder ${folder}`);
  const files = await findFiles(folder, {
    wanted: (path) => READABLE.test(path) && expression.test(path),
    skipped: (name) => name === '.git' || name === 'node_modules',
  });
  if (files.length === 0) return nothing(line, 'no .yaml, .yml or .json file is like it');
  return files.map(({ path }) => {
    const whole = join(folder, path);
    return { kind: 'file', path: whole, shown: relative(workspace, whole) };
  });
}

function nothing(line: string, why: string): Problem {
  return { what: `No manifest is found: ${why}.`, got: line, allowed: MANIFESTS_RULE, fix: 'manifests: k8s/' };
}
