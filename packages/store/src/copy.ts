import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { readFrom, writeTo } from '@slipway/effects/files';
import { type Digest, digestFromHex } from '@slipway/kernel/digest';

/** Copies into a new, flushed file, and says what went through. */
export async function copyMeasured(
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly digest: Digest; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pipeline(readFrom(from), measure, writeTo(to), signal === undefined ? {} : { signal });
  return { digest: digestFromHex(hash.digest('hex')), size };
}
