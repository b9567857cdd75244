# Brings a release to the host. Given: dir, digest, size, file_name and file_mode (a single file) or an empty file_name
# (a packed folder), shared (paths that become links, those of folders with a slash at their end), and the functions of
# push.sh or pull.sh, which bring the bytes. Nothing that runs changes; what fails leaves what was there, and the bytes
# of an attempt that was cut stay for the next one.
shared=${shared-}
target=$releases/$dir
part=$target.partial
bytes=$part.bytes

clear_up() { rm -rf "$part" "$bytes" 2>/dev/null; }
give_up() {
  clear_up
  fail "$*"
}
no_space() { give_up "The disk of $releases is full: $1 for $dir; $(free_kb "$releases") KiB and $(free_inodes "$releases") inodes are free."; }
# What lies here is no beginning of these bytes: the runner tries once more, from the first one.
anew() {
  clear_up
  note "$journal_failed" || :
  say "anew $*"
  exit 0
}
held() { if [ -f "$bytes" ]; then wc -c <"$bytes" | tr -d ' '; else say 0; fi; }

# Links into what stays from release to release, relative, so that a host can be moved.
link_shared() {
  for s_path in $shared; do
    s_name=${s_path%/}
    if [ -d "$part/$s_name" ] && [ ! -L "$part/$s_name" ]; then
      rm -f "$part/$s_name/.gitkeep" "$part/$s_name/.keep"
      rmdir "$part/$s_name" 2>/dev/null
    fi
    if [ -e "$part/$s_name" ] || [ -L "$part/$s_name" ]; then
      give_up "$dir holds $s_name itself, which is shared: leave it out of the release, or out of the shared paths."
    fi
    s_up=../../shared s_rest=$s_name
    while [ "$s_rest" != "${s_rest#*/}" ]; do
      s_up=../$s_up s_rest=${s_rest#*/}
    done
    said=$(mkdir -p "$part/$(dirname "$s_name")" 2>&1 && ln -s "$s_up/$s_name" "$part/$s_name" 2>&1) ||
      give_up "$s_name of $dir cannot become a link: ${said##*: }."
  done
}

if whole "$dir" "$digest" "$shared"; then
  say "staged already"
  tell_hooks "$dir"
  exit 0
fi
if whole "$dir" "$digest"; then
  for s_link in "$slots"/*; do
    [ "$(readlink "$s_link" 2>/dev/null)" != "../releases/$dir" ] ||
      fail "$dir runs here with other shared paths (${m_shared:-none}); they change with the next release."
  done
fi
for s_path in $shared; do
  case $s_path in */) continue ;; esac
  [ -f "$base/shared/$s_path" ] || fail "$s_path is a shared file, and $base/shared/$s_path is not there. Put it there, for example by: ssh $(me)@HOST 'mkdir -p $base/shared/$(dirname "$s_path") && cat >$base/shared/$s_path' <$s_path"
done
said=$(mkdir -p "$releases" "$slots" "$base/shared" "$state/releases" 2>&1) ||
  fail "The folders below $base cannot be made by $(me): ${said##*: }."
for s_path in $shared; do
  case $s_path in */) mkdir -p "$base/shared/$s_path" 2>/dev/null || fail "The folder $base/shared/$s_path cannot be made: $(why_unwritable "$base/shared")." ;; esac
done
begin
# The beginnings of other releases are not waited for.
for other in "$releases"/*.partial.bytes; do [ "$other" = "$bytes" ] || rm -f "$other"; done
rm -rf "$part"
have=$(held)
# The packed bytes, the unpacked ones, and some room to go on living.
need=$(((size * 3 - have) / 1024 + 1024))
free=$(free_kb "$releases")
[ "${free:-$need}" -ge "$need" ] || no_space "$need KiB are needed"

bring
got=$(held)
sum=$([ "$got" -ne "$size" ] || sha256 <"$bytes")
if [ "sha256:$sum" != "$digest" ]; then
  [ "$have" -eq 0 ] || anew "what lay here was no beginning of $dir"
  [ "$got" -eq "$size" ] || give_up "The bytes of $dir arrived$source with a length of $got instead of $size."
  give_up "The bytes of $dir arrived$source with the digest sha256:$sum instead of $digest."
fi
[ "$have" -eq 0 ] || say "resumed $have"

mkdir "$part" || give_up "The folder $part cannot be made."
if [ -n "$file_name" ]; then
  { mv -f "$bytes" "$part/$file_name" && chmod "$file_mode" "$part/$file_name"; } || give_up "$file_name cannot be put in place."
else
  # Every tar strips what leads outside, and says so: what it says is listed with the names.
  names=$(tar -tzf "$bytes" 2>&1) || give_up "The archive of $dir cannot be read: $(say "$names" | tail -n 1)"
  unsafe=$(say "$names" | sed -n -e 's/^tar: [Rr]emoving leading .\(.*\). from member names$/\1/p' -e '\,^/,p' -e '\,^\.\.$,p' \
    -e '\,^\.\./,p' -e '\,/\.\./,p' -e '\,/\.\.$,p' | head -n 1)
  [ -z "$unsafe" ] || give_up "The archive of $dir would write outside of its folder, at $unsafe"
  inodes=$(free_inodes "$releases") count=$(say "$names" | wc -l)
  [ "${inodes:-$((count + 16))}" -ge "$((count + 16))" ] || no_space "$((count)) inodes are needed"
  said=$(tar -xzpof "$bytes" -C "$part" 2>&1) || {
    free=$(free_kb "$releases")
    [ "${free:-1}" -gt 64 ] || no_space "the files did not fit"
    give_up "The archive of $dir cannot be unpacked: $(say "$said" | tail -n 1)"
  }
  rm -f "$bytes"
fi
link_shared
flush_tree "$part"

# The mark first: a folder without one is never taken for whole, and a mark alone is no release.
{ { say "$digest"; [ -z "$shared" ] || say "shared $shared"; } >"$state/releases/.$dir.new"; } 2>/dev/null && flush "$state/releases/.$dir.new" &&
  mv -f "$state/releases/.$dir.new" "$state/releases/$dir" || no_space "the mark could not be written"
rm -rf "$target"
mv "$part" "$target" || give_up "$part cannot be renamed to $target."
finish
say "staged now"
tell_hooks "$dir"
