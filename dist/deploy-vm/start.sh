# Runs a release in a slot; what runs there is stopped first. Given: slot, dir, digest, config (may be
# empty), and what the service wants.
config=${config-}
whole "$dir" "$digest" || fail "The release $dir does not lie whole on this host: stage it first."
dir_path=$(cd -P "$releases/$dir" && pwd -P)
rundir=$slots/$slot.d
env_file=$state/env/$dir+$config
[ -z "$config" ] || [ -f "$env_file" ] ||
  fail "The environment ${config%"${config#????????}"} of $dir is not on this host any more: deploy it again, with its env-file."
mkdir -p "$rundir" 2>/dev/null || fail "The folder $rundir cannot be made: $(why_unwritable "$slots")."
service_check
begin
service_stop
rm -f "$slots/.$slot.new"
ln -s "../releases/$dir" "$slots/.$slot.new" || fail "The link $slots/$slot cannot be made: $(why_unwritable "$slots")."
# Old BusyBox has no -T, and would move the link into the folder that it names; nothing runs here now, so a gap is harmless.
mv -Tf "$slots/.$slot.new" "$slots/$slot" 2>/dev/null || { rm -f "$slots/$slot" && mv -f "$slots/.$slot.new" "$slots/$slot"; } ||
  fail "The link $slots/$slot cannot be switched: $(why_unwritable "$slots")."
# What the service reads: a new file, so that what ran before keeps what it has read. A shell and systemd read it alike.
( umask 077 && { say "# config $config"; [ -z "$config" ] || cat "$env_file"; } >"$rundir/.env.new" ) 2>/dev/null &&
  mv -f "$rundir/.env.new" "$rundir/env" || fail "The file $rundir/env cannot be written: $(why_unwritable "$rundir")."
service_start
finish
service_status
