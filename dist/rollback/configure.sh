# Keeps the variables of a service beside its release; they come on stdin. Given: dir, config, key (of their digest), size.
# Only its owner may read them, and nothing that runs changes.
umask 077
target=$state/env/$dir+$config
mkdir -p "$state/env" 2>/dev/null || fail "The folder $state/env cannot be made: $(why_unwritable "$state")."
begin
{ say "$key" >"$state/.config-key.new" && flush "$state/.config-key.new" && mv -f "$state/.config-key.new" "$state/config-key"; } 2>/dev/null &&
  { cat >"$state/env/.new" && [ "$(($(wc -c <"$state/env/.new")))" -eq "$size" ] && flush "$state/env/.new"; } 2>/dev/null &&
  mv -f "$state/env/.new" "$target" && flush "$state/env" || {
  rm -f "$state/env/.new"
  fail "The environment of $dir cannot be written: $(why_unwritable "$state")."
}
finish
