import type { Place } from '../layout.ts';

/** A template unit, of which each slot runs an instance. */
export interface UnitOptions {
  readonly place: Place;
  /** Its name up to the `@`. */
  readonly unit: string;
  readonly start: string;
  readonly stopMs: number;
}

/**
 * The unit. It runs what the slot names, by its resolved path: a process keeps the files that it was started from.
 * `user` is null for a unit of the user's own manager.
 */
export function unitFile({ place, start, stopMs }: UnitOptions, base: string, user: string | null): string {
  return [
    '[Unit]',
    `Description=${place.app} ${place.environment} (%i)`,
    ...(user === null ? [] : ['After=network.target']),
    'StartLimitIntervalSec=0',
    `ConditionPathExists=${base}/slots/%i.d/unit.env`,
    '',
    '[Service]',
    '# notify, when the release tells systemd that it is ready',
    'Type=simple',
    ...(user === null ? [] : [`User=${user}`]),
    `WorkingDirectory=${base}/slots/%i`,
    `EnvironmentFile=${base}/slots/%i.d/unit.env`,
    `ExecStart=/bin/sh -c "cd -P . && exec $$PWD/${start}"`,
    'Restart=always',
    'RestartSec=1',
    'KillMode=mixed',
    `TimeoutStopSec=${Math.ceil(stopMs / 1_000)}`,
    '# how a Java program ends when it is told to',
    'SuccessExitStatus=143',
    '',
    '[Install]',
    `WantedBy=${user === null ? 'default.target' : 'multi-user.target'}`,
  ].join('\n');
}

/** Every command that is ever run as root, word for word; the same as `orders_for` in service-systemd.sh. */
export function ordersFor(unit: string, slot: string): readonly string[] {
  const instance = `${unit}@${slot}.service`;
  return [
    `reset-failed ${instance}`,
    `start --no-block ${instance}`,
    `stop --no-block ${instance}`,
    `kill -s KILL ${instance}`,
  ];
}

/** The lines of sudoers that let the user give those orders, and nothing more. */
export function sudoersFile(unit: string, slots: readonly string[], user: string, systemctl: string): string {
  const commands = slots.flatMap((slot) => ordersFor(unit, slot).map((order) => `${systemctl} ${order}`));
  return `${user} ALL=(root) NOPASSWD: ${commands.join(', \\\n  ')}`;
}

/** For a shell of root: writes a file. Each line is quoted by itself, since whoever copies it from a log indents it. */
export function writeFileLines(path: string, mode: string, text: string): string {
  const lines = text.split('\n').map((line) => `  '${line.replaceAll("'", "'\\''")}'`);
  return [`printf '%s\\n' \\`, `${lines.join(' \\\n')} |`, `  install -m ${mode} /dev/stdin ${path}`].join('\n');
}
