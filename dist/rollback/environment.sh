# What a release is told by its environment. Given: env_names, and an env_NAME for each.
export_environment() {
  unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK SLIPWAY_DIGEST
  for e_name in $env_names; do eval "export $e_name=\"\$env_$e_name\""; done
}

# The variables of the release's own environment file as well, which start.sh has put into the slot.
export_with_file() {
  if [ -f "$slots/$slot.d/env" ]; then
    set -a
    . "$slots/$slot.d/env"
    set +a
  fi
  export_environment
}

# Their names: of a value over several lines too many, which is no harm.
names_in_file() { sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' "$slots/$slot.d/env" 2>/dev/null; }
