# The remote command of the one connection to a host. It carries the lease, and ends with its stdin: that is how a host
# learns that a run is over, however it ended. One order a line comes in, one line with the nonce answers it:
#   ping -> pong | lost | unkept     acquire -> held | busy | fail     release -> released | lost     bye -> bye
# Given: nonce, base, token, run, attempt, url, seconds (of the lease). Before it: process.sh, lease.sh, acquire.sh.
set -u
umask 077
# The end of the connection must not kill us before the lease is free.
trap '' PIPE HUP
case $base in \~/*) base=$HOME/${base#??} ;; esac
state=$base/state steps=$base/state/steps draft=$base/state/.draft.$token
fence=0

say() { { printf '%s %s\n' "$nonce" "$*"; } 2>/dev/null || :; }
fail() { say "fail $*"; }

if ! { look $$ && read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null; then
  fail 'This host has no /proc as Linux has it; Slipway deploys to Linux hosts.'
  exit 1
fi

# Our parent serves this connection, since the login shell gave its place to us.
since=$p_since group=$p_group session=$p_parent session_since=-
if look "$session"; then
  session_since=$p_since
  read -r comm <"/proc/$session/comm"
  case $comm in *sshd* | dropbear*) ;; *) session=0 ;; esac
fi

hang_up() {
  while connected "$session" "$session_since" $$ "$since"; do
    kill -s KILL "$session" 2>/dev/null
    nap
  done
}

# sshd never notices a cut cable or a stopped runner by itself. This watches beside us that somebody still speaks, and
# hangs up when not; it must not write to a runner that does not read. A signal is how it hears: no file, no fork.
watch() {
  trap 'now; w_seen=$up' USR1
  now
  w_seen=$up
  read_id
  say "ready ${id:--}"
  exec </dev/null >/dev/null 2>&1
  while sleep 1 && alive $$ "$since"; do
    now
    [ $((up - w_seen)) -le "$seconds" ] || break
  done
  hang_up
  [ "$session" != 0 ] || kill -s KILL $$
}

seen() { kill -s USR1 "$watcher" 2>/dev/null; }

release() {
  [ "$fence" != 0 ] || return 0
  free "$@" || return 1
  fence=0
}

watch &
watcher=$!
while read -r order; do
  seen || break
  case $order in
    ping)
      if [ "$fence" = 0 ]; then say pong
      elif ! held; then say lost
      elif put held; then say pong
      else say "unkept The lease in $state cannot be renewed: the disk is full or refuses."; fi
      ;;
    acquire) acquire ;;
    release) if release; then say released; else say lost; fi ;;
    bye)
      release
      say bye
      kill -s KILL "$watcher"
      exit
      ;;
  esac
done
# Nothing more is written from here: nobody reads it.
release hang-up
kill -s KILL "$watcher" 2>/dev/null
exit
