# Ends a step that took too long or is not wanted any more. Given: pid, start. Gently first: it may have a trap.
step_lives "$pid" "$start" || exit 0
signal_group TERM "$pid"
tries=0
while step_lives "$pid" "$start"; do
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || signal_group KILL "$pid"
  [ "$tries" -lt 60 ] || exit 1
  nap
done
