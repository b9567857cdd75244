#!/bin/sh
# Makes the image of a host: a Debian with systemd, sshd as it ships, and an ordinary user "deploy" who may log in by a
# key that is mounted later. Arguments: TAR SUITE MIRROR COMPONENTS BOOT [PACKAGE...]. Wants root.
set -eu
tar=$1 suite=$2 mirror=$3 components=$4 boot=$5
shift 5
root=$(mktemp -d "$(dirname "$tar")/rootfs.XXXXXX")
trap 'umount "$root/proc" 2>/dev/null || :; rm -rf "$root"' EXIT

packages=systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,openssh-server,sudo,procps,busybox,fish,csh,haproxy
debootstrap --variant=minbase --components="$components" --include="$packages" "$suite" "$root" "$mirror"
if [ $# -gt 0 ]; then
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  mount -t proc proc "$root/proc"
  # Some packages of Java want a place for pages that the smallest system does not have.
  mkdir -p "$root/usr/share/man/man1"
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -o APT::Sandbox::User=root install -y -q --no-install-recommends "$@"
  umount "$root/proc"
  rm "$root/usr/sbin/policy-rc.d"
fi

# Every host makes up an id of its own, and gets keys of its own.
: >"$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id"
: >"$root/etc/ssh/ssh_host_ed25519_key"
echo 'PermitRootLogin no' >"$root/etc/ssh/sshd_config.d/lab.conf"

chroot "$root" useradd --create-home --shell /bin/bash deploy
install -d -m 700 -o "$(chroot "$root" id -u deploy)" -g "$(chroot "$root" id -g deploy)" "$root/home/deploy/.ssh"
: >"$root/home/deploy/.ssh/authorized_keys"
chroot "$root" install -d -o deploy -g deploy /opt/slipway
install -d "$root/var/lib/systemd/linger"
# Who may give orders to HAProxy is said in its configuration, which is mounted.
chroot "$root" usermod --append --groups haproxy deploy

# What makes no sense where the kernel and its devices are somebody else's, and what would start by itself.
for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service \
  systemd-modules-load.service systemd-timesyncd.service systemd-firstboot.service systemd-resolved.service \
  systemd-networkd.service sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount dev-hugepages.mount \
  dev-mqueue.mount getty.target console-getty.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer fstrim.timer; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
for unit in haproxy tomcat9 tomcat10; do rm -f "$root/etc/systemd/system/multi-user.target.wants/$unit.service"; done
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
install -d "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nSystemMaxUse=16M\n' >"$root/etc/systemd/journald.conf.d/lab.conf"
install -m 755 "$boot" "$root/usr/local/sbin/lab-boot"

rm -rf "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* \
  "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/share/locale/* "$root"/var/log/*.log
tar -C "$root" --numeric-owner -cf "$tar.new" .
mv "$tar.new" "$tar"
