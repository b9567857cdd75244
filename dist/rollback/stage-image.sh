# Brings an image to the host, by the hand of its engine. Given: dir, digest, image. Nothing that runs changes.
if whole "$dir" "$digest"; then
  say "staged already"
  exit 0
fi
said=$(mkdir -p "$releases" "$slots" "$base/shared" "$state/releases" 2>&1) ||
  fail "The folders below $base cannot be made by $(me): ${said##*: }."
begin
service_fetch
part=$releases/$dir.partial
rm -rf "$part"
{ mkdir "$part" && say "$image" >"$part/image"; } 2>/dev/null || fail "The folder $part cannot be written: $(why_unwritable "$releases")."
flush_tree "$part"
# The mark first: a folder without one is never taken for whole, and a mark alone is no release.
{ say "$digest" >"$state/releases/.$dir.new"; } 2>/dev/null && flush "$state/releases/.$dir.new" &&
  mv -f "$state/releases/.$dir.new" "$state/releases/$dir" || fail "The mark of $dir cannot be written: $(why_unwritable "$state")."
rm -rf "$releases/$dir"
mv "$part" "$releases/$dir" || fail "$part cannot be renamed to $releases/$dir."
finish
say "staged now"
