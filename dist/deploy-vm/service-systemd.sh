# The services "systemd" and "systemd-user": an instance of a template unit for each slot. Behind port.sh.
# Set before: unit (up to its @), scope (system, user), become (sudo, none), slots_known. Given to start and stop:
# stop_seconds, port, address, environment (lines that systemd reads; those of the slot's env come behind), unit_file (for scope user: the unit itself).
# Whether a slot shall run, also after a reboot, is whether slots/SLOT.d/unit.env is there: the unit looks for it.

# Before anything asks: the user's own manager is found by this variable alone, and sshd does not always set it.
if [ "$scope" = user ]; then
  XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
  export XDG_RUNTIME_DIR
fi
systemctl_path=$(command -v systemctl) || systemctl_path=

# Asks; whoever may log in may.
ask_systemd() {
  if [ "$scope" = user ]; then systemctl --user "$@"
  else systemctl "$@"; fi
}

# Gives an order. With sudo each is one of the lines of the sudoers file, word for word.
order() {
  if [ "$scope" = user ]; then systemctl --user "$@"
  elif [ "$become" = sudo ]; then sudo -n "$systemctl_path" "$@"
  else "$systemctl_path" --no-ask-password "$@"; fi
}

# All orders that are ever given for a slot.
orders_for() {
  say "reset-failed $unit@$1.service"
  say "start --no-block $unit@$1.service"
  say "stop --no-block $unit@$1.service"
  say "kill -s KILL $unit@$1.service"
}

# Sets u_pid, u_state, u_sub, u_restarts, u_status, u_load, u_result; fails when systemd does not answer.
unit_look() {
  u_pid=0 u_state='' u_sub='' u_restarts=0 u_status='' u_load='' u_result=''
  u_said=$(ask_systemd show -p MainPID -p ActiveState -p SubState -p NRestarts -p ExecMainStatus -p LoadState -p Result \
    "$unit@$slot.service" 2>/dev/null) || return 1
  while IFS='=' read -r u_key u_value; do
    case $u_key in
      MainPID) u_pid=$u_value ;;
      ActiveState) u_state=$u_value ;;
      SubState) u_sub=$u_value ;;
      NRestarts) u_restarts=$u_value ;;
      ExecMainStatus) u_status=$u_value ;;
      LoadState) u_load=$u_value ;;
      Result) u_result=$u_value ;;
    esac
  done <<SAID
$u_said
SAID
}

# Shorter than a nap: all of this happens while a member is out of service.
blink() { sleep 0.02 2>/dev/null || nap; }

# What keeps this host from running any release, as far as that can be told without doing it.
service_ready() {
  if [ -z "$systemctl_path" ] || [ ! -d /run/systemd/system ]; then
    say "lacks systemd"
    return 0
  fi
  say "base $(cd "$base" 2>/dev/null && pwd -P || say "$base")"
  say "systemctl $systemctl_path"
  if [ "$scope" = user ]; then
    if [ ! -e "/var/lib/systemd/linger/$(me)" ]; then say "lacks linger"
    elif ! systemctl --user show -p Version >/dev/null 2>&1; then say "lacks manager"; fi
    return 0
  fi
  for slot in $slots_known; do
    unit_look || {
      say "lacks systemd"
      return 0
    }
    if [ "$u_load" != loaded ]; then
      say "lacks unit $u_load"
      break
    fi
  done
  rights_ready
}

rights_ready() {
  case $become-$(id -u) in
    none-0) return 0 ;;
    none-*)
      say "lacks become"
      return 0
      ;;
  esac
  command -v sudo >/dev/null || {
    say "lacks sudo"
    return 0
  }
  r_list=$(LC_ALL=C sudo -n -l -l 2>/dev/null) || {
    say "lacks password $systemctl_path $(orders_for blue | head -n 1)"
    return 0
  }
  r_list=$(say "$r_list" | sudo_commands)
  for slot in $slots_known; do
    orders_for "$slot" | while read -r r_order; do
      # shellcheck disable=SC2086
      if ! sudo -n -l "$systemctl_path" $r_order >/dev/null 2>&1; then say "lacks right $systemctl_path $r_order"
      elif ! needs_no_password "$systemctl_path" "$r_order"; then say "lacks password $systemctl_path $r_order"; fi
    done
  done
}

# That a command is allowed does not say whether sudo wants a password for it; the long list does, and of the entries
# that match the last one counts. Given: a program, and its arguments.
needs_no_password() {
  n_last=$(say "$r_list" | grep -xF \
    -e 'free ALL' -e 'asks ALL' -e "free $1" -e "asks $1" -e "free $1 $2" -e "asks $1 $2" | tail -n 1)
  case $n_last in free*) return 0 ;; esac
  return 1
}

# The commands of the long list, in order, each with whether it is free or asks for a password.
sudo_commands() {
  w_how=asks
  while IFS= read -r w_line; do
    case $w_line in
      'Sudoers entry'*) w_how=asks ;;
      *Options:*'!authenticate'*) w_how=free ;;
      '	'*) say "$w_how ${w_line#'	'}" ;;
    esac
  done
}

