import { commandService } from './command.ts';
import { containerService } from './container.ts';
import type { EnvironmentOptions } from './environment.ts';
import { scriptService } from './script.ts';
import type { Service } from './service.ts';
import { systemdService, systemdUserService } from './systemd.ts';
import { tomcatService } from './tomcat.ts';

/** What the inputs say of the service; each kind takes what it needs. Durations in milliseconds. */
export interface ServiceWish {
  readonly kind: ServiceKind;
  readonly start: string;
  readonly stop: string;
  readonly stopMs: number;
  readonly unit: string | undefined;
  readonly become: 'sudo' | 'none';
  readonly tomcatBase: string;
  readonly tomcatContext: string | undefined;
  readonly engine: 'docker' | 'podman';
  readonly containerPort: number | undefined;
  readonly containerOptions: readonly string[];
  readonly command: string;
}

/** All that a service can be made from. */
export interface ServiceOptions extends Omit<ServiceWish, 'kind'>, EnvironmentOptions {}

/** How each kind is made; its words are those of the input `service`. */
const SERVICES = {
  script: scriptService,
  systemd: systemdService,
  'systemd-user': systemdUserService,
  tomcat: tomcatService,
  container: containerService,
  command: commandService,
} satisfies Readonly<Record<string, (options: ServiceOptions) => Service>>;

export type ServiceKind = keyof typeof SERVICES;

/** The kinds that do something as root; for the others `become` means nothing. */
export const BECOMING: readonly ServiceKind[] = ['systemd'];

/** The kinds whose process outlives its releases: it proves nothing of the version, an answer has to. */
export const OUTLIVING: readonly ServiceKind[] = ['tomcat'];

export function chooseService(kind: ServiceKind, options: ServiceOptions): Service {
  return SERVICES[kind](options);
}
