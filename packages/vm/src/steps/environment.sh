# What a release is told by its environment. Given: env_names, and an env_NAME for each.
export_environment() {
  unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK SLIPWAY_DIGEST
  for e_name in $env_names; do eval "export $e_name=\"\$env_$e_name\""; done
}
