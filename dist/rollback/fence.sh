# Stands before a step that changes something. Given: nonce, label, fence_state, fence_number, fence_token.
# The order is what makes it safe: we write down that we live, and only then look at the lease. Whoever takes the lease
# over claims it first and then looks for steps: it finds this one, or this one finds the claim.
case $fence_state in \~/*) fence_state=$HOME/${fence_state#??} ;; esac

refuse() {
  rm -f "$fence_file"
  printf '\n%s fenced %s\n' "$nonce" "$*"
  exit 75
}

fence_file=$fence_state/steps/$$.$p_since
read -r fence_boot </proc/sys/kernel/random/boot_id
# On a full disk the name still gets there, and the name is what counts.
{ printf '%s %s\n' "$fence_boot" "$label" >"$fence_file"; } 2>/dev/null
[ -e "$fence_file" ] || refuse "the step cannot be registered in $fence_state/steps"

fence_top=0
for fence_each in "$fence_state"/lease.*; do
  fence_each=${fence_each##*.}
  case $fence_each in *[!0-9]*) continue ;; esac
  [ "$fence_each" -le "$fence_top" ] || fence_top=$fence_each
done
fence_is='' fence_of=''
{ read -r fence_is fence_of _ <"$fence_state/lease.$fence_top"; } 2>/dev/null
[ "$fence_top $fence_is $fence_of" = "$fence_number held $fence_token" ] ||
  refuse "the lease is $fence_top ($fence_is), ours was $fence_number"
