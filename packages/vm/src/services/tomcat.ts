import type { Problem } from '@slipway/kernel/errors';
import type { InputType } from '@slipway/kit/types';
import type { Place } from '../layout.ts';
import { assignments } from '../ssh/script-text.ts';
import { script } from '../steps/scripts.ts';
import type { Service, ServiceHost } from './service.ts';

/** The input `tomcat-context`; Tomcat keeps `#` in names of files for itself. */
export const contextPath: InputType<string> = {
  name: 'context path',
  allowed: 'a path like shop or shop/admin, or ROOT',
  yamlExample: 'shop',
  parse(raw) {
    const value = raw.trim();
    return /^\/?[\w.~-]+(?:\/[\w.~-]+)*$/.test(value) ? { ok: true, value } : { ok: false };
  },
};

export interface TomcatServiceOptions {
  readonly place: Place;
  /** CATALINA_BASE on the hosts; may begin with `~/`. */
  readonly tomcatBase: string;
  /** The path of the context, or `ROOT`; undefined = the name of the app. */
  readonly tomcatContext: string | undefined;
  readonly stopMs: number;
}

/**
 * A war in a Tomcat that runs already and is nobody's to restart: each release is deployed beside the one before, under
 * a higher number, a rollback too. The one before is undeployed once the new one is proved.
 */
export function tomcatService(options: TomcatServiceOptions): Service {
  const { place, tomcatBase, stopMs } = options;
  const always = { tomcat_base: tomcatBase, tomcat_app: baseName(options.tomcatContext ?? place.app) };
  return {
    functions: [assignments(always), script('service-tomcat')].join('\n'),
    stopMs,
    settles: true,
    problems: (host) => host.lacks.map((lack) => problemOf(lack, host, tomcatBase)),
    vars: (_host, _slot, release) => ({
      follows: release === null ? '' : 'yes',
      stop_seconds: String(Math.ceil(stopMs / 1_000)),
    }),
  };
}

function problemOf(lack: string, { name, user }: ServiceHost, base: string): Problem {
  const [kind = '', group = ''] = lack.split(' ');
  const known: Readonly<Record<string, Problem>> = {
    tomcat: {
      what: `On ${name} runs no Tomcat with the CATALINA_BASE ${base}, as far as ${user} can see.`,
      fix: `start it on ${name}, or name another \`tomcat-base\``,
    },
    webapps: { what: `${name} has no folder ${base}/webapps.`, fix: 'tomcat-base: /var/lib/tomcat10' },
    right: {
      what: `On ${name} the user ${user} may not write in ${base}/webapps.`,
      fix: `on ${name}, as root: usermod -aG ${group} ${user} && chmod g+w ${base}/webapps`,
    },
    autoDeploy: {
      what: `On ${name} Tomcat would never look at a new war.`,
      fix: `autoDeploy="true" in the Host of ${base}/conf/server.xml, and a restart of Tomcat`,
    },
  };
  return known[kind] ?? { what: `${name} lacks ${lack}.` };
}

/** As Tomcat names the files of a context. */
function baseName(context: string): string {
  return context.replace(/^\//, '').replaceAll('/', '#') || 'ROOT';
}