service_check() {
  [ -f "$dir_path/$start" ] || fail "The release $dir has no $start; it holds: $(ls "$dir_path" | head -n 20 | tr '\n' ' ')"
  [ -x "$dir_path/$start" ] || fail "$start in the release $dir may not be executed: give it mode 0755 before it is packed."
}

# The unit starts what the slot names, and the slot is switched only while nothing runs in it.
service_status() {
  [ -n "$systemctl_path" ] && unit_look && [ "$u_pid" -gt 0 ] && look "$u_pid" || return 0
  s_link=$(readlink "$slots/$slot") || return 0
  s_dir=$(cd -P "$slots/$slot" 2>/dev/null && pwd -P)
  s_since=$p_since
  inside=no
  if in_folder "$u_pid" "$s_dir"; then inside=yes; fi
  say "service $slot $u_pid $s_since $u_restarts $inside ${s_link##*/}"
}

service_log() {
  if [ "$scope" = user ]; then l_kind=--user-unit; else l_kind=--unit; fi
  l_said=$(journalctl --quiet --no-pager --output=cat "--lines=$1" "$l_kind=$unit@$slot.service" 2>/dev/null)
  if [ -n "$l_said" ]; then say "$l_said" | cut -c 1-1000 | sed 's/^/log /'
  elif ! id -Gn | tr ' ' '\n' | grep -qxE 'root|adm|systemd-journal'; then
    say "log ($(me) may not read the journal here; as root: usermod -aG systemd-journal $(me))"
  fi
}

# Also one that is about to be started again is stopped.
service_stop() {
  rm -f "$slots/$slot.d/unit.env"
  unit_look || fail "systemd does not answer: $(ask_systemd show -p Version 2>&1 | head -n 1)"
  case $u_state in inactive | failed) return 0 ;; esac
  s_pid=$u_pid
  s_said=$(order stop --no-block "$unit@$slot.service" 2>&1) || fail "$unit@$slot.service cannot be stopped: $s_said"
  now
  s_end=$((n_now + stop_seconds * 100))
  while unit_runs; do
    now
    [ "$n_now" -lt "$s_end" ] || break
    blink
  done
  if ! unit_runs; then
    # The unit's own time to stop may be over before ours.
    [ "$u_result" != timeout ] || say "killed $s_pid"
    return 0
  fi
  s_said=$(order kill -s KILL "$unit@$slot.service" 2>&1) || fail "$unit@$slot.service cannot be killed: $s_said"
  say "killed $s_pid"
  now
  s_end=$((n_now + 500))
  while unit_runs; do
    now
    [ "$n_now" -lt "$s_end" ] || fail "$unit@$slot.service lives on after SIGKILL."
    blink
  done
}

unit_runs() {
  unit_look || return 0
  case $u_state in inactive | failed) return 1 ;; esac
}

service_start() {
  wait_for_port
  ( umask 077 && { say "$environment" && cat "$rundir/env"; } >"$rundir/.unit.env.new" ) 2>/dev/null && mv -f "$rundir/.unit.env.new" "$rundir/unit.env" ||
    fail "The folder $rundir cannot be written: $(why_unwritable "$rundir")."
  [ "$scope" != user ] || write_unit
  order reset-failed "$unit@$slot.service" >/dev/null 2>&1
  s_said=$(order start --no-block "$unit@$slot.service" 2>&1) || fail "$unit@$slot.service cannot be started: $s_said"
  now
  s_end=$((n_now + 500))
  until unit_look && [ "$u_pid" -gt 0 ] && [ "$u_restarts" -eq 0 ]; do
    now
    [ "$n_now" -lt "$s_end" ] && [ "$u_state" != failed ] && [ "$u_sub" != auto-restart ] || start_failed
    blink
  done
  # Most mistakes show at once; later ones are seen by whoever probes.
  s_pid=$u_pid
  s_end=$((n_now + 15))
  while unit_look && [ "$u_pid" = "$s_pid" ] || start_failed; do
    now
    [ "$n_now" -lt "$s_end" ] || break
    blink
  done
}

start_failed() {
  status=$u_status
  service_stop
  service_log 50
  case $status in
    '' | 0) fail "$unit@$slot.service did not stay: $start of $dir has to stay in the foreground, and to end its start with exec PROGRAM." ;;
    *) fail "$unit@$slot.service ended at once with status $status: $start of $dir." ;;
  esac
}

# A unit of the user's own is ours to write; it is enabled, so that the slot runs again after a reboot.
write_unit() {
  w_folder=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
  w_text=$(say "$unit_file" | sed "s|@BASE@|$base|g")
  if [ "$(cat "$w_folder/$unit@.service" 2>/dev/null)" != "$w_text" ]; then
    { mkdir -p "$w_folder" && say "$w_text" >"$w_folder/.$unit.new"; } 2>/dev/null &&
      mv -f "$w_folder/.$unit.new" "$w_folder/$unit@.service" ||
      fail "The unit $w_folder/$unit@.service cannot be written: $(why_unwritable "$HOME")."
    systemctl --user daemon-reload || fail "systemd of $(me) cannot read its units again."
  fi
  w_said=$(systemctl --user enable "$unit@$slot.service" 2>&1) || fail "$unit@$slot.service cannot be enabled: $w_said"
}
