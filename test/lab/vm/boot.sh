#!/bin/sh
# The first program of a host of the lab: makes it what its arguments say, then becomes systemd.
#   --shell PATH   the login shell of deploy
#   --busybox      /bin/sh and the tools that scripts use are BusyBox's
#   --linger       services of deploy live without a session
#   --balancer     HAProxy runs here
set -eu

# Only what a host of BusyBox would have from it; systemd's own tools stay.
applets='ash awk basename cat chmod chown cmp cp cut date dd df dirname du env expr false find fold grep gunzip gzip
head hostname id kill ln ls md5sum mkdir mkfifo mktemp mv nice nohup nproc od paste ps printf pwd readlink realpath rm
rmdir sed seq setsid sh sha256sum sleep sort stat stty sync tail tar tee test timeout touch tr true tty uname uniq wc
which whoami xargs zcat'

while [ $# -gt 0 ]; do
  case $1 in
    --shell)
      usermod --shell "$2" deploy
      shift
      ;;
    --busybox) for applet in $applets; do ln -sf busybox "/usr/bin/$applet"; done ;;
    --linger) touch /var/lib/systemd/linger/deploy ;;
    --balancer) ln -sf /lib/systemd/system/haproxy.service /etc/systemd/system/multi-user.target.wants/ ;;
    *) exit 64 ;;
  esac
  shift
done
exec /lib/systemd/systemd
