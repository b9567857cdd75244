# What /proc says about processes. Builtins only: this runs in loops, and a fork costs more than all of it.
# POSIX sh for dash, bash and BusyBox ash.

# Sets p_state, p_parent, p_group and p_since (clock ticks after boot); fails when there is no such process.
look() {
  { read -r p_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name, second of the fields, may hold blanks, brackets and line ends itself.
  # shellcheck disable=SC2086
  set -- ${p_line##*) }
  [ $# -ge 20 ] || return 1
  p_state=$1 p_parent=$2 p_group=$3
  shift 19
  p_since=$1
}

# Is it still the very process that had this pid and start time? A zombie can do nothing any more.
alive() { look "$1" && [ "$p_since" = "$2" ] && [ "$p_state" != Z ]; }

# Of all spellings, this one is understood by dash, bash and BusyBox: they differ over "--" and "-s".
signal_group() { kill "-$1" "-$2" 2>/dev/null; }

# A step lives while anything of its process group does. Its pid in other hands proves that all of it is gone: the
# kernel does not give away a pid that still names a group.
step_lives() {
  if look "$1"; then
    [ "$p_since" = "$2" ] || return 1
    [ "$p_state" = Z ] || return 0
  fi
  signal_group 0 "$1" || return 1
  # Somebody is left, but zombies count there too, and nobody may be there to bury them.
  for p_folder in /proc/[0-9]*; do
    look "${p_folder#/proc/}" && [ "$p_group" = "$1" ] && [ "$p_state" != Z ] && return 0
  done
  return 1
}

# Not every BusyBox can sleep for a fraction.
nap() { sleep 0.05 2>/dev/null || sleep 1; }
