#!/bin/sh
# As the official image: starts as root and runs Envoy as its own user.
set -e
if [ "${1#-}" != "$1" ]; then set -- envoy "$@"; fi
if [ "$(id -u)" = 0 ] && [ "${ENVOY_UID:-101}" != 0 ]; then
  chown envoy:envoy /dev/stdout /dev/stderr || true
  exec setpriv --reuid="${ENVOY_UID:-101}" --regid="${ENVOY_GID:-101}" --clear-groups -- "$@"
fi
exec "$@"
