import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export const STORAGE_CLASS = 'lab-local';

/** A class without a provisioner: a claim waits for its pod, and then takes a volume of the pod's node. */
export const LOCAL_STORAGE = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: STORAGE_CLASS },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
} as const;

/** Folders as volumes of a node, and the objects that tell the cluster. `first` is the number of the first one. */
export async function makeVolumes(
  folder: string,
  node: string,
  first: number,
  count: number,
): Promise<readonly object[]> {
  const names = Array.from({ length: count }, (_, index) => `${node}-${first + index}`);
  await Promise.all(names.map((name) => mkdir(join(folder, name), { recursive: true })));
  return names.map((name) => localVolume(name, node, join(folder, name)));
}

function localVolume(name: string, node: string, path: string): object {
  const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '10Mi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: STORAGE_CLASS,
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
    },
  };
}
