# Stands before every step, behind process.sh. Given: base; steps that change something also get
# journal_intent, journal_done and journal_failed: lines of the journal, each with its end.
# POSIX sh for dash, bash and BusyBox ash. Answers are lines "key value" on stdout.
set -u
umask 022
case $base in "~/"*) base=$HOME/${base#??} ;; esac
releases=$base/releases slots=$base/slots state=$base/state
begun=
read -r boot </proc/sys/kernel/random/boot_id

say() { printf '%s\n' "$*"; }

# One sentence for people, and the end of the step; a journaled intent is closed as failed.
fail() {
  [ -z "$begun" ] || note "$journal_failed" || :
  say "error $*"
  exit 1
}

flush() { sync "$1" 2>/dev/null || sync; }
flush_tree() { sync -f "$1" 2>/dev/null || sync; }

# Appends whole lines to the journal and flushes it. What a crash has torn is closed by a line end first.
note() {
  j_file=$state/journal.jsonl
  j_end=
  [ -z "$(tail -c 1 "$j_file" 2>/dev/null)" ] || j_end='
'
  { printf '%s%s' "$j_end" "$1" >>"$j_file"; } 2>/dev/null && flush "$j_file"
}

# The intent is on the disk before the effect.
begin() {
  mkdir -p "$state" 2>/dev/null
  note "$journal_intent" ||
    fail "The journal $state/journal.jsonl cannot be written: $(why_unwritable "$state")."
  begun=1
}

# A lost "done" leaves an open intent, which the next run looks after: no reason to call the effect failed.
finish() {
  note "$journal_done" || :
  begun=
}

me() { id -un 2>/dev/null || id -u; }

why_unwritable() {
  w_free=$(free_kb "$1")
  if [ ! -w "$1" ]; then say "$(me) may not write there"
  elif [ "${w_free:-1}" -lt 16 ]; then say "the disk is full"
  else say "the disk refuses"; fi
}

free_kb() { df -Pk "$1" 2>/dev/null | { read -r _; read -r _ _ _ d_free _; say "${d_free:-}"; }; }

# Empty where the file system does not count inodes.
free_inodes() {
  df -Pi "$1" 2>/dev/null | {
    read -r _
    read -r _ d_all _ d_free _
    case ${d_all:-0} in 0 | *[!0-9]*) ;; *) say "$d_free" ;; esac
  }
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum
  elif command -v shasum >/dev/null; then shasum -a 256
  else openssl dgst -sha256 -r; fi | cut -c 1-64
}

# The release lies here whole: its folder got its name only after its digest was checked. With a third argument, also
# with these shared paths.
whole() {
  read_mark "$1" && [ "$m_digest" = "$2" ] && [ -d "$releases/$1" ] && [ "${3-$m_shared}" = "$m_shared" ]
}

read_mark() {
  m_digest='' m_shared=''
  { { read -r m_digest && { read -r _ m_shared || :; }; } <"$state/releases/$1"; } 2>/dev/null
}

# Says which hooks the release brings.
tell_hooks() {
  h_names=
  for h_file in "$releases/$1/.slipway/hooks"/*; do
    [ ! -f "$h_file" ] || h_names="$h_names ${h_file##*/}"
  done
  [ -z "$h_names" ] || say "hooks $1$h_names"
}

# The working folder or the program of a process lies in a folder. Given: pid, folder.
in_folder() {
  for f_link in "/proc/$1/cwd" "/proc/$1/exe"; do
    f_path=$(readlink "$f_link" 2>/dev/null)
    case $f_path in "$2" | "$2"/*) return 0 ;; esac
  done
  return 1
}

# Hundredths of a second since boot: wall clocks jump.
now() {
  read -r n_up _ </proc/uptime
  n_now=${n_up%.*}${n_up#*.}
}
