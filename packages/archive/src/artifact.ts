import { basename, join, resolve } from 'node:path';
import { digestFile, statIfThere } from '@slipway/effects/files';
import { realPathIfThere } from '@slipway/effects/tree';
import type { Digest } from '@slipway/kernel/digest';
import { UserError } from '@slipway/kernel/errors';
import { FILE_MEDIA_TYPE, TREE_MEDIA_TYPE } from '@slipway/kernel/release';
import { packTree } from './pack.ts';

/** What a build made: one file, which is published as it is, or a folder, which is packed. */
export interface Artifact {
  readonly kind: 'file' | 'folder';
  /** As it was asked for, absolute. */
  readonly path: string;
  /** With its links followed. */
  readonly target: string;
}

/** The bytes that get transferred, and what a release record says of them. */
export interface Transferable {
  readonly file: string;
  readonly digest: Digest;
  readonly contentDigest?: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly fileName: string;
  readonly fileMode?: string;
}

/** Finds what is to be published; nothing there, or something that is neither file nor folder, is a UserError. */
export async function findArtifact(path: string, workspace: string): Promise<Artifact> {
  const absolute = resolve(workspace, path);
  const target = await realPathIfThere(absolute);
  const stats = target === undefined ? undefined : await statIfThere(target);
  if (target === undefined || stats === undefined) {
    throw new UserError({ what: 'There is nothing to publish at this path.', got: absolute, fix: FIX });
  }
  if (stats.isDirectory()) return { kind: 'folder', path: absolute, target };
  if (stats.isFile()) return { kind: 'file', path: absolute, target };
  throw new UserError({
    what: 'This cannot be published.',
    got: `${absolute}, a device, socket or pipe`,
    allowed: 'a file or a folder',
    fix: FIX,
  });
}

/** Measures a file, or packs a folder into `scratch` under the name `<bundleName>.tar.gz`. */
export async function makeTransferable(
  artifact: Artifact,
  { scratch, bundleName, signal }: { scratch: string; bundleName: string; signal?: AbortSignal },
): Promise<Transferable> {
  if (artifact.kind === 'file') return await measureFile(artifact);
  const fileName = `${bundleName}.tar.gz`;
  const file = join(scratch, fileName);
  const { digest, contentDigest, size } = await packTree(artifact.target, file, signal);
  return { file, digest, contentDigest, size, mediaType: TREE_MEDIA_TYPE, fileName };
}

async function measureFile({ path, target }: Artifact): Promise<Transferable> {
  const stats = await statIfThere(target);
  const { digest, size } = await digestFile(target);
  if (stats === undefined || size === 0) {
    throw new UserError({ what: `The file "${path}" is empty.`, fix: FIX });
  }
  const fileMode = `0${(stats.mode & 0o777).toString(8).padStart(3, '0')}`;
  return { file: target, digest, size, mediaType: FILE_MEDIA_TYPE, fileName: basename(path), fileMode };
}

const FIX = 'path: ${{ steps.build.outputs.artifact }}, or another file or folder that the build wrote';
