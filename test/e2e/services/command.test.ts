import { fileURLToPath } from 'node:url';
import { sharedLab } from '../../support/vm-lab.ts';
import { conform } from './conformance.ts';

const COMMAND = fileURLToPath(new URL('../../fixtures/service-command/shop-service', import.meta.url));
const labOf = sharedLab({ hosts: 2, network: '127.0.42', code: 'dist' });

conform(async (t) => {
  const lab = await labOf(t);
  if (lab === undefined) return undefined;
  return {
    lab,
    inputs: { service: 'command', command: COMMAND, 'version-from': 'process' },
    release: (version, broken = false) => lab.release(version, broken ? { flaw: 'unhealthy' } : {}),
  };
});
