# Takes the bytes of a release from stdin. Given: offset, where the runner begins to read: what lies here already.
source=
bring() {
  [ "$have" -eq "$offset" ] || anew "$have bytes of $dir lie here, not $offset"
  cat >>"$bytes" 2>/dev/null || no_space "the bytes did not fit"
  # A connection that broke ends the stream, too: what came is the beginning of the next attempt.
  got=$(held)
  [ "$got" -ge "$size" ] || fail "Of $size bytes of $dir only $got arrived."
}
