# Named to a POSIX sh by ENV. It has no hooks, so its prompt carries the marks: D;code of what ran before,
# then A and B; the server counts the Enter that was sent as the start.

PS1="$(printf '\033]133;D;$?;aid=%s\007\033]133;A;aid=%s\007' "$SLIDECAR_NONCE" "$SLIDECAR_NONCE")"'${PWD#"$SLIDECAR_FOLDER"}$ '"$(printf '\033]133;B;aid=%s\007' "$SLIDECAR_NONCE")"
PS2='> '
# A nested sh gives no marks of its own: it would end the outer command's.
unset SLIDECAR_NONCE ENV
