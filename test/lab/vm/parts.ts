import { ensureParts, type Part } from '../parts.ts';

const PARTS: readonly Part[] = [
  { program: 'ssh', package: 'openssh-client' },
  { program: 'ip', package: 'iproute2' },
  { program: 'dockerd', package: 'docker.io' },
  { program: 'debootstrap', package: 'debootstrap' },
  { program: 'pip3', package: 'python3-pip' },
];

/** Debian's part of the lab; what is missing is installed. */
export function ensureVmParts(say: (line: string) => void): void {
  ensureParts(say, PARTS);
}
