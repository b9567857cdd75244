import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guarded } from '@slipway/effects/exec';
import { systemExec } from '@slipway/effects/exec-real';

/** Debian's tomcat10-user, with tomcat10-common: the programs alone, no service. */
export const CATALINA_HOME = '/usr/share/tomcat10';

export interface TomcatOptions {
  /** Its CATALINA_BASE, made here. */
  readonly base: string;
  readonly address: string;
  readonly port: number;
  /** Attributes of the Host beside those that Debian sets, such as `undeployOldVersions="true"`. */
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningTomcat {
  readonly base: string;
  /** SIGKILL: what it was serving is lost. */
  kill(): Promise<void>;
}

/** A real Tomcat as the current user; it listens when this resolves, and ends with our process, however that ends. */
export async function startTomcat(options: TomcatOptions): Promise<RunningTomcat> {
  const { base } = options;
  await Promise.all(['webapps', 'logs', 'temp', 'work'].map((name) => mkdir(join(base, name), { recursive: true })));
  await cp(join(CATALINA_HOME, 'skel', 'conf'), join(base, 'conf'), { recursive: true });
  await writeFile(join(base, 'conf', 'server.xml'), serverXml(options));
  const child = systemExec.start({
    argv: guarded([join(CATALINA_HOME, 'bin', 'catalina.sh'), 'run']),
    env: {
      ...process.env,
      ...options.env,
      CATALINA_HOME,
      CATALINA_BASE: base,
      CATALINA_OPTS: '-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => output.push(String(text)));
  const ended = child.finished.then(() => 'ended' as const);
  // Tomcat says on stderr when it is through with its start.
  while (!output.join('').includes('Server startup in')) {
    if ((await Promise.race([ended, sleep(50)])) === 'ended') {
      throw new Error(`Tomcat did not start:\n${output.join('')}`);
    }
  }
  return {
    base,
    async kill() {
      child.kill('SIGKILL');
      await child.finished;
    },
  };
}

/** What looks for new wars does so each second instead of each tenth: the tests wait less. */
function serverXml({ address, port, host = '' }: TomcatOptions): string {
  return `<Server port="-1">
  <Service name="Catalina">
    <Connector address="${address}" port="${port}" protocol="HTTP/1.1"
               keepAliveTimeout="120000" maxKeepAliveRequests="-1" />
    <Engine name="Catalina" defaultHost="localhost" backgroundProcessorDelay="1">
      <Host name="localhost" appBase="webapps" unpackWARs="true" autoDeploy="true" ${host} />
    </Engine>
  </Service>
</Server>
`;
}
