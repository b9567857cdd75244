# Appends ledger lines from stdin, after making sure that they continue this host's file; then prunes.
# Given: prev (digest of the last whole line), last (the last line to append), journal (lines that end earlier steps),
# prune (folders that the ledger lets go), prune_env (environments of releases, of which it lets go), failed (yes: a
# transfer that was cut may still be gone on with).
ledger=$state/ledger.jsonl
new=$state/.ledger.new
mkdir -p "$state" 2>/dev/null
touch "$ledger" 2>/dev/null || fail "The ledger $ledger cannot be written: $(why_unwritable "$state")."
[ -z "$journal" ] || note "$journal" || :

count=$(wc -l <"$ledger")
tail_line=$(head -n "$((count))" "$ledger" | tail -n 1)
if [ "$tail_line" = "$last" ]; then
  say "recorded already"
else
  sum=sha256:$(printf '%s' "$tail_line" | sha256)
  [ "$sum" = "$prev" ] || fail "The ledger $ledger changed since it was read: its last line is $sum, not $prev."
  # A copy that is renamed: a torn tail of a crash is left behind, and no crash of ours tears a new one.
  { { head -n "$((count))" "$ledger"; cat; } >"$new"; } 2>/dev/null &&
    [ "$(tail -n 1 "$new")" = "$last" ] && [ -z "$(tail -c 1 "$new")" ] && flush "$new" || {
    rm -f "$new"
    fail "The ledger $ledger cannot be written: $(why_unwritable "$state")."
  }
  mv -f "$new" "$ledger" && flush "$state"
  say "recorded now"
fi

# Only the end of the journal is ever read.
if [ -f "$state/journal.jsonl" ] && [ "$(($(wc -c <"$state/journal.jsonl")))" -gt 1048576 ]; then
  tail -n 400 "$state/journal.jsonl" >"$state/.journal.new" && mv -f "$state/.journal.new" "$state/journal.jsonl"
fi

# What crashes have left of earlier times.
for name in ${prune_env-}; do rm -f "$state/env/$name" && say "pruned $name"; done
rm -rf "$releases"/*.pruned "$releases"/*.partial
[ -n "$failed" ] || rm -f "$releases"/*.partial.bytes
[ -n "$prune" ] || exit 0
# Never what a slot names, and never what a living process runs in or from.
real=$(cd -P "$releases" && pwd -P)
used=$(
  ls -l /proc/[0-9]*/cwd /proc/[0-9]*/exe 2>/dev/null | sed -n 's/^.* -> //p'
  for link in "$slots"/*; do readlink "$link" 2>/dev/null; done
)
for name in $prune; do
  [ -d "$releases/$name" ] || continue
  case "
$used
" in
    *"
$real/$name
"* | *"
$real/$name/"* | *"
../releases/$name
"*)
      say "in-use $name"
      continue
      ;;
  esac
  # Renamed first: half a release must not carry the name of a whole one.
  mv "$releases/$name" "$releases/$name.pruned" && rm -rf "$releases/$name.pruned" "$state/releases/$name" "$state/env/$name+"* && say "pruned $name"
done
exit 0
