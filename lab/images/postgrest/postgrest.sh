#!/bin/bash
# PostgREST 14 asks its own admin port when it is called with --ready; this older one does not know the flag.
set -u
program=/usr/local/lib/postgrest/postgrest

if [ "${1:-}" != --ready ]; then exec "$program" "$@"; fi

exec 3<> "/dev/tcp/127.0.0.1/${PGRST_ADMIN_SERVER_PORT:?the admin port must be set for --ready}" || exit 1
printf 'GET /ready HTTP/1.0\r\n\r\n' >&3
read -r -t 5 _ status _ <&3
[ "${status:-}" = 200 ]
