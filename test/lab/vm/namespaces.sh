#!/bin/sh
# Runs a host without a container engine, in the lab's machine. Arguments: NAME FOLDER BASE ADDRESS GATEWAY SWITCH CGROUP,
# then INSIDE=OUTSIDE for each mount, then -- and what lab-boot takes. Stays as long as the host does.
set -eu
name=$1 folder=$2 base=$3 address=$4 gateway=$5 switch=$6 cgroup=$7
shift 7
root=$folder/root
mkdir -p "$root" "$folder/upper" "$folder/work"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$folder/upper,workdir=$folder/work" "$root"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
for place in run tmp; do mount -t tmpfs tmpfs "$root/$place"; done
mkdir "$root/run/lock"
mount -t tmpfs tmpfs "$root/run/lock"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
while [ "$1" != -- ]; do
  inside=$root${1%%=*} outside=${1#*=}
  shift
  if [ -d "$outside" ]; then mkdir -p "$inside"; else [ -e "$inside" ] || : >"$inside"; fi
  mount --bind "$outside" "$inside"
done
shift
echo "$name" >"$root/etc/hostname"
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >"$root/etc/hosts"

# A cgroup of its own in every hierarchy, below which systemd makes those of its units.
while read -r _ place kind _; do
  case $kind in cgroup | cgroup2) ;; *) continue ;; esac
  own=$place$cgroup/$name
  mkdir -p "$own"
  for level in "$place$cgroup" "$own"; do
    for file in cpuset.cpus cpuset.mems; do
      # a new cpuset of version 1 is empty, and takes no process
      if [ -e "$place/$file" ] && [ "$kind" = cgroup ]; then cat "$place/$file" >"$level/$file"; fi
    done
  done
  echo $$ >"$own/cgroup.procs"
done </proc/mounts

ip netns add "$name"
ip link add "v-$name" type veth peer name eth0 netns "$name"
ip link set "v-$name" master "$switch" up
ip -n "$name" link set lo up
ip -n "$name" addr add "$address/24" dev eth0
ip -n "$name" link set eth0 up
ip -n "$name" route add default via "$gateway"

exec ip netns exec "$name" unshare --mount --uts --ipc --pid --fork --kill-child sh -euc '
  root=$1
  shift
  umount "$root/proc"
  mount -t proc proc "$root/proc"
  cd "$root"
  mkdir .lab
  pivot_root . .lab
  umount -l /.lab
  rmdir /.lab
  exec env -i container=docker PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/local/sbin/lab-boot "$@"
' sh "$root" "$@"
