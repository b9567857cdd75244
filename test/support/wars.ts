import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../fixtures/war-app/src/main/java/com/example/shop', import.meta.url));

/** Debian's tomcat10-common; tomcat10-user brings it without a service. */
const CATALINA_HOME = '/usr/share/tomcat10';

/** Makes wars of the shop, each of a version, in a folder; without Maven, since the version is all that differs. */
export function warMaker(folder: string): (version: string) => string {
  const classes = join(folder, 'war', 'WEB-INF', 'classes');
  mkdirSync(classes, { recursive: true });
  const sources = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  execFileSync('javac', ['-cp', `${CATALINA_HOME}/lib/servlet-api.jar`, '--release', '17', '-d', classes, ...sources]);
  return (version) => {
    const file = join(folder, `${version}.war`);
    writeFileSync(join(classes, 'version.txt'), version);
    execFileSync('jar', ['--create', '--file', file, '-C', join(folder, 'war'), '.']);
    return file;
  };
}
