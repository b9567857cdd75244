# Writes a file of the balancer's, which comes on stdin: beside it first, flushed, then renamed. Given: file.
folder=${file%/*}
new=$folder/.${file##*/}.new
{ cat >"$new"; } 2>/dev/null && flush "$new" && mv -f "$new" "$file" 2>/dev/null || {
  rm -f "$new" 2>/dev/null
  fail "The file $file cannot be written: $(why_unwritable "$folder"). The folder has to belong to $(me)."
}
