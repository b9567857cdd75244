# Keeps one program running. Arguments: RUNDIR RELEASE START LOG_BYTES. Leads a session of its own, holds nothing of ssh.
set -u
run=$1 dir=$2 start=$3 limit=$4
read -r boot </proc/sys/kernel/random/boot_id

since() {
  born=0
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 0
  set -- ${line##*) }
  shift 19
  born=$1
}
put() { { echo "$2" >"$run/.$1.new"; } 2>/dev/null && mv -f "$run/.$1.new" "$run/$1"; }
seconds() {
  read -r up _ </proc/uptime
  up=${up%.*}
}
keep_log_small() {
  while sleep 15 && kill -0 "$$" 2>/dev/null; do
    [ "$(($(wc -c <"$run/log")))" -gt "$limit" ] && cp "$run/log" "$run/.log.new" && mv -f "$run/.log.new" "$run/log.1" && : >"$run/log"
  done
}

# The variables of the service, which may be called like ours: nothing of ours is asked for behind them.
run_it() {
  set -- "$(command -v setsid)" "./$start" "$run/env"
  set -a
  [ ! -f "$3" ] || . "$3"
  exec "$1" "$2"
}

cd "$dir" || exit 1
since $$
put supervisor "$$ $born $boot" || exit 1
keep_log_small </dev/null >/dev/null 2>&1 &
restarts=0 pause=1
while :; do
  # Told to end while a process is on its way: it is written down first, or nobody would ever find it.
  told=
  trap 'told=1' TERM
  seconds
  began=$up
  run_it </dev/null >>"$run/log" 2>&1 &
  pid=$!
  since "$pid"
  put process "$pid $born $restarts $boot $dir" || kill -KILL "-$pid" "$pid" 2>/dev/null
  trap 'exit 0' TERM
  [ -z "$told" ] || exit 0
  wait "$pid"
  status=$?
  kill -KILL "-$pid" 2>/dev/null
  seconds
  [ "$((up - began))" -lt 60 ] || pause=1
  echo "slipway: $start ended with status $status; it starts again in $pause s" >>"$run/log"
  restarts=$((restarts + 1))
  sleep "$pause" &
  wait "$!"
  [ "$pause" -ge 60 ] || pause=$((pause * 2))
done
