/** What a holder says, one line an answer; everything without the nonce is noise of the login shell. */
export type Answer =
  | { readonly kind: 'ready'; readonly hostId: string | undefined }
  | { readonly kind: 'pong' | 'released' | 'lost' | 'bye' }
  | { readonly kind: 'held'; readonly fence: number; readonly hostId: string }
  | {
      readonly kind: 'busy';
      readonly hostId: string;
      readonly token: string;
      readonly run: string;
      readonly attempt: string;
      readonly ageSeconds: number;
      readonly url: string;
    }
  | { readonly kind: 'fail' | 'unkept'; readonly why: string };

export function parseAnswer(line: string, nonce: string): Answer | undefined {
  // A prompt or a notice without a line end may stand right before it.
  const at = line.indexOf(`${nonce} `);
  if (at < 0) return undefined;
  const [kind = '', ...words] = line.slice(at + nonce.length + 1).split(' ');
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = words;
  switch (kind) {
    case 'ready':
      return { kind, hostId: first === '-' ? undefined : first };
    case 'pong':
    case 'released':
    case 'lost':
    case 'bye':
      return { kind };
    case 'held':
      return { kind, fence: Number(first), hostId: second };
    case 'busy':
      return {
        kind,
        hostId: first,
        token: second,
        run: third,
        attempt: fourth,
        ageSeconds: Number(fifth),
        url: sixth,
      };
    case 'fail':
    case 'unkept':
      return { kind, why: words.join(' ') };
    default:
      return undefined;
  }
}

/** How far a step came, by its own words on stdout so far. */
export interface StepWords {
  /** Undefined: it has not begun; all that came is noise. */
  readonly process: { readonly pid: string; readonly start: string } | undefined;
  /** Why the fence kept it from having any effect. */
  readonly fenced: string | undefined;
  /** Its exit status, once it ended. */
  readonly status: number | undefined;
  /** Exactly what the script wrote. */
  readonly stdout: string;
}

export function parseStep(output: string, nonce: string): StepWords {
  const begin = new RegExp(`\\n${nonce} begin (\\d+) (\\d+)\\n`).exec(output);
  if (begin === null) return { process: undefined, fenced: undefined, status: undefined, stdout: '' };
  const body = output.slice(begin.index + begin[0].length);
  const end = new RegExp(`\\n${nonce} (?:end (\\d+)|fenced (.*))\\n`).exec(body);
  return {
    process: { pid: begin[1] ?? '', start: begin[2] ?? '' },
    fenced: end?.[2],
    status: end?.[1] === undefined ? undefined : Number(end[1]),
    stdout: end === null ? body : body.slice(0, end.index),
  };
}
