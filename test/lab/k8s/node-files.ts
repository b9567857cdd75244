/** What the configuration of a node's programs depends on. */
export interface NodeSettings {
  readonly name: string;
  readonly address: string;
  /** CIDR of its pods. */
  readonly pods: string;
  /** CIDR of the pods of all nodes. */
  readonly allPods: string;
  /** The node's own folder. */
  readonly folder: string;
  /** Below each cgroup hierarchy. */
  readonly cgroup: string;
  /** The authority that signs for the API server. */
  readonly authorityFile: string;
  readonly pauseImage: string;
}

/** No OOM scores below our own: a lab that itself runs in a container may not set them. */
export function containerdConfig({ folder, pauseImage }: NodeSettings): string {
  return `version = 2
root = "${folder}/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  disable_hugetlb_controller = true
  tolerate_missing_hugetlb_controller = true
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${folder}/cni"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${folder}/registries"
`;
}

/** Where the nodes find what was pushed to another address. */
export function registryHosts(url: string): string {
  return `server = "${url}"\n[host."${url}"]\n  capabilities = ["pull", "resolve"]\n`;
}

export function cniConfig({ folder, pods }: NodeSettings): string {
  const bridge = {
    type: 'bridge',
    bridge: 'pods',
    isDefaultGateway: true,
    ipMasq: false,
    hairpinMode: true,
    ipam: { type: 'host-local', dataDir: `${folder}/addresses`, ranges: [[{ subnet: pods }]] },
  };
  const portmap = { type: 'portmap', capabilities: { portMappings: true } };
  return JSON.stringify({ cniVersion: '0.4.0', name: 'lab', plugins: [bridge, portmap] }, null, 2);
}

export function kubeletConfig({ folder, address, cgroup, authorityFile }: NodeSettings): string {
  return `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
address: ${address}
healthzBindAddress: 127.0.0.1
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: ${authorityFile}
authorization:
  mode: Webhook
cgroupDriver: cgroupfs
cgroupRoot: /${cgroup}
cgroupsPerQOS: true
enforceNodeAllocatable:
- pods
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
volumePluginDir: ${folder}/plugins
resolvConf: ${folder}/resolv.conf
evictionHard:
  memory.available: 200Mi
  nodefs.available: 1%
  imagefs.available: 1%
  nodefs.inodesFree: 1%
imageGCHighThresholdPercent: 100
registryPullQPS: 0
`;
}

export function proxyConfig({ name, address, allPods, folder }: NodeSettings): string {
  return `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection:
  kubeconfig: ${folder}/proxy.kubeconfig
hostnameOverride: ${name}
mode: iptables
clusterCIDR: ${allPods}
conntrack:
  maxPerCore: 0
  min: 0
  tcpEstablishedTimeout: 0s
  tcpCloseWaitTimeout: 0s
oomScoreAdj: 0
metricsBindAddress: 127.0.0.1:10249
healthzBindAddress: ${address}:10256
`;
}
