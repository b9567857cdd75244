import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sharedHostLab } from '../../support/host-lab.ts';
import { conform } from './conformance.ts';

const SOURCE = fileURLToPath(new URL('../../fixtures/service-command/shop-service', import.meta.url));
const COMMAND = '/usr/local/bin/shop-service';
const labOf = sharedHostLab({ hosts: 2 }, async ({ hosts }) => {
  const input = readFileSync(SOURCE, 'utf8');
  for (const host of hosts) await host.asRoot(['sh', '-euc', `cat >${COMMAND}; chmod 755 ${COMMAND}`], { input });
});

conform(async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return undefined;
  return {
    lab,
    inputs: { service: 'command', command: COMMAND, 'version-from': 'process' },
    release: (version, broken = false) => lab.release(version, broken ? { flaw: 'unhealthy' } : {}),
  };
});
