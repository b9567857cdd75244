# The service "command": a program of the user's on this host. It is asked by a line of JSON on stdin, and by its
# environment; status 0 is a yes, and only to "status" it has to answer, by JSON that the runner reads. Given at all
# times: command, app, environment, request_facts (members of every request, as JSON); to start and stop: more_facts
# (further members), release_facts (members of the release), stop_seconds, and what environment.sh wants.
case $command in "~/"*) command=$HOME/${command#??} ;; esac

# Arguments: the action, and members of this request alone.
command_request() { say "{\"action\":\"$1\",$request_facts,\"slot\":\"$slot\"${2:+,$2}}"; }

command_environment() { export SLIPWAY_ACTION="$1" SLIPWAY_APP="$app" SLIPWAY_ENVIRONMENT="$environment" SLIPWAY_SLOT="$slot"; }

# Asks the program here and now, for what changes nothing.
command_ask() {
  command_request "$1" "${2:-}" | (
    command_environment "$1"
    cd / && exec "$command"
  )
}

# On the hosts of balancers there is no such program, and nothing that it could say.
service_status() {
  [ -x "$command" ] || return 0
  s_answer=$(command_ask status) || fail "$command ended with status $? when it was asked for the status of the slot $slot."
  say "answered $slot $(say "$s_answer" | tr '\n\t' '  ' | cut -c 1-4000)"
}

# Its own words where it has any, else what it wrote when it was told to do something.
service_log() {
  l_said=
  [ ! -x "$command" ] || l_said=$(command_ask log "\"lines\":$1" 2>/dev/null) || l_said=
  if [ -n "$l_said" ]; then say "$l_said"; else cat "$slots/$slot.d/log" 2>/dev/null; fi |
    tail -n "$1" | cut -c 1-1000 | sed 's/^/log /'
}

service_ready() { [ -f "$command" ] && [ -x "$command" ] || say "lacks command"; }

service_check() {
  command_do check "$more_facts,\"release\":$(command_release)" 20
  # EX_USAGE: it knows of no check.
  [ "$c_status" -eq 64 ] || command_must check
}

service_stop() {
  command_do stop "$more_facts,\"stopSeconds\":$stop_seconds" "$((stop_seconds + 15))"
  command_must stop
}

service_start() {
  command_do start "$more_facts,\"release\":$(command_release)" "$((stop_seconds + 15))"
  command_must start
}

command_release() { say "{$release_facts,\"folder\":\"$(say "$dir_path" | sed 's/["\\]/\\&/g')\"}"; }

command_must() {
  [ "$c_status" -ne 0 ] || return 0
  tail -n 50 "$slots/$slot.d/log" | cut -c 1-1000 | sed 's/^/log /'
  [ "$c_status" -ne 124 ] || fail "$command did not end in time when it was told to $1: what shall go on has to leave it to others, such as setsid or a service manager."
  fail "$command ended with status $c_status when it was told to $1."
}

# Has the program do something, within so many seconds, and sets c_status; what it says goes to the log. It leads a
# session of its own, so that what it leaves behind is not taken for a part of this step; it is registered like one,
# so that whoever takes the lease over ends it first.
command_do() {
  c_dir=$slots/$slot.d
  { mkdir -p "$c_dir" && command_request "$1" "${2#,}" >"$c_dir/request"; } 2>/dev/null ||
    fail "The folder $c_dir cannot be written: $(why_unwritable "$slots")."
  (
    # Only what starts has the file of this release; what is stopped was told its own.
    if [ "$1" = start ]; then export_with_file; else export_environment; fi
    command_environment "$1"
    [ -z "${dir_path:-}" ] || export SLIPWAY_RELEASE="$dir_path"
    cd / && exec setsid sh -c "$command_start" sh "$state/steps" "$boot" "$command"
  ) <"$c_dir/request" >"$c_dir/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
  c_pid=$!
  c_since=
  look "$c_pid" && c_since=$p_since
  now
  c_end=$((n_now + $3 * 100)) c_late=
  while look "$c_pid" && [ "$p_since" = "$c_since" ] && [ "$p_state" != Z ]; do
    now
    [ "$n_now" -lt "$c_end" ] || { c_late=yes && kill -KILL "-$c_pid" 2>/dev/null; }
    sleep 0.02 2>/dev/null || nap
  done
  wait "$c_pid"
  c_status=$?
  rm -f "$state/steps/$c_pid.$c_since"
  [ -z "$c_late" ] || c_status=124
}

# Arguments: the folder of steps, the boot id, the program. Registers itself, then becomes the program.
command_start='
read -r line </proc/$$/stat
steps=$1 boot=$2 program=$3
set -- ${line##*) }
shift 19
[ ! -d "$steps" ] || echo "$boot command" >"$steps/$$.$1"
exec "$program"'
