import type { Digest } from '@slipway/kernel/digest';
import { UserError, userError } from '@slipway/kernel/errors';
import type { Builder } from './builders/builder.ts';
import type { Manifest } from './manifest.ts';
import { formatReference } from './reference.ts';
import type { Registry } from './registry.ts';
import { type Try, withRetries } from './retry.ts';
import { runStep, type StepPorts, type StepSite } from './run-step.ts';
import type { Destination, ImageWish } from './wish.ts';

export interface ImageSite extends StepSite {
  /** A private folder of ours. */
  readonly scratch: string;
}

/**
 * Builds, pushes, and puts all tags on the one digest: the builder's push comes first, then each further tag, then
 * every tag is read back. Whatever is returned is in the registry, under all its tags.
 */
export async function buildAndPush(
  order: { readonly wish: ImageWish; readonly destination: Destination; readonly builder: Builder },
  site: ImageSite,
  ports: StepPorts & { readonly registry: Registry },
): Promise<Manifest> {
  const { destination, builder } = order;
  const { path, tags } = destination;
  const digest = await build(order, site, ports);
  const manifest = await ports.registry.manifest(path, digest);
  if (manifest === undefined) {
    throw userError(`${builder.title} pushed ${digest}, but the registry does not have it.`, 'run the step again');
  }
  return await ports.log.group(`Tag ${formatReference({ ...destination, digest })}`, async () => {
    for (const tag of builder.pushes === 'digest' ? tags : tags.slice(1)) {
      await ports.registry.tag(path, tag, manifest);
    }
    await confirmTags(destination, digest, ports);
    ports.log.info(`Read back: ${tags.join(', ')}`);
    return manifest;
  });
}

async function build(
  { wish, destination, builder }: Parameters<typeof buildAndPush>[0],
  site: ImageSite,
  ports: StepPorts,
): Promise<Digest> {
  let stdout = '';
  for (const step of builder.steps(wish, destination, site.scratch)) {
    const env = builder.environment(site.env);
    stdout = (await runStep(step, { ...site, env }, ports)).stdout;
  }
  const digest = await builder.pushedDigest(stdout, site.scratch);
  if (digest === undefined) throw new Error(`${builder.title} did not tell what it pushed:\n${stdout}`);
  return digest;
}

/** Every tag has to stand for the digest; some registries take a moment until they show what they were given. */
async function confirmTags(
  { registry, path, tags }: Destination,
  digest: Digest,
  ports: StepPorts & { readonly registry: Registry },
): Promise<void> {
  const problems = [];
  for (const tag of tags) {
    const found = await withRetries(`Read back ${tag}`, () => readBack(tag), ports);
    if (found === digest) continue;
    problems.push({
      what: `The tag ${formatReference({ registry, path, tag })} does not stand for the image that was pushed.`,
      got: found ?? 'nothing',
      allowed: digest,
      fix: 'look for another job that pushes this tag, then run the step again',
    });
  }
  if (problems.length > 0) throw new UserError(problems);

  async function readBack(tag: string): Promise<Try<Digest | undefined>> {
    const found = (await ports.registry.manifest(path, tag))?.digest;
    if (found === digest) return { kind: 'done', value: found };
    return { kind: 'transient', because: `it is ${found ?? 'not there'}`, last: () => found };
  }
}
