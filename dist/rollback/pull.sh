# Lets the host get the bytes of a release itself. Given: pull_from (the place, for people), pull_url, pull_auth (the
# value of an Authorization header, or empty), pull_secret (yes when one of the two is secret), pull_until (when the
# URL ends to be valid, or empty). Secrets go to programs on file descriptors: arguments can be read by every user.
source=" from $pull_from"
pull_way_out="Where a host cannot, the runner can send it: transfer: push"

# Each try goes on where the one before was cut, and a try that brought nothing is the last.
bring() {
  choose_puller
  : >>"$bytes"
  tries=0 at=$have
  while [ "$at" -lt "$size" ]; do
    # A server cannot fill the disk with more than was announced.
    p_status=0 p_http=
    p_said=$(ulimit -f $((size / 512 + 8)) && pull_by_"$puller" 2>&1) || p_status=$?
    got=$(held)
    [ "$got" -le "$size" ] || give_up "$pull_from holds more than the $size bytes of $dir: these are other bytes."
    [ "$p_status" -ne 0 ] || return 0
    free=$(free_kb "$releases")
    [ "${free:-1024}" -ge 64 ] || no_space "the bytes did not fit"
    read_reason
    tries=$((tries + 1))
    # What lay here may be no beginning of what lies there, or the server never tells a part.
    [ "$p_http" != 416 ] || [ "$have" -eq 0 ] || anew "$pull_from does not go on at byte $at"
    { [ "$got" -gt "$at" ] && [ "$tries" -lt 50 ]; } || fail "$dir cannot be pulled from $pull_from: $p_why. $pull_way_out"
    at=$got
  done
}

pull_by_curl() {
  curl -q -g -sS -f -L --max-redirs 5 --connect-timeout 20 --speed-limit 1 --speed-time 60 \
    -C "$at" -o "$bytes" -w 'http %{http_code}\n' -K - <<EOF
url = "$pull_url"
$pull_header
EOF
}

# It reads its configuration twice, so no pipe will do: a file that has lost its name before wget begins. No redirects
# with a login, since older ones send it to wherever they are sent.
pull_by_wget() {
  (umask 077 && cat >"$state/.pull") <<EOF && exec 3<"$state/.pull" && rm -f "$state/.pull" || return 1
$pull_header
EOF
  LC_ALL=C wget --config=/dev/fd/3 -nv -t 1 -T 60 --max-redirect="$pull_redirects" -c -O "$bytes" -i - <<EOF
$pull_url
EOF
}

# BusyBox's, and others that take their URL as an argument only: for URLs without secrets. Its -T crashes some builds.
pull_by_plain_wget() { LC_ALL=C wget -q -c -O "$bytes" "$pull_url"; }

# Sets p_http, the status of the answer or empty, and p_why. Lines with the URL in them are never repeated.
read_reason() {
  p_http=$(say "$p_said" | sed -n -e 's/^http \([1-9][0-9][0-9]\)$/\1/p' -e 's/.* ERROR \([0-9][0-9][0-9]\).*/\1/p' \
    -e 's/.*Authentication Failed.*/401/p' -e 's/.*redirections exceeded.*/302/p' \
    -e 's,.*server returned error: HTTP/[0-9.]* \([0-9]*\).*,\1,p' | tail -n 1)
  # curl cannot go on where the server cannot.
  [ "$puller $p_status" != 'curl 33' ] || p_http=416
  case $p_http in
    401) p_why="status 401, it wants a login: a line for it in transfer-auth" ;;
    403) p_why="status 403, it refuses$(pull_detail)${pull_until:+; the URL is valid until $pull_until}" ;;
    416) p_why="it was cut at byte $at, and does not go on there" ;;
    404) p_why="status 404, nothing lies there$(pull_detail)" ;;
    3??) p_why="status $p_http, it sends elsewhere, which only curl follows with a login: install curl" ;;
    [45]??) p_why="status $p_http$(pull_detail)" ;;
    *)
      p_why=$(say "$p_said" | sed -n -e '\,//,d' -e 's/^curl: //p' -e 's/^wget: //p' -e 's/^ERROR: //p' \
        -e 's/^.*failed: //p' -e 's/^Unable to /unable to /p' | tail -n 1)
      p_why=${p_why%.}
      p_why=${p_why:-"$puller ended with status $p_status"}
      ;;
  esac
}

# What the server says about it, where curl can ask again: S3 and registries explain themselves in the body.
pull_detail() {
  [ "$puller" = curl ] || return 0
  p_detail=$(
    curl -q -g -s -L --max-redirs 5 --connect-timeout 20 -m 20 -r 0-2047 -K - 2>/dev/null <<EOF | head -c 2048 | tr -d '\000-\037' |
url = "$pull_url"
$pull_header
EOF
      sed -n -e 's,.*<Code>\([^<]*\)</Code>.*<Message>\([^<]*\)</Message>.*,\1: \2,p' -e 's,.*"message" *: *"\([^"]*\)".*,\1,p'
  )
  [ -z "$p_detail" ] || say " ($p_detail)" | cut -c 1-200
}

choose_puller() {
  pull_header='' pull_redirects=5
  if command -v curl >/dev/null; then
    puller=curl
    [ -z "$pull_auth" ] || pull_header="header = \"Authorization: $pull_auth\""
  elif command -v wget >/dev/null && wget --version 2>/dev/null | grep -q '^GNU Wget 1'; then
    puller=wget
    [ -z "$pull_auth" ] || pull_header="header = Authorization: $pull_auth" pull_redirects=0
  elif command -v wget >/dev/null; then
    puller=plain_wget
    [ -z "$pull_secret" ] || fail "$dir cannot be pulled: the only wget here takes its URL as an argument, which every user can read, and this one is secret. Install curl. $pull_way_out"
  else
    fail "$dir cannot be pulled: neither curl nor wget is here. Install curl. $pull_way_out"
  fi
}
