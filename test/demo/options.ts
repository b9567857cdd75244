import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly hosts: number;
  /** The last line is one JSON object. */
  readonly json: boolean;
  /** The lab stays up afterwards. */
  readonly keep: boolean;
  /** The folder of a lab that was kept: end it, and do nothing else. */
  readonly end: string | undefined;
  readonly help: boolean;
}

export const USAGE = `npm run demo -- [options]
  --hosts N     hosts behind the balancer, 2 to 20 (default 4)
  --json        print the result as one JSON object in the last line
  --keep        leave the lab up, and print its addresses
  --end FOLDER  end a lab that was kept
  --help        this text`;

/** Throws with the allowed form when an argument is wrong. */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      hosts: { type: 'string', default: '4' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      end: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const hosts = Number(values.hosts);
  if (!Number.isInteger(hosts) || hosts < 2 || hosts > 20) {
    throw new Error(`--hosts must be a whole number from 2 to 20, not "${values.hosts}".\n${USAGE}`);
  }
  return { hosts, json: values.json, keep: values.keep, end: values.end, help: values.help };
}
