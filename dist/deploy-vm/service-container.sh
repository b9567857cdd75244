# The service "container": an image, run by a container engine on this host. Given at all times: engine, container (the
# name without the slot); to start and stop: port, address, container_port (empty: the network of the host), options
# (one argument a line), stop_seconds, and what environment.sh wants. The file `image` in a release names its image.

service_ready() {
  if ! command -v "$engine" >/dev/null; then say "lacks engine"
  elif ! r_said=$("$engine" ps --quiet 2>&1 >/dev/null); then
    case $r_said in
      *"permission denied"*) say "lacks right" ;;
      *) say "lacks answer $(say "$r_said" | tail -n 1)" ;;
    esac
  fi
}

engine_inspect() { "$engine" container inspect --format "$1" "$container-$slot" 2>/dev/null; }

# What runs is the release when it was made from the very image that the engine has under the release's digest.
service_status() {
  command -v "$engine" >/dev/null || return 0
  s_line=$(engine_inspect '{{.State.Running}} {{.State.Pid}} {{json .State.StartedAt}} {{.RestartCount}} {{.Image}} {{index .Config.Labels "slipway.release"}}') || return 0
  read -r s_running s_pid s_since s_restarts s_image s_folder <<LINE
$s_line
LINE
  [ "$s_running" = true ] && [ "$s_pid" -gt 0 ] || return 0
  inside=no s_reference=
  { read -r s_reference <"$releases/$s_folder/image"; } 2>/dev/null
  [ "$("$engine" image inspect --format '{{.Id}}' "$s_reference" 2>/dev/null)" != "$s_image" ] || inside=yes
  say "service $slot $s_pid $(say "$s_since" | tr -d '"') $s_restarts $inside $s_folder"
}

service_log() { "$engine" logs --tail "$1" "$container-$slot" 2>&1 | cut -c 1-1000 | sed 's/^/log /'; }

# Its image comes by its digest, and so does no other. Those of releases that were pruned go.
service_fetch() {
  mkdir -p "$state/images" 2>/dev/null
  for f_file in "$state/images"/*; do
    [ -f "$f_file" ] && [ ! -d "$releases/${f_file##*/}" ] || continue
    { read -r f_image <"$f_file"; } 2>/dev/null
    "$engine" image rm "$f_image" >/dev/null 2>&1
    rm -f "$f_file"
  done
  f_said=$("$engine" pull --quiet "$image" 2>&1) || fail "$engine cannot pull $image: $(say "$f_said" | tail -n 1)"
  { say "$image" >"$state/images/$dir"; } 2>/dev/null || fail "The folder $state/images cannot be written: $(why_unwritable "$state")."
}

service_check() {
  { read -r image <"$dir_path/image"; } 2>/dev/null || fail "The release $dir is no image: it was staged for another kind of service."
}

service_stop() {
  s_line=$(engine_inspect '{{.State.Running}} {{.State.Pid}}') || return 0
  if [ "${s_line%% *}" = true ]; then
    s_said=$("$engine" stop -t "$stop_seconds" "$container-$slot" 2>&1) ||
      fail "$engine cannot stop $container-$slot: $(say "$s_said" | tail -n 1)"
    [ "$(engine_inspect '{{.State.ExitCode}}')" != 137 ] || say "killed ${s_line##* }"
  fi
  s_said=$("$engine" rm --force "$container-$slot" 2>&1) ||
    fail "$engine cannot remove $container-$slot: $(say "$s_said" | tail -n 1)"
}

# Values go by the environment, and not by arguments that everybody on the host can read.
service_start() {
  wait_for_port
  set -- --detach --name "$container-$slot" --label "slipway.release=$dir" --restart unless-stopped --stop-timeout "$stop_seconds"
  for s_name in $env_names $(names_in_file); do set -- "$@" --env "$s_name"; done
  case $container_port:$address in
    :*) set -- "$@" --network host ;;
    *:) set -- "$@" --publish "$port:$container_port" ;;
    *:*:*) set -- "$@" --publish "[$address]:$port:$container_port" ;;
    *) set -- "$@" --publish "$address:$port:$container_port" ;;
  esac
  while read -r s_option; do
    [ -z "$s_option" ] || set -- "$@" "$s_option"
  done <<OPTIONS
$options
OPTIONS
  s_said=$(export_with_file && exec "$engine" run "$@" "$image" 2>&1 3>&-) && return 0
  service_log 50
  "$engine" rm --force "$container-$slot" >/dev/null 2>&1
  fail "$engine cannot run $image: $(say "$s_said" | grep -v '^[0-9a-f]*$' | head -n 1)"
}
