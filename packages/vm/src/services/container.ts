import type { Problem } from '@slipway/kernel/errors';
import { assignments } from '../ssh/script-text.ts';
import { script } from '../steps/scripts.ts';
import { type EnvironmentOptions, environmentVars, serviceEnvironment } from './environment.ts';
import type { Service, ServiceHost } from './service.ts';

export interface ContainerServiceOptions extends EnvironmentOptions {
  readonly engine: 'docker' | 'podman';
  /** Where the image listens: the port of the health check is published to it; undefined = the network of the host. */
  readonly containerPort: number | undefined;
  /** More arguments of `run`. */
  readonly containerOptions: readonly string[];
  readonly stopMs: number;
}

/** An image, run and kept running by docker or podman, under the name APP-ENVIRONMENT-SLOT. */
export function containerService(options: ContainerServiceOptions): Service {
  const { place, engine, containerPort, stopMs } = options;
  // In a network of its own the release listens on all addresses.
  const inside = containerPort === undefined ? options : { place, endpoint: () => ({ port: containerPort }) };
  const always = { engine, container: `${place.app}-${place.environment}` };
  return {
    functions: [assignments(always), script('port'), script('environment'), script('service-container')].join('\n'),
    stopMs,
    releases: 'image',
    problems: (host) => host.lacks.map((lack) => problemOf(lack, host, engine)),
    vars(host, slot, release) {
      const { port, address } = options.endpoint(host, slot);
      return {
        port: port === undefined ? '' : String(port),
        address: address ?? '',
        container_port: containerPort === undefined ? '' : String(containerPort),
        options: options.containerOptions.join('\n'),
        stop_seconds: String(Math.ceil(stopMs / 1_000)),
        ...environmentVars(serviceEnvironment(inside, host, slot, release)),
      };
    },
  };
}

function problemOf(lack: string, { name, user }: ServiceHost, engine: string): Problem {
  const [kind = '', ...words] = lack.split(' ');
  const known: Readonly<Record<string, Problem>> = {
    engine: { what: `${name} has no program "${engine}".`, fix: `install ${engine} on ${name}, or another \`engine\`` },
    right: {
      what: `On ${name} the user ${user} may not use ${engine}.`,
      fix: `on ${name}, as root: usermod -aG ${engine} ${user}`,
    },
    answer: {
      what: `On ${name} ${engine} does not work for ${user}.`,
      got: words.join(' '),
      fix: `start ${engine} there`,
    },
  };
  return known[kind] ?? { what: `${name} lacks ${lack}.` };
}
