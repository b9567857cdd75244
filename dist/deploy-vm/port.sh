# Who listens on a port. Given: port (may be empty), address (empty: any). Behind process.sh and common.sh.

# The old process is gone: whoever listens there now is somebody else. A closing listener gets a moment.
wait_for_port() {
  [ -n "$port" ] || return 0
  now
  w_end=$((n_now + 200))
  while port_taken; do
    now
    [ "$n_now" -lt "$w_end" ] || fail "Port $port${address:+ of $address} is in use by another program$(port_holder)."
    nap
  done
}

# Sets t_inode when somebody listens on the port, at the address or at all addresses.
port_taken() {
  t_port=$(printf '%04X' "$port")
  t_v4='????????'
  case $address in
    *:*) return 1 ;;
    *[!0-9.]* | '') ;;
    *)
      t_old=$IFS IFS=.
      set -- $address
      IFS=$t_old
      t_v4=$(printf '%02X%02X%02X%02X' "$4" "$3" "$2" "$1")
      ;;
  esac
  t_inode=
  # One grep first: a busy host has thousands of sockets.
  t_found=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep ":$t_port [0-9A-F]*:0000 0A ")
  while read -r _ t_local _ _ _ _ _ _ _ t_node _; do
    case $t_local in
      $t_v4:$t_port | 0000000000000000FFFF0000$t_v4:$t_port | 00000000:$t_port | 00000000000000000000000000000000:$t_port)
        t_inode=$t_node
        return 0
        ;;
    esac
  done <<FOUND
$t_found
FOUND
  return 1
}

# ": pid 123 (name)" when we may see it.
port_holder() {
  for h_fd in /proc/[0-9]*/fd; do
    case $(ls -l "$h_fd" 2>/dev/null) in
      *"socket:[$t_inode]"*)
        h_pid=${h_fd%/fd}
        h_pid=${h_pid#/proc/}
        say ": pid $h_pid ($(tr '\0' ' ' <"/proc/$h_pid/cmdline" | cut -c 1-80))"
        return ;;
    esac
  done
}
