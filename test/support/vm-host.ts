import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemExec } from '@slipway/effects/exec-real';
import { digestOf } from '@slipway/kernel/digest';
import { type ReleaseId, TREE_MEDIA_TYPE } from '@slipway/kernel/release';
import { baseFolder, releaseFolder } from '@slipway/vm/layout';
import { runStep, type Said, type Site } from '@slipway/vm/remote';
import { scriptService } from '@slipway/vm/services/script';
import type { Service } from '@slipway/vm/services/service';
import { script } from '@slipway/vm/steps/scripts';
import { type LocalSession, type LocalShell, localSession, localShell } from './local-session.ts';
import { killGroup } from './processes.ts';
import { requirePart, type Skippable } from './require.ts';
import { type TemporaryFolder, temporaryFolder } from './temp.ts';

export const SHELLS: readonly LocalShell['name'][] = ['dash', 'bash', 'busybox'];
export const PLACE = { app: 'shop', environment: 'test' };

/** A folder that stands for a host, and a session that runs scripts in it. All services in it end with it. */
export interface TestHost extends AsyncDisposable {
  readonly folder: TemporaryFolder;
  readonly session: LocalSession;
  readonly site: Site;
  readonly base: string;
  at(...parts: readonly string[]): string;
  read(...parts: readonly string[]): string;
}

export async function testHost(
  t: Skippable,
  shell: LocalShell['name'],
  name = 'web-1',
  env: Readonly<Record<string, string>> = {},
): Promise<TestHost | undefined> {
  if (requirePart(t, shell) === undefined) return undefined;
  const folder = temporaryFolder();
  const found = await localShell(shell, folder.path);
  if (found === undefined) return undefined;
  await mkdir(folder.at('root'));
  const session = localSession({ name, root: folder.at('root'), shell: found, env });
  const base = baseFolder(session.host, PLACE);
  const at = (...parts: readonly string[]): string => join(base, ...parts);
  return {
    folder,
    session,
    site: { session, base },
    base,
    at,
    read: (...parts) => readFileSync(at(...parts), 'utf8'),
    async [Symbol.asyncDispose]() {
      for (const file of ['supervisor', 'process']) {
        const path = at('slots', 'blue.d', file);
        if (existsSync(path)) killGroup(Number(readFileSync(path, 'utf8').split(' ')[0]));
      }
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The bytes of a release as they are transferred, and what names them. */
export interface PackedRelease {
  readonly id: ReleaseId;
  readonly dir: string;
  readonly bytes: Buffer;
  readonly vars: Readonly<Record<string, string>>;
}

/** Packs files, `bin/*` as programs, into a release. */
export async function packRelease(
  folder: TemporaryFolder,
  version: string,
  files: Readonly<Record<string, string>>,
  tarOptions: readonly string[] = [],
): Promise<PackedRelease> {
  const tree = folder.at(`tree-${version}`);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), content);
    if (name.startsWith('bin/')) await chmod(join(tree, name), 0o755);
  }
  const archive = `${tree}.tar.gz`;
  const { code, stderr } = await systemExec.run({
    argv: ['tar', '-czf', archive, '-C', tree, ...tarOptions, ...Object.keys(files)],
  });
  if (code !== 0) throw new Error(stderr);
  const bytes = await readFile(archive);
  const id = { version, digest: digestOf(bytes) };
  return { id, dir: releaseFolder(id), bytes, vars: stageVars(id, bytes) };
}

export function stageVars(
  id: ReleaseId,
  bytes: Uint8Array,
  file?: { name: string; mode: string },
): Record<string, string> {
  return {
    dir: releaseFolder(id),
    digest: id.digest,
    size: String(bytes.length),
    file_name: file?.name ?? '',
    file_mode: file?.mode ?? '',
    ...JOURNAL,
  };
}

export const JOURNAL = { journal_intent: 'intent\n', journal_done: 'done\n', journal_failed: 'failed\n' };
export const TREE = TREE_MEDIA_TYPE;

export function testService(endpoint: { port?: number; address?: string } = {}, stopMs = 3_000): Service {
  return scriptService({ place: PLACE, start: 'bin/start', stop: 'bin/stop', stopMs, endpoint: () => endpoint });
}

/** Brings a packed release to the host, as the action does: the bytes from `offset` on come on stdin. */
export async function stageRelease(
  { site }: Pick<TestHost, 'site'>,
  { vars, bytes }: PackedRelease,
  { offset = 0, more = {} }: { readonly offset?: number; readonly more?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  return await runStep(site, 'stage', {
    functions: script('push'),
    vars: { offset: String(offset), ...vars, ...more },
    input: bytes.subarray(offset),
    fence: 'fenced',
    timeoutMs: 20_000,
  });
}
