import type { Problem } from '@slipway/kernel/errors';
import type { DeploymentInputs, FleetInputs } from '../inputs.ts';
import { BECOMING, OUTLIVING } from './choose.ts';

/** The inputs about the service, as far as they could be read. */
export type ServiceTexts = {
  readonly [K in 'service' | 'unit' | 'become' | 'start' | 'command' | 'versionFrom']?: FleetInputs[K] | undefined;
} & { readonly envFile?: DeploymentInputs['envFile'] | undefined };

// What systemd and sudoers take as it is. An "@" in front would be an instance already.
const UNIT = /^[A-Za-z0-9][A-Za-z0-9_.-]*@?(\.service)?$/;
const IN_UNIT = /^[A-Za-z0-9_./+-]+$/;

/** What is wrong with the inputs about the service, each by itself and together. */
export function serviceProblems(inputs: ServiceTexts): readonly Problem[] {
  const { service, unit, become, start, command, versionFrom, envFile } = inputs;
  const problems: Problem[] = [];
  if (unit !== undefined && !UNIT.test(unit)) {
    problems.push({
      what: 'unit: this is no name of a template unit.',
      got: unit,
      allowed: 'letters, digits, ".", "_" and "-", with "@" at the end',
      fix: 'unit: shop-production@',
    });
  }
  if (service === undefined) return problems;
  if (become === 'sudo' && !BECOMING.includes(service)) {
    problems.push({
      what: `become: nothing is done as root for "service: ${service}".`,
      got: become,
      allowed: `none; or sudo with service: ${BECOMING.join(', ')}`,
      fix: 'become: none',
    });
  }
  if (service.startsWith('systemd') && start !== undefined && !IN_UNIT.test(start)) {
    problems.push({
      what: 'start: this path cannot stand in a unit of systemd.',
      got: start,
      allowed: 'letters, digits, "/", ".", "_", "+" and "-"',
      fix: 'start: bin/start',
    });
  }
  if (service === 'command' && command === undefined) {
    problems.push({
      what: 'Input "command" is missing: "service: command" asks a program on the hosts.',
      fix: 'command: /usr/local/bin/shop-service',
    });
  }
  if (envFile !== undefined && OUTLIVING.includes(service)) {
    problems.push({
      what: `env-file: with "service: ${service}" the process outlives its releases, so no release can bring its environment.`,
      allowed: 'no env-file; give Tomcat its environment in bin/setenv.sh',
      fix: 'env-file:    # removed',
    });
  }
  if (versionFrom === 'process' && OUTLIVING.includes(service)) {
    problems.push({
      what: `version-from: with "service: ${service}" the process outlives its releases, so it cannot prove which one answers.`,
      got: 'process',
      allowed: 'header:NAME, json:DOTTED.PATH or body of the health check',
      fix: 'version-from: header:x-version',
    });
  }
  return problems;
}
