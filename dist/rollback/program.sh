# Runs a program of the user: a hook, or a migration. What it writes is what this step writes. Given: dir (a release's
# folder, or empty: the base), config (of that release, may be empty), argument_count, argument_1..., env_names and an
# env_NAME for each; line_begun, line_done, line_failed: lines for state/migrations.jsonl, or empty.
remember() {
  [ -n "$1" ] || return 0
  m_file=$state/migrations.jsonl
  m_end=
  [ -z "$(tail -c 1 "$m_file" 2>/dev/null)" ] || m_end='
'
  { printf '%s%s' "$m_end" "$1" >>"$m_file"; } 2>/dev/null && flush "$m_file" && return
  echo "The file $m_file cannot be written: $(why_unwritable "$state")."
  return 1
}

# Runs "$@", with the variables of the service. They may be called like ours: nothing of ours is asked for behind them.
run_program() {
  unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK
  for e_name in $env_names; do eval "export $e_name=\"\$env_$e_name\""; done
  set -a
  if [ -n "$config" ]; then . "$state/env/$dir+$config" || exit; fi
  exec "$@"
}

# What the program left in our process group ends with it. This shell may be a part of the step's, with a pid of its own.
end_rest() {
  read -r r_own _ </proc/self/stat
  look $$ && [ "$p_group" = $$ ] || return 0
  for r_folder in /proc/[0-9]*; do
    r_pid=${r_folder#/proc/}
    case $r_pid in $$ | "$r_own") continue ;; esac
    if look "$r_pid" && [ "$p_group" = $$ ]; then kill -KILL "$r_pid" 2>/dev/null; fi
  done
}

where=$base
[ -z "$dir" ] || where=$releases/$dir
mkdir -p "$base" 2>/dev/null
cd -P "$where" 2>/dev/null || {
  echo "The folder $where is not there."
  exit 1
}
[ -z "$dir" ] || env_SLIPWAY_RELEASE_DIR=$(pwd)
set --
number=1
while [ "$number" -le "$argument_count" ]; do
  eval "set -- \"\$@\" \"\$argument_$number\""
  number=$((number + 1))
done
remember "$line_begun" || exit 1
( run_program "$@" ) </dev/null 2>&1
status=$?
end_rest
if [ "$status" -eq 0 ]; then remember "$line_done" || status=1
else remember "$line_failed"; fi
exit "$status"
