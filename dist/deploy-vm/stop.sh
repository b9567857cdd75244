# Stops what runs in a slot; its release stays installed. Given: slot, and what the service wants.
begin
service_stop
rm -f "$slots/$slot.d/env"
finish
