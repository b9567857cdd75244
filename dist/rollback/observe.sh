# Reads everything that a run has to know of a host, and writes nothing. Given: slot_names, ledger_lines, journal_lines.

# The nearest folder that is there: where the base is, or would be made.
near=$base
while [ ! -d "$near" ]; do
  near=${near%/*}
  near=${near:-/}
done

# First of all: should the answer be cut, its last lines are shown to people.
{ read -r config_key <"$state/config-key"; } 2>/dev/null && say "key $config_key"
say "user $(me)"
for tool in tar gzip setsid df readlink; do
  command -v "$tool" >/dev/null || say "missing $tool"
done
command -v sha256sum >/dev/null || command -v shasum >/dev/null || command -v openssl >/dev/null || say "missing sha256sum"
[ -w "$near" ] || say "unwritable $near"
if command -v service_ready >/dev/null; then service_ready; fi

for folder in "$releases"/*; do
  [ -d "$folder" ] || continue
  name=${folder##*/}
  read_mark "$name"
  say "release $name ${m_digest:-partial}"
  [ -z "$m_shared" ] || say "shared $name $m_shared"
  tell_hooks "$name"
done
for file in "$releases"/*.partial.bytes; do
  [ -f "$file" ] || continue
  name=${file##*/}
  say "begun ${name%.partial.bytes} $(wc -c <"$file" | tr -d ' ')"
done

for slot in $slot_names; do
  link=$(readlink "$slots/$slot" 2>/dev/null) && say "slot $slot ${link##*/}"
  { read -r _ _ config <"$slots/$slot.d/env"; } 2>/dev/null && say "config $slot $config"
  service_status
done
for file in "$state"/env/*+*; do
  [ ! -f "$file" ] || say "env ${file##*/}"
done

# Whole lines only: what a crash has torn off says nothing.
whole_lines() {
  [ -f "$1" ] || return 0
  if [ -z "$(tail -c 1 "$1")" ]; then tail -n "$2" "$1"
  else tail -n "$(($2 + 1))" "$1" | sed '$d'; fi
}
whole_lines "$state/ledger.jsonl" "$ledger_lines" | sed 's/^/ledger /'
whole_lines "$state/migrations.jsonl" 50 | sed 's/^/migration /'
whole_lines "$state/journal.jsonl" "$journal_lines" | sed 's/^/journal /'
say end
