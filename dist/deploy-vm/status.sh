# Says what runs in a slot, with the last lines of its log. Writes nothing. Given: slot, log_lines.
service_status
[ "$log_lines" -eq 0 ] || service_log "$log_lines"
say end
