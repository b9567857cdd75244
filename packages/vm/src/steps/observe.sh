# Reads everything that a run has to know of a host, and writes nothing. Given: slot_names, ledger_lines, journal_lines.

# The nearest folder that is there: where the base is, or would be made.
near=$base
while [ ! -d "$near" ]; do
  near=${near%/*}
  near=${near:-/}
done

say "user $(me)"
for tool in tar gzip setsid df readlink; do
  command -v "$tool" >/dev/null || say "missing $tool"
done
command -v sha256sum >/dev/null || command -v shasum >/dev/null || command -v openssl >/dev/null || say "missing sha256sum"
[ -w "$near" ] || say "unwritable $near"

for folder in "$releases"/*; do
  [ -d "$folder" ] || continue
  name=${folder##*/}
  m_digest=
  { read -r m_digest <"$state/releases/$name"; } 2>/dev/null
  say "release $name ${m_digest:-partial}"
done
for file in "$releases"/*.partial.bytes; do
  [ -f "$file" ] || continue
  name=${file##*/}
  say "begun ${name%.partial.bytes} $(wc -c <"$file" | tr -d ' ')"
done

for slot in $slot_names; do
  link=$(readlink "$slots/$slot" 2>/dev/null) && say "slot $slot ${link##*/}"
  service_status
done

# Whole lines only: what a crash has torn off says nothing.
whole_lines() {
  [ -f "$1" ] || return 0
  if [ -z "$(tail -c 1 "$1")" ]; then tail -n "$2" "$1"
  else tail -n "$(($2 + 1))" "$1" | sed '$d'; fi
}
whole_lines "$state/ledger.jsonl" "$ledger_lines" | sed 's/^/ledger /'
whole_lines "$state/journal.jsonl" "$journal_lines" | sed 's/^/journal /'
say end
