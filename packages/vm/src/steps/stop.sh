# Stops what runs in a slot, and empties the slot. Given: slot, and what the service wants.
rundir=$slots/$slot.d
begin
service_stop
rm -f "$slots/$slot" || fail "The link $slots/$slot cannot be removed: $(why_unwritable "$slots")."
finish
