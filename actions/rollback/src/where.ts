import type { Problem } from '@slipway/kernel/errors';
import type { CrossCheck } from '@slipway/kit/read-inputs';
import { fleetProblems } from '@slipway/vm/fleet-wish';
import type { FleetInputs } from '@slipway/vm/inputs';
import type { action, Inputs } from './inputs.ts';

/**
 * With `hosts` or `inventory` it is a fleet, else a cluster; inputs without default that only the other one has are a
 * mistake.
 */
export const whereProblems: CrossCheck<typeof action.inputs> = (inputs) => {
  const { hosts, inventory, service, health, context, kubeconfig } = inputs;
  if (hosts === undefined && inventory === undefined) {
    const given = Object.entries(onlyOfFleets(inputs)).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    return given.length === 0 ? [] : [noHosts(given)];
  }
  const given = Object.entries({ context, kubeconfig }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return [
    ...(service === undefined ? [missing('service', 'script')] : []),
    ...(health === undefined ? [missing('health', 'http://:8080/healthz')] : []),
    ...(given.length === 0 ? [] : [both(given)]),
    ...fleetProblems(inputs),
  ];
};

/** The inputs as those of a fleet, or undefined for a cluster. */
export function fleetOf(inputs: Inputs): FleetInputs | undefined {
  const { hosts, inventory, service, health } = inputs;
  if ((hosts === undefined && inventory === undefined) || service === undefined || health === undefined)
    return undefined;
  return { ...inputs, service, health };
}

function onlyOfFleets(inputs: Parameters<typeof whereProblems>[0]) {
  const {
    service,
    command,
    tomcatContext,
    containerPort,
    containerOptions,
    health,
    balancer,
    slots,
    hooks,
    sshKey,
    sshCertificate,
    sshConfig,
    knownHosts,
    select,
    jump,
    transferAuth,
  } = inputs;
  return {
    service,
    command,
    'tomcat-context': tomcatContext,
    'container-port': containerPort,
    'container-options': containerOptions,
    health,
    balancer,
    slots,
    hooks,
    select,
    jump,
    'ssh-key': sshKey,
    'ssh-certificate': sshCertificate,
    'ssh-config': sshConfig,
    'known-hosts': knownHosts,
    'transfer-auth': transferAuth,
  };
}

function noHosts(given: readonly string[]): Problem {
  return {
    what: 'Input "hosts" is missing: without it the rollback is in a cluster, and some inputs are only for hosts.',
    got: given.join(', '),
    allowed: '`hosts` or `inventory` and what goes with it, or neither',
    fix: 'hosts: |\n  deploy@web-1.example.com\n  deploy@web-2.example.com',
  };
}

function both(given: readonly string[]): Problem {
  return {
    what: 'With `hosts` or `inventory` the rollback is on hosts, and some inputs are only for a cluster.',
    got: given.join(', '),
    allowed: '`hosts` and what goes with it, or `namespace`, `context` and `kubeconfig`',
    fix: `remove ${given.join(' and ')}, or what names the hosts`,
  };
}

function missing(name: string, example: string): Problem {
  return { what: `Input "${name}" is missing: it is required for a fleet.`, fix: `${name}: ${example}` };
}
