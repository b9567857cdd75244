import type { Problem } from '@slipway/kernel/errors';
import { script } from '../steps/scripts.ts';
import { type EnvironmentOptions, serviceEnvironment } from './environment.ts';
import type { Service, ServiceHost } from './service.ts';
import { sudoersFile, type UnitOptions, unitFile, writeFileLines } from './unit.ts';

export interface SystemdOptions extends EnvironmentOptions {
  /** The template unit, with or without `@` and `.service`; default: `<app>-<environment>`. */
  readonly unit?: string | undefined;
  /** How orders are given to the system's manager. */
  readonly become: 'sudo' | 'none';
  /** The program in the release that our own unit runs in the foreground. */
  readonly start: string;
  readonly stopMs: number;
}

/** Both names of a slot, so that what an administrator installs serves whatever strategy comes later. */
const SLOTS = ['blue', 'green'] as const;

/** A unit of the system, written by an administrator; orders are given as root or by sudo. */
export function systemdService(options: SystemdOptions): Service {
  const unit = unitOf(options);
  const setup = (host: ServiceHost): string => systemSetup({ ...options, unit }, host);
  return {
    ...common(options, 'system', ''),
    setup,
    problems: (host) => systemProblems(host, { ...options, unit }, setup(host)),
  };
}

/** A unit of the user's own manager, written by us: nobody needs rights for it. */
export function systemdUserService(options: SystemdOptions): Service {
  const unit = unitOf(options);
  return { ...common(options, 'user', unitFile({ ...options, unit }, '@BASE@', null)), problems: userProblems };
}

function unitOf({ unit, place }: SystemdOptions): string {
  return (unit ?? `${place.app}-${place.environment}`).replace(/\.service$/, '').replace(/@$/, '');
}

function common(options: SystemdOptions, scope: 'system' | 'user', unitText: string): Service {
  const { stopMs, become, start } = options;
  const fixed = { unit: unitOf(options), scope, become, slots_known: SLOTS.join(' ') };
  const assignments = Object.entries(fixed).map(([name, value]) => `${name}='${value}'`);
  return {
    functions: [...assignments, script('port'), script('service-systemd')].join('\n'),
    stopMs,
    vars(host, slot, release) {
      const { port, address } = options.endpoint(host, slot);
      const environment = Object.entries(serviceEnvironment(options, host, slot, release));
      return {
        start,
        stop_seconds: String(Math.ceil(stopMs / 1_000)),
        port: port === undefined ? '' : String(port),
        address: address ?? '',
        environment: environment.map(([name, value]) => `${name}="${value}"`).join('\n'),
        unit_file: unitText,
      };
    },
  };
}

function systemSetup(options: UnitOptions & Pick<SystemdOptions, 'become'>, host: ServiceHost): string {
  const { unit, become } = options;
  const text = unitFile(options, host.base, host.user);
  const instances = SLOTS.map((slot) => `${unit}@${slot}.service`).join(' ');
  const lines = [
    writeFileLines(`/etc/systemd/system/${unit}@.service`, '0644', text),
    `systemctl daemon-reload && systemctl enable ${instances}`,
  ];
  if (become === 'none') return lines.join('\n');
  const sudoers = sudoersFile(unit, SLOTS, host.user, host.systemctl ?? '/usr/bin/systemctl');
  // A name with a dot would be passed over.
  const file = `/etc/sudoers.d/${unit.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
  return [...lines, writeFileLines(file, '0440', sudoers), `visudo -c -f ${file}`].join('\n');
}

function systemProblems(host: ServiceHost, { unit }: Pick<UnitOptions, 'unit'>, setup: string): readonly Problem[] {
  const { name, user } = host;
  const once = `once on ${name}, as root:\n${setup}`;
  const known: Readonly<Record<string, (details: readonly string[]) => Problem>> = {
    systemd: () => noSystemd(name),
    unit: ([state]) => ({ what: `${name} has no unit ${unit}@.service (systemd: ${state}).`, fix: once }),
    become: () => ({
      what: `On ${name} the user ${user} may not give orders to systemd.`,
      allowed: 'become: sudo, or service: systemd-user',
      fix: 'become: sudo',
    }),
    sudo: () => ({ what: `${name} has no program "sudo".`, fix: `on ${name}, as root: apt-get install sudo` }),
    password: ([order]) => ({ what: `On ${name} sudo wants a password of ${user} for: ${order}`, fix: once }),
    right: ([order, ...more]) => ({
      what: `On ${name} sudo does not let ${user} run: ${order}${more.length > 0 ? `, and ${more.length} more` : ''}`,
      fix: once,
    }),
  };
  const problems = [...lacksByKind(host)].flatMap(([kind, details]) => known[kind]?.(details) ?? []);
  // one way to mend it all is said once, at the end
  return problems.map((problem, index) =>
    problems.findLastIndex(({ fix }) => fix === problem.fix) === index ? problem : { what: problem.what },
  );
}

/** `right systemctl start x` is the detail "systemctl start x" of the kind "right". */
function lacksByKind({ lacks }: ServiceHost): ReadonlyMap<string, readonly string[]> {
  const kinds = new Map<string, string[]>();
  for (const text of lacks) {
    const [kind = '', ...rest] = text.split(' ');
    kinds.set(kind, [...(kinds.get(kind) ?? []), rest.join(' ')]);
  }
  return kinds;
}

function userProblems({ name, user, lacks }: ServiceHost): readonly Problem[] {
  const known: Readonly<Record<string, Problem>> = {
    systemd: noSystemd(name),
    linger: {
      what: `On ${name} the services of ${user} end with the last session of ${user}.`,
      fix: `once on ${name}, as root: loginctl enable-linger ${user}`,
    },
    manager: {
      what: `On ${name} the systemd of ${user} does not answer.`,
      fix: `on ${name}, as root: apt-get install libpam-systemd dbus-user-session && systemctl restart user@$(id -u ${user})`,
    },
  };
  return lacks.flatMap((kind) => known[kind] ?? []);
}

function noSystemd(name: string): Problem {
  return { what: `${name} is not run by systemd.`, fix: 'service: script' };
}
