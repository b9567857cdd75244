import { ensureParts, type Part } from '../parts.ts';

const PARTS: readonly Part[] = [
  { program: 'containerd', package: 'containerd' },
  { program: 'runc', package: 'runc' },
  { program: '/usr/lib/cni/bridge', package: 'containernetworking-plugins' },
  { program: 'conntrack', package: 'conntrack' },
  { program: 'iptables', package: 'iptables' },
  { program: 'ip', package: 'iproute2' },
  { program: 'docker-registry', package: 'docker-registry' },
  { program: 'openssl', package: 'openssl' },
  { program: 'pip3', package: 'python3-pip' },
];

/** Debian's part of the cluster; what is missing is installed. */
export function ensureClusterParts(say: (line: string) => void): void {
  ensureParts(say, PARTS);
}
