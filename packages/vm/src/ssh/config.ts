/** What every hop of every connection has in common on this machine; files and sockets by their paths. */
export interface Access {
  /** Undefined: the known_hosts files of the user. */
  readonly knownHosts: string | undefined;
  /** The socket of the agent that has the key. Undefined: whatever the user's configuration says. */
  readonly agent: string | undefined;
  readonly certificate: string | undefined;
  /** Of our user; `~` of an Include would go by HOME, unlike ssh itself. */
  readonly home: string;
  /** Text that is in force instead of the user's own `~/.ssh/config`. */
  readonly userConfig: string | undefined;
  readonly connectTimeoutMs: number;
}

/**
 * The configuration of ssh for a run. ssh hands it on to the jump hosts' ssh, which no option of a command line reaches:
 * so keys are checked and ours are offered at every hop. Of two values the first one counts: ours, then the user's.
 */
export function configText(access: Access): string {
  const { home, userConfig } = access;
  return [
    ...Object.entries(ours(access)).map(([name, value]) => `${name} ${value}`),
    // The user's blocks end where the next one begins.
    'Host *',
    ...(userConfig === undefined ? [`Include ${quoted(`${home}/.ssh/config`)}`] : [userConfig.trimEnd()]),
    'Host *',
    'Include "/etc/ssh/ssh_config"',
    '',
  ].join('\n');
}

function ours({ knownHosts, agent, certificate, connectTimeoutMs }: Access): Readonly<Record<string, string | number>> {
  return {
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    RequestTTY: 'no',
    RemoteCommand: 'none',
    PermitLocalCommand: 'no',
    LogLevel: 'INFO',
    ConnectTimeout: Math.max(1, Math.ceil(connectTimeoutMs / 1_000)),
    ...(knownHosts === undefined ? {} : { UserKnownHostsFile: quoted(knownHosts) }),
    ...(agent === undefined ? {} : { IdentityAgent: quoted(agent), IdentitiesOnly: 'no' }),
    ...(certificate === undefined ? {} : { CertificateFile: quoted(certificate) }),
  };
}

export function quoted(path: string): string {
  return `"${path}"`;
}
