import { type Clock, throwIfAborted } from '@slipway/effects/clock';
import { touch } from '@slipway/effects/exclusive';
import { createWhole, readTextIfThere, removeTree, statIfThere, writeWhole } from '@slipway/effects/files';
import { isDigest } from '@slipway/kernel/digest';
import { humanSeconds } from '@slipway/kernel/duration';
import { canonicalJson, isObject, isString, parseJson } from '@slipway/kernel/json';
import { type Content, conflict, isSameContent } from './identity.ts';
import type { ReleaseDraft, StorePorts } from './store.ts';

// Why time decides nothing here but who goes on: .github/decisions/0003-store-claims.md.
const BEAT_MS = 3_000;
const DEAD_AFTER_MS = 15_000;
const LOOK_MS = 500;

/**
 * Returns once this publisher may go on: it was the first to claim, the claim names the same content, or its owner
 * shows no sign of life. A living publisher of other content is a UserError.
 */
export async function takeClaim(path: string, draft: ReleaseDraft, { clock, log, signal }: StorePorts): Promise<void> {
  let watched: { readonly sign: string; readonly since: number } | undefined;
  while (!(await createWhole(path, claimText(draft)))) {
    const found = await readClaim(path);
    if (found === undefined) continue;
    if (isSameContent(found.claim, draft)) return;
    if (watched === undefined) {
      log.info(`${draft.name} ${draft.version} is claimed for other content; waiting for a sign of life of its owner.`);
      watched = { sign: found.sign, since: clock.monotonic() };
    }
    if (found.sign !== watched.sign) {
      throw conflict(`${draft.name} ${draft.version} is being published with other content.`, found.claim, draft);
    }
    if (clock.monotonic() - watched.since >= DEAD_AFTER_MS) {
      log.info(`There was none for ${humanSeconds(DEAD_AFTER_MS)}: this publisher takes the claim over.`);
      await writeWhole(path, claimText(draft));
      return;
    }
    await clock.sleep(LOOK_MS, signal);
    throwIfAborted(signal);
  }
}

/** Lets the next publisher in at once, when this one gives up. */
export async function dropClaim(path: string, draft: ReleaseDraft): Promise<void> {
  if ((await readTextIfThere(path)) === claimText(draft)) await removeTree(path);
}

/** Shows signs of life for as long as the work goes on. */
export async function whileAlive<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const beating = beat(path, clock, done.signal);
  try {
    return await work();
  } finally {
    done.abort();
    await beating;
  }
}

async function beat(path: string, clock: Clock, done: AbortSignal): Promise<void> {
  try {
    while (!done.aborted) {
      await clock.sleep(BEAT_MS, done);
      await touch(path);
    }
  } catch {
    // Done, or the claim is gone: then the version is published, and the commit finds that out.
  }
}

function claimText({ digest, contentDigest, commit, run }: ReleaseDraft): string {
  return canonicalJson({ digest, contentDigest, commit, run });
}

/** `sign` is another text after each sign of life, and after each change of owner. */
async function readClaim(path: string): Promise<{ claim: Content; sign: string } | undefined> {
  const stats = await statIfThere(path);
  const text = await readTextIfThere(path);
  if (stats === undefined || text === undefined) return undefined;
  return { claim: contentIn(parseJson(text)), sign: `${stats.ino}:${stats.mtimeMs}:${text}` };
}

/** A claim that cannot be read is like that of a stranger. */
function contentIn(value: unknown): Content {
  const claim = isObject(value) ? value : {};
  return {
    digest: isDigest(claim.digest) ? claim.digest : 'sha256:unknown',
    commit: isString(claim.commit) ? claim.commit : 'unknown',
    ...(isDigest(claim.contentDigest) ? { contentDigest: claim.contentDigest } : {}),
  };
}
