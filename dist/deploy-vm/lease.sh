# The lease of one app and environment on one host: the files $state/lease.N. link(2) makes each of them whole and once;
# the highest N is the truth, and N only grows, so whatever an old owner still writes changes nothing.
# One line: condition token run attempt url uptime boot seconds holder its-start session its-start
# Conditions: claim (its owner clears away what is left of others), held, closing (no new steps), free.
# Times are of /proc/uptime, never of a wall clock.

now() {
  read -r up _ </proc/uptime
  up=${up%.*}
}

highest() {
  top=0
  for l_file in "$state"/lease.*; do
    l_number=${l_file##*.}
    case $l_number in *[!0-9]*) continue ;; esac
    [ "$l_number" -le "$top" ] || top=$l_number
  done
}

# Fails on a torn line too: only a crash of the host leaves one.
read_lease() {
  l_last=''
  { read -r l_condition l_token l_run l_attempt l_url l_up l_boot l_seconds l_holder l_since l_session l_last \
    <"$state/lease.$1"; } 2>/dev/null
  [ -n "$l_last" ] || return 1
  case $l_up$l_seconds$l_holder$l_session in *[!0-9]*) return 1 ;; esac
}

# A live owner is never robbed: its holder runs, and heard within its own lease time that its runner lives.
in_force() {
  now
  [ "$l_condition" != free ] && [ "$l_boot" = "$boot" ] && alive "$l_holder" "$l_since" &&
    [ $((up - l_up)) -le "$l_seconds" ]
}

# Does this connection still serve its holder? Without /proc on other processes (hidepid) its start time is unknown,
# and it is only sure to be the same one while it is the parent. Given: session, its start, holder, its start.
connected() {
  if [ "$2" != - ]; then alive "$1" "$2"
  else [ "$1" -gt 1 ] && alive "$3" "$4" && [ "$p_parent" = "$1" ]; fi
}

# Always a new file: a reader sees the old line or the new one.
draft_lease() {
  now
  { printf '%s\n' "$1 $token $run $attempt $url $up $boot $seconds $$ $since $session $session_since" >"$draft"; } 2>/dev/null
}

put() { draft_lease "$1" && mv -f "$draft" "$state/lease.$fence" 2>/dev/null; }

ours() {
  highest
  [ "$fence" -gt 0 ] && [ "$top" = "$fence" ]
}

held() { ours && read_lease "$fence" && [ "$l_condition $l_token" = "held $token" ]; }

# shellcheck disable=SC2120
# Sets left to a registered step that lives, or to nothing; forgets those that are gone. With "kill" it ends them all.
find_steps() {
  left=''
  for s_file in "$steps"/*.*; do
    s_name=${s_file##*/}
    case $s_name in *[!0-9.]* | .* | *.) continue ;; esac
    s_boot=''
    { read -r s_boot s_label <"$s_file"; } 2>/dev/null
    # An empty file is a step that is just writing itself down.
    if [ "${s_boot:-$boot}" = "$boot" ] && step_lives "${s_name%.*}" "${s_name#*.}"; then
      left="the step ${s_label:-} (process ${s_name%.*})"
      [ "${1:-}" != kill ] || signal_group KILL "${s_name%.*}"
    else
      rm -f "$s_file"
    fi
  done
}

# No new steps, then none that lives, and only then free for others. With "hang-up", the connection ends before that.
# shellcheck disable=SC2119
free() {
  held && put closing || return 1
  find_steps
  while [ -n "$left" ]; do
    ours || return 1
    nap
    find_steps
  done
  [ "${1:-}" != hang-up ] || hang_up
  ours && put free
}
