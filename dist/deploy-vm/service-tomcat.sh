# The service "tomcat": a war in a Tomcat that runs already, replaced by parallel deployment. Given at all times:
# tomcat_base (CATALINA_BASE) and tomcat_app (the base name of the context); to start and stop: follows (yes when a
# release comes after) and stop_seconds. A link webapps/APP##NUMBER.war names the war in its release: Tomcat deploys it
# beside the one before, and gives what comes without a session to the highest number.
case $tomcat_base in "~/"*) tomcat_base=$HOME/${tomcat_base#??} ;; esac
tomcat_base=${tomcat_base%/}
webapps=$tomcat_base/webapps
war_mark="$webapps/$tomcat_app##"

# Sets t_pid and t_since. One grep over all first, without -F: that of BusyBox stops at a zero byte.
tomcat_find() {
  for t_file in $(grep -l -e -Dcatalina.base= /proc/[0-9]*/cmdline 2>/dev/null); do
    t_words=$({ tr '\0\n' '\n ' <"$t_file"; } 2>/dev/null)
    has_word "-Dcatalina.base=$tomcat_base" && has_word org.apache.catalina.startup.Bootstrap || continue
    t_pid=${t_file#/proc/}
    t_pid=${t_pid%/cmdline}
    look "$t_pid" && [ "$p_state" != Z ] && t_since=$p_since && return 0
  done
  return 1
}

has_word() {
  case "
$t_words
" in *"
$1
"*) ;; *) return 1 ;; esac
}

# What stands behind ## in webapps, lowest first: Tomcat compares it as a text.
war_numbers() {
  for n_path in "$war_mark"*; do
    [ -e "$n_path" ] || [ -L "$n_path" ] || continue
    n_name=${n_path#"$war_mark"}
    say "${n_name%.war}"
  done | LC_ALL=C sort -u
}

# Sets w_dir to the folder of the release whose war has this number; fails when it is none of ours.
war_release() {
  w_link=$(readlink "$war_mark$1.war" 2>/dev/null) || return 1
  w_dir=${w_link%/*}
  [ "${w_dir%/*}" = "$(cd -P "$releases" 2>/dev/null && pwd -P)" ] || return 1
  w_dir=${w_dir##*/}
}

# Which version Tomcat really serves, only a request can tell.
service_status() {
  tomcat_find && war_release "$(war_numbers | tail -n 1)" || return 0
  say "service $slot $t_pid $t_since 0 no $w_dir"
}

service_log() {
  [ -r "$tomcat_base/logs" ] ||
    say "log What Tomcat said cannot be shown: $tomcat_base/logs is not for this user to read, but for the group $(group_of "$tomcat_base/logs")."
  for l_kind in catalina localhost; do
    l_file=$(ls -t "$tomcat_base/logs/$l_kind."* 2>/dev/null | head -n 1)
    [ -z "$l_file" ] || tail -n "$(($1 / 2))" "$l_file" 2>/dev/null
  done | cut -c 1-1000 | sed 's/^/log /'
}

group_of() { ls -ldL "$1" 2>/dev/null | { read -r _ _ _ g_name _ && say "$g_name"; }; }

tomcat_set() { grep -q "$1=\"$2\"" "$tomcat_base/conf/server.xml" 2>/dev/null; }

service_ready() {
  tomcat_find || say "lacks tomcat"
  if [ ! -d "$webapps" ]; then say "lacks webapps"
  elif [ ! -w "$webapps" ]; then say "lacks right $(group_of "$webapps")"; fi
  tomcat_set autoDeploy true || ! tomcat_set autoDeploy false || say "lacks autoDeploy"
}

service_check() {
  set -- "$dir_path"/*.war
  [ $# -eq 1 ] && [ -f "$1" ] || fail "Tomcat runs a release with exactly one .war, and $dir holds: $(ls "$dir_path" | head -n 20 | tr '\n' ' ')"
  war=$1
}

# A release that follows is proved first: until then the one before serves on.
service_stop() {
  [ -n "$follows" ] || war_undeploy $(war_numbers)
}

service_start() { war_return || war_add; }

# What a failed release goes back to still stands below it, and serves once all above is undeployed. Under one more
# number it would be proved by the answers of the lower one, before Tomcat has even looked at it. Where Tomcat itself
# waits for the last session, nothing is undeployed here, and so nothing is lost by that.
war_return() {
  ! tomcat_set undeployOldVersions true || return 1
  b_number= b_above=
  for b_next in $(war_numbers); do
    if war_release "$b_next" && [ "$w_dir" = "$dir" ]; then b_number=$b_next b_above=
    elif [ -n "$b_number" ]; then b_above="$b_above $b_next"; fi
  done
  [ -n "$b_above" ] || return 1
  war_undeploy $b_above
  # Unless somebody else's stands above.
  [ "$(war_numbers | tail -n 1)" = "$b_number" ]
}

war_add() {
  s_number=$(war_numbers | tail -n 1)
  case ${s_number:=000000} in
    *[!0-9]*) fail "$war_mark$s_number stands above every number: remove it from webapps, and run this again." ;;
  esac
  s_width=${#s_number}
  while :; do case $s_number in 0?*) s_number=${s_number#0} ;; *) break ;; esac; done
  s_number=$(printf "%0${s_width}d" "$((s_number + 1))")
  [ "${#s_number}" -eq "$s_width" ] || fail "No number of $s_width digits is left above those of $tomcat_app in $webapps: remove the highest, and run this again."
  ln -s "$war" "$war_mark$s_number.war" || fail "The link $war_mark$s_number.war cannot be made: $(why_unwritable "$webapps")."
}

# The one before has to go, by the hand of Tomcat itself where it waits for the last session to end.
service_settle() {
  tomcat_set undeployOldVersions true || war_remove $(war_numbers | sed '$d')
}

# Tomcat undeploys what lost its war. What somebody else put there is left alone.
war_remove() {
  r_numbers=
  for r_number; do
    war_release "$r_number" || continue
    rm -f "$war_mark$r_number.war" || fail "$war_mark$r_number.war cannot be removed: $(why_unwritable "$webapps")."
    r_numbers="$r_numbers $r_number"
  done
}

# It is through when it has removed what it had unpacked. With no Tomcat, that would be deployed again at its next start.
war_undeploy() {
  war_remove "$@"
  now
  u_end=$((n_now + stop_seconds * 100 + 1500))
  for u_number in $r_numbers; do
    while [ -d "$war_mark$u_number" ]; do
      tomcat_find || rm -rf "$war_mark$u_number"
      now
      [ "$n_now" -lt "$u_end" ] || fail "Tomcat has not undeployed $tomcat_app##$u_number, although its war is gone."
      nap
    done
  done
}
