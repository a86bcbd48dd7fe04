#!/bin/bash
# Keeps the interface of supabase/postgres: the same environment, folders, order of scripts and roles.
set -Eeuo pipefail

if [ "${1:-}" != postgres ]; then exec "$@"; fi

custom=/etc/postgresql-custom
scripts=/docker-entrypoint-initdb.d

if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 0700 "$PGDATA"
  install -d -o postgres -g postgres -m 0755 /var/run/postgresql "$custom" "$custom/conf.d"
  exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" "$@"
fi

# Vault encrypts with this key. It lives in the configuration volume and not in the data, as in the official image.
if [ ! -s "$custom/pgsodium_root.key" ]; then
  (umask 077 && od -An -tx1 -N32 /dev/urandom | tr -d ' \n' > "$custom/pgsodium_root.key")
fi

run_scripts() {
  local role=$1 file
  for file in "$2"/*.sql; do
    [ -e "$file" ] || continue
    echo "lab postgres: $(basename "$file")"
    psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --quiet -U "$role" -d postgres -f "$file"
  done
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD is not set: it becomes the password of supabase_admin and postgres}"
  export PGPASSWORD="$POSTGRES_PASSWORD" PGHOST=/var/run/postgresql
  # A script that fails must fail again at the next start, instead of leaving half a cluster that looks ready.
  trap 'pg_ctl -D "$PGDATA" -m immediate stop || true; find "$PGDATA" -mindepth 1 -delete' ERR
  initdb --username=supabase_admin --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync --no-instructions
  # Nothing outside may take the half-made cluster for a ready one: it listens on its socket only. What is written is synced once, at the end.
  # Statements are not logged: some of them set passwords.
  pg_ctl -D "$PGDATA" -w -t 120 -o "${*:2} -c listen_addresses='' -c log_statement=none -c fsync=off -c full_page_writes=off" start
  psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U supabase_admin -d postgres <<'SQL'
\getenv password POSTGRES_PASSWORD
CREATE ROLE postgres SUPERUSER LOGIN PASSWORD :'password';
ALTER DATABASE postgres OWNER TO postgres;
SQL
  run_scripts postgres "$scripts/init-scripts"
  run_scripts supabase_admin "$scripts/migrations"
  psql --no-psqlrc --quiet -U supabase_admin -d postgres -c 'SELECT extensions.pg_stat_statements_reset(); SELECT pg_stat_reset();' > /dev/null
  pg_ctl -D "$PGDATA" -m fast -w stop
  sync -f "$PGDATA"
  echo "lab postgres: the cluster is made"
  trap - ERR
  unset PGHOST
fi

exec "$@"
