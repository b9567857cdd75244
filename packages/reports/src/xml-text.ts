import { TextDecoder } from 'node:util';

/** How a file's bytes become text: by its byte order mark, else by what its XML declaration says, else as UTF-8. */
export function decoderFor(start: Uint8Array): TextDecoder {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be');
  const declared = /^<\?xml[^>]*?encoding=["']([\w.-]+)["']/.exec(
    Buffer.from(start.subarray(0, 200)).toString('latin1'),
  );
  try {
    return new TextDecoder(declared?.[1] ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
