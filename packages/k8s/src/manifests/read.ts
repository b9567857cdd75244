import type { Exec } from '@slipway/effects/exec';
import { readText } from '@slipway/effects/files';
import { UserError, userError } from '@slipway/kernel/errors';
import { findSources, type ManifestSource } from './sources.ts';
import { type Manifest, readYaml } from './yaml.ts';

export interface ReadPorts {
  /** Relative paths start here. */
  readonly workspace: string;
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

/** Kustomize may fetch remote bases. */
const KUSTOMIZE_MS = 120_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Every object that the lines of the `manifests` input name; all that is wrong with them comes in one UserError. */
export async function readManifests(
  lines: readonly string[],
  kubectl: string,
  ports: ReadPorts,
): Promise<readonly Manifest[]> {
  const sources = await findSources(lines, ports.workspace);
  const texts = await Promise.all(
    sources.map(async (source) => readYaml(await textOf(source, kubectl, ports), source.shown)),
  );
  const problems = texts.flatMap((text) => text.problems);
  if (problems.length > 0) throw new UserError(problems);
  const manifests = texts.flatMap((text) => text.manifests);
  if (manifests.length > 0) return manifests;
  throw new UserError({
    what: 'The manifests hold no object at all.',
    got: sources.map(({ shown }) => shown).join(', '),
    allowed: 'one object of Kubernetes or more',
  });
}

async function textOf({ kind, path, shown }: ManifestSource, kubectl: string, ports: ReadPorts): Promise<string> {
  if (kind === 'file') return await readText(path);
  const { workspace, exec, signal } = ports;
  const argv = [kubectl, 'kustomize', path] as const;
  const { code, stdout, stderr, timedOut } = await exec.run({
    argv,
    cwd: workspace,
    timeoutMs: KUSTOMIZE_MS,
    keepBytes: MAX_BYTES,
    signal,
  });
  if (code === 0) return stdout;
  const why = timedOut ? `it took longer than ${KUSTOMIZE_MS / 1_000} s` : stderr.trim();
  throw userError(`${shown} cannot be built: ${why}`, `look at it with: ${argv.join(' ')}`);
}
