# Runs in the namespaces of a new node. $1 = the node's folder.
set -eu
folder=$1

# What programs keep at fixed places is this node's own, and gone with it.
mount -t tmpfs -o mode=755 slipway /run
mount --bind "$folder/lib" /var/lib
mount --bind "$folder/log" /var/log

# The kubelet wants to read these values, and would set them for the whole machine.
pretend() {
  printf '%s\n' "$2" >"$folder/sysctl/${1##*/}"
  mount --bind "$folder/sysctl/${1##*/}" "/proc/sys/$1"
}
pretend vm/overcommit_memory 1
pretend vm/panic_on_oom 0
pretend kernel/panic 10
pretend kernel/panic_on_oops 1
pretend kernel/keys/root_maxkeys 1000000
pretend kernel/keys/root_maxbytes 25000000

echo 1 >/proc/sys/net/ipv4/ip_forward
