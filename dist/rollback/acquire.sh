# Taking the lease, from a run that ended or from one that is lost. Answers held, busy or fail.

acquire() {
  if ! held; then
    fence=0
    prepare || return
    highest
    if read_lease "$top" && in_force; then
      busy
      return
    fi
    claim || return
    if ! { clear_away && ours && put held; }; then
      # Lower leases stay, so that the next one clears away what we could not.
      put free
      fence=0
      fail "What is left of an earlier run on this host cannot be ended: ${left:-the lease was taken meanwhile}."
      return
    fi
  fi
  say "held $fence $id"
}

# Only whoever has the claim may end others: without it, the winners of a race would kill each other's holders.
claim() {
  fence=$((top + 1))
  c_linked=''
  if draft_lease claim && ln "$draft" "$state/lease.$fence" 2>/dev/null; then c_linked=1; fi
  rm -f "$draft"
  # The second look: after our first one, others may have used this number up and cleaned it away.
  if [ -n "$c_linked" ]; then
    if ours; then return; fi
    rm -f "$state/lease.$fence"
  fi
  highest
  if [ "$top" -ge "$fence" ] && read_lease "$top"; then busy
  else fail "The folder $state cannot be written: the disk is full or refuses."; fi
  fence=0
  return 1
}

busy() {
  now
  b_age=$((up - l_up))
  [ "$b_age" -ge 0 ] || b_age=0
  say "busy $id $l_token $l_run $l_attempt $b_age $l_url"
}

# All that an earlier owner may still do here is ended, in this order: steps, connections, holders.
clear_away() {
  now
  c_end=$((up + seconds))
  while ours; do
    find_steps kill
    [ -n "$left" ] || end_owners
    [ -n "$left" ] || return 0
    now
    [ "$up" -le "$c_end" ] || return 1
    seen
    nap
  done
  return 1
}

# The connections of all lower leases, so that their tunnels are gone, then their holders.
end_owners() {
  for o_file in "$state"/lease.*; do
    o_number=${o_file##*.}
    case $o_number in *[!0-9]*) continue ;; esac
    [ "$o_number" -lt "$fence" ] || continue
    if ! read_lease "$o_number" || [ "$l_condition" = free ] || [ "$l_boot" != "$boot" ]; then rm -f "$o_file"
    # A rival who was too late, and who will see that by itself.
    elif [ "$l_condition" = claim ] && in_force; then :
    elif connected "$l_session" "$l_last" "$l_holder" "$l_since"; then
      left="the connection of run $l_run (process $l_session)"
      kill -s KILL "$l_session" 2>/dev/null
    elif alive "$l_holder" "$l_since"; then
      left="the holder of run $l_run (process $l_holder)"
      signal_group KILL "$l_holder"
    else rm -f "$o_file"; fi
  done
}

# The state folder and the id of this host, made on the first need: reading leaves no trace.
prepare() {
  # Steps start just as we did, and can only be ended as a whole by a process group of their own.
  if [ "$group" != $$ ]; then
    fail "The login shell or ForceCommand of this host must give its place to the command, by exec."
    return 1
  fi
  p_why=$( (umask 022 && mkdir -p "$base") 2>&1 && mkdir -p "$steps" 2>&1)
  if [ -d "$state" ] && ! [ -O "$state" ]; then
    fail "The folder $state belongs to another user of this host; one app and environment is deployed by one user."
    return 1
  fi
  if ! [ -w "$steps" ]; then
    fail "The folder $steps cannot be written by the user $(id -un)${p_why:+: ${p_why##*: }}."
    return 1
  fi
  read_id && return
  # Only an empty one, as a crash of the host leaves it: what a rival has just made stays.
  if [ -e "$state/host-id" ] && ! [ -s "$state/host-id" ]; then rm -f "$state/host-id"; fi
  read -r id </proc/sys/kernel/random/uuid
  # link(2) again: of two that make it, one wins, and both use it.
  { printf '%s\n' "$(printf %s "$id" | tr -d -)" >"$draft" && ln "$draft" "$state/host-id"; } 2>/dev/null
  rm -f "$draft"
  read_id && return
  fail "The file $state/host-id cannot be written: the disk is full or refuses."
  return 1
}

read_id() {
  id=''
  { read -r id <"$state/host-id"; } 2>/dev/null
  [ -n "$id" ]
}
