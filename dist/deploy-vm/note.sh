# Appends to the journal what is about to be done elsewhere about this host, and flushes it. Given: lines, each with its end.
mkdir -p "$state" 2>/dev/null
note "$lines" || fail "The journal $state/journal.jsonl cannot be written: $(why_unwritable "$state")."
