import type { Problem } from '@slipway/kernel/errors';
import type { SlotName } from '@slipway/strategy/topology';
import type { Host } from '../host.ts';
import type { Place } from '../layout.ts';
import { commandService } from './command.ts';
import { containerService } from './container.ts';
import { scriptService } from './script.ts';
import type { Service } from './service.ts';
import { tomcatService } from './tomcat.ts';

/** What the inputs say of the service; each kind takes what it needs. Durations in milliseconds. */
export interface ServiceWish {
  readonly kind: ServiceKind;
  readonly start: string;
  readonly stop: string;
  readonly stopMs: number;
  readonly tomcatBase: string;
  readonly tomcatContext: string | undefined;
  readonly command: string;
  readonly engine: 'docker' | 'podman';
  readonly containerPort: number | undefined;
  readonly containerOptions: readonly string[];
}

/** All that a service can be made from. */
export interface ServiceOptions extends Omit<ServiceWish, 'kind'> {
  readonly place: Place;
  /** Where the service listens, as far as that is known. */
  readonly endpoint: (host: Host, slot: SlotName) => { readonly port?: number; readonly address?: string };
}

interface ServiceEntry {
  readonly make: (options: ServiceOptions) => Service;
  /** The running process, or what the service says of it, proves the version; without it an answer has to. */
  readonly processProof: boolean;
}

/** How each kind is made, and what it is good for; its words are those of the input `service`. */
const SERVICES = {
  script: { make: scriptService, processProof: true },
  command: { make: commandService, processProof: true },
  container: { make: containerService, processProof: true },
  tomcat: { make: tomcatService, processProof: false },
} satisfies Readonly<Record<string, ServiceEntry>>;

export type ServiceKind = keyof typeof SERVICES;

export function chooseService(kind: ServiceKind, options: ServiceOptions): Service {
  return SERVICES[kind].make(options);
}

/** What the inputs of a service lack together. */
export function serviceProblems(inputs: {
  readonly kind: ServiceKind;
  readonly command: string | undefined;
  readonly versionFrom: string | undefined;
}): readonly Problem[] {
  const { kind, command, versionFrom } = inputs;
  const problems: Problem[] = [];
  if (kind === 'command' && command === undefined) {
    problems.push({
      what: 'Input "command" is missing: "service: command" asks a program on the hosts.',
      fix: 'command: /usr/local/bin/shop-service',
    });
  }
  if (versionFrom === 'process' && !SERVICES[kind].processProof) {
    problems.push({
      what: `version-from: with "service: ${kind}" the process outlives its releases, so it cannot prove which one answers.`,
      got: 'process',
      allowed: 'header:NAME, json:DOTTED.PATH or body of the health check',
      fix: 'version-from: header:x-version',
    });
  }
  return problems;
}
