# The service "script": the release's own start script, kept running by supervise.sh in a session of its own.
# Given to start and stop: start, stop, stop_seconds, port, address, log_bytes, supervisor, and what environment.sh
# wants. In slots/SLOT.d lie: supervisor (pid, since), process (pid, since, restarts, folder), log, log.1.

# Finds the living process of the slot: s_pid, s_since, s_restarts, s_dir.
service_find() {
  { read -r s_pid s_since s_restarts s_boot s_dir <"$slots/$slot.d/process"; } 2>/dev/null || return 1
  [ "$s_boot" = "$boot" ] && alive "$s_pid" "$s_since"
}

# Shorter than a nap: all of this happens while a member is out of service.
blink() { sleep 0.02 2>/dev/null || nap; }

# A process that nobody would start again does not count as running: it was left over when a stop was cut off.
service_status() {
  supervisor_find && service_find || return 0
  inside=no
  if in_folder "$s_pid" "$s_dir" || group_in_folder "$s_pid" "$s_dir"; then inside=yes; fi
  say "service $slot $s_pid $s_since $s_restarts $inside ${s_dir##*/}"
}

service_log() {
  tail -n "$1" "$slots/$slot.d/log" 2>/dev/null | cut -c 1-1000 | sed 's/^/log /'
}

group_in_folder() {
  for g_stat in /proc/[0-9]*/stat; do
    g_pid=${g_stat%/stat}
    g_pid=${g_pid#/proc/}
    look "$g_pid" && [ "$p_group" = "$1" ] && in_folder "$g_pid" "$2" && return 0
  done
  return 1
}

service_check() {
  [ -f "$dir_path/$start" ] || fail "The release $dir has no $start; it holds: $(ls "$dir_path" | head -n 20 | tr '\n' ' ')"
  [ -x "$dir_path/$start" ] || fail "$start in the release $dir may not be executed: give it mode 0755 before it is packed."
}

supervisor_find() {
  v_since=
  { read -r v_pid v_since v_boot <"$slots/$slot.d/supervisor"; } 2>/dev/null
  [ -n "$v_since" ] && [ "$v_boot" = "$boot" ] && alive "$v_pid" "$v_since"
}

# The supervisor goes first, so that nothing comes back; its trap never leaves a process that it did not write down.
stop_supervisor() {
  supervisor_find || return 0
  kill -TERM "-$v_pid" 2>/dev/null
  now
  v_end=$((n_now + 200))
  while alive "$v_pid" "$v_since"; do
    now
    [ "$n_now" -lt "$v_end" ] || kill -KILL "-$v_pid" 2>/dev/null
    blink
  done
}

service_stop() {
  stop_supervisor
  end_stopper
  if service_find; then
    stopper=
    if [ -x "$s_dir/$stop" ]; then
      run_stop </dev/null >>"$slots/$slot.d/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
      stopper=$!
      look "$stopper" && say "$stopper $p_since $boot" >"$slots/$slot.d/stopper"
    else kill -TERM "-$s_pid" 2>/dev/null; fi
    now
    s_end=$((n_now + stop_seconds * 100))
    # A stop script that still works could hit the next process: it is waited for as well.
    while service_find || { [ -n "$stopper" ] && look "$stopper" && [ "$p_state" != Z ]; }; do
      now
      [ "$n_now" -lt "$s_end" ] || break
      blink
    done
    if service_find; then say "killed $s_pid"; fi
    end_stopper
    # What the leader left behind in its group would keep the port.
    kill -KILL "-$s_pid" 2>/dev/null
    now
    s_end=$((n_now + 500))
    while step_lives "$s_pid" "$s_since"; do
      now
      [ "$n_now" -lt "$s_end" ] || fail "The process $s_pid in the slot $slot lives on after SIGKILL."
      blink
    done
  fi
  rm -f "$slots/$slot.d/process" "$slots/$slot.d/supervisor"
}

# A session of its own, so that it can be ended with all it started; a script that fails is no reason to keep the process.
run_stop() {
  cd "$s_dir" || return
  export_environment
  s_name=${s_dir##*/}
  export SLIPWAY_PID="$s_pid" SLIPWAY_VERSION="${s_name%-*}"
  { read -r SLIPWAY_DIGEST <"$state/releases/$s_name"; } 2>/dev/null
  export SLIPWAY_DIGEST
  # Variables of the service may be called like ours.
  set -- "$(command -v setsid)" "$slots/$slot.d/env" "./$stop"
  set -a
  [ ! -f "$2" ] || . "$2"
  exec "$1" sh -c '"$0" || kill -TERM "-$SLIPWAY_PID"' "$3"
}

# Also one that an interrupted step has left.
end_stopper() {
  e_since=
  { read -r e_pid e_since e_boot <"$slots/$slot.d/stopper"; } 2>/dev/null
  if [ -n "$e_since" ] && [ "$e_boot" = "$boot" ] && step_lives "$e_pid" "$e_since"; then kill -KILL "-$e_pid" 2>/dev/null; fi
  rm -f "$slots/$slot.d/stopper"
}

service_start() {
  wait_for_port
  if [ -f "$rundir/log" ]; then mv -f "$rundir/log" "$rundir/log.1"; fi
  { say "$supervisor" >"$rundir/.supervise.new" && : >"$rundir/log"; } 2>/dev/null &&
    mv -f "$rundir/.supervise.new" "$rundir/supervise.sh" ||
    fail "The folder $rundir cannot be written: $(why_unwritable "$rundir")."
  (
    export_environment
    cd / && exec setsid sh "$rundir/supervise.sh" "$rundir" "$dir_path" "$start" "$log_bytes"
  ) </dev/null >>"$rundir/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
  now
  s_end=$((n_now + 500))
  until [ -f "$rundir/process" ]; do
    now
    [ "$n_now" -lt "$s_end" ] || start_failed
    blink
  done
  # Most mistakes show at once; later ones are seen by whoever probes.
  s_end=$((n_now + 10))
  while service_find && [ "$s_restarts" -eq 0 ] || start_failed; do
    now
    [ "$n_now" -lt "$s_end" ] || break
    blink
  done
}

# The supervisor is the one who knows the status: it gets a moment to write it down.
start_failed() {
  now
  s_end=$((n_now + 100))
  until status=$(sed -n 's/^slipway: .* ended with status \([0-9]*\);.*/\1/p' "$rundir/log" | head -n 1) && [ -n "$status" ]; do
    now
    [ "$n_now" -lt "$s_end" ] || break
    blink
  done
  stop_supervisor
  service_find && service_stop
  service_log 50
  rm -f "$rundir/process" "$rundir/supervisor"
  case $status in
    '') fail "$start of $dir could not be started." ;;
    0) fail "$start of $dir ended at once with status 0; it has to stay in the foreground: end it with exec PROGRAM." ;;
    *) fail "$start of $dir ended at once with status $status." ;;
  esac
}
