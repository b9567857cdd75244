# Ends what the release before has left running, now that this one is proved. Given: slot, and what the service wants.
begin
service_settle
finish
