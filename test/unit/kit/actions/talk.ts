// An action for tests: says what the JSON file in TALK holds, in the ways that it names.
import { readFileSync } from 'node:fs';
import { writeOutputs } from '@slipway/kit/outputs';
import { type Runtime, runAction } from '@slipway/kit/run-action';
import { writeSummary } from '@slipway/kit/summary';

export type Say =
  | {
      readonly as: 'info' | 'debug' | 'notice' | 'warning' | 'error' | 'foreign' | 'mask' | 'summary';
      readonly text: string;
    }
  | { readonly as: 'group'; readonly text: string; readonly inner: readonly Say[] }
  | { readonly as: 'outputs'; readonly values: Readonly<Record<string, string>> };

async function say(runtime: Runtime, words: readonly Say[]): Promise<void> {
  for (const word of words) {
    if (word.as === 'outputs') writeOutputs({}, word.values);
    else if (word.as === 'group') await runtime.log.group(word.text, () => say(runtime, word.inner));
    else if (word.as === 'summary') await writeSummary(word.text, runtime.env);
    else runtime.log[word.as](word.text);
  }
}

await runAction({
  main: (runtime) => say(runtime, JSON.parse(readFileSync(runtime.env.TALK ?? '', 'utf8')) as readonly Say[]),
});
