import { assignments } from '../ssh/script-text.ts';
import { script } from '../steps/scripts.ts';
import { type EnvironmentOptions, environmentVars, serviceEnvironment } from './environment.ts';
import type { Service } from './service.ts';

export interface CommandServiceOptions extends EnvironmentOptions {
  /** The program on the hosts: an absolute path, or one that begins with `~/`. */
  readonly command: string;
  readonly stopMs: number;
}

/** What the host gives the program to check, stop and start beyond the time for stopping, with some to spare. */
const REACTION_MS = 60_000;

/** A program of the user's on each host, which is asked to start, stop and tell; the extension point for services. */
export function commandService(options: CommandServiceOptions): Service {
  const { place, command, stopMs } = options;
  const always = { command, ...place, request_facts: members({ ...place }) };
  return {
    functions: [assignments(always), script('environment'), script('service-command')].join('\n'),
    // A start stops what runs first, and each of both has the time for stopping.
    stopMs: 2 * stopMs + REACTION_MS,
    problems: ({ name, user, lacks }) =>
      lacks.map(() => ({
        what: `${name} has no program ${command} that ${user} may run.`,
        fix: `put it there with mode 0755, or name another \`command\``,
      })),
    vars(host, slot, release) {
      const endpoint = options.endpoint(host, slot);
      return {
        more_facts: members({ host: host.name, ...endpoint }),
        release_facts: release === null ? '' : members({ version: release.version, digest: release.digest }),
        stop_seconds: String(Math.ceil(stopMs / 1_000)),
        ...environmentVars(serviceEnvironment(options, host, slot, release)),
      };
    },
  };
}

/** JSON without its braces, for sh to put together. */
function members(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value).slice(1, -1);
}
