import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Programs } from './build.ts';
import { cacheFolder } from './cache.ts';
import { type Cluster, describeCluster } from './cluster.ts';
import { run } from './command.ts';
import { enter, type Machine } from './machine.ts';
import { PUSH_ADDRESS } from './registry.ts';
import { INGRESS_URL } from './traefik.ts';
import { makeVolumes, STORAGE_CLASS } from './volumes.ts';

const NOTE = 'lab.json';

/** What another process needs to know of a lab. */
export interface LabNote {
  readonly lab: Machine;
  readonly nodes: readonly Machine[];
  readonly programs: Programs;
}

/** Where `npm run lab:k8s -- up` puts its cluster. */
export function keptFolder(): string {
  return join(cacheFolder(), 'cluster');
}

/** Held by a cluster as long as it lives: their addresses are the same. */
export function clusterLock(): string {
  return join(cacheFolder(), 'cluster.lock');
}

export async function noteLab(folder: string, note: LabNote): Promise<void> {
  await writeFile(join(folder, NOTE), JSON.stringify(note));
}

/** The note of a lab that is up, or undefined. */
export function readNote(folder: string): LabNote | undefined {
  const path = join(folder, NOTE);
  if (!existsSync(path)) return undefined;
  const note = JSON.parse(readFileSync(path, 'utf8')) as LabNote;
  const commandLine = `/proc/${note.lab.pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(folder) ? note : undefined;
}

/** A lab that is up, as tests see it. */
export function describeLab(folder: string, { nodes, programs }: LabNote, stop: () => Promise<void>): Cluster {
  const volumes = join(folder, 'volumes');
  const cluster = describeCluster({
    folder,
    kubeconfig: join(folder, 'kubeconfig'),
    kubectl: programs.kubectl,
    app: programs.app,
    registry: { push: PUSH_ADDRESS },
    ingressUrl: INGRESS_URL,
    async addVolumes(count) {
      await mkdir(volumes, { recursive: true });
      const first = readdirSync(volumes).length + 1;
      const made = nodes.map(({ name }) => makeVolumes(volumes, name, first, count));
      await cluster.apply((await Promise.all(made)).flat());
      return STORAGE_CLASS;
    },
    async flushConnections() {
      for (const node of nodes) await run(enter(node, ['conntrack', '-F']));
    },
    stop,
  });
  return cluster;
}
