import { join } from 'node:path';
import type { Argv } from '@slipway/effects/exec';
import { until } from '../../support/until.ts';
import type { VmHost } from './host.ts';

/** Debian's packages of a Tomcat that systemd runs, and of the Java for it and for jars. */
export const JAVA_PACKAGES: readonly string[] = ['openjdk-17-jre-headless', 'tomcat10'];
export const CATALINA_BASE = '/var/lib/tomcat10';
const START_MS = 90_000;

/** What its administrator does once for `deploy`, as the README of deploy-vm says it. */
export const JOIN_GROUPS: Argv = ['usermod', '-aG', 'tomcat,adm', 'deploy'];

/**
 * Tomcat as Debian installs it: a user of its own, and a unit that lets it write hardly anywhere. Its own settings stay
 * but two: it looks for new wars each second instead of each tenth, so that tests wait less, and keeps idle connections
 * longer than the balancer does. It answers when this resolves.
 */
export async function startTomcat(host: VmHost): Promise<void> {
  const settings = [
    's/<Engine name="Catalina"/& backgroundProcessorDelay="1"/',
    's/connectionTimeout="20000"/& keepAliveTimeout="120000"/',
  ];
  await host.asRoot(['sed', '-i', ...settings.flatMap((line) => ['-e', line]), '/etc/tomcat10/server.xml']);
  await host.asRoot(['systemctl', 'start', 'tomcat10']);
  const answers = async (): Promise<boolean> => {
    const answer = await fetch(`http://${host.address}:8080`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer !== undefined;
  };
  await until(`Tomcat answers on ${host.name}`, answers, START_MS);
}

/** Its webapps, as this machine sees them. */
export function webappsOf({ root }: VmHost): string {
  return join(root, '../..', CATALINA_BASE, 'webapps');
}
