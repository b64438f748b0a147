#!/usr/bin/env bash
# Runs a command against a PostgreSQL server that lives in a temporary folder, listens on no
# network port, and is gone afterwards: tests/with_postgres.sh pytest
set -euo pipefail

bin=""
for candidate in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
  if [ -x "$candidate/initdb" ]; then bin=$candidate; fi
done
if [ -z "$bin" ]; then
  echo "PostgreSQL's server programs were not found. Install them: apt install postgresql" >&2
  exit 1
fi

folder=$(mktemp -d /tmp/imrtracker-pg.XXXXXX)
# PostgreSQL refuses to run as root, so root lends the folder to somebody else.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
  owner=$(id -un postgres 2>/dev/null || echo nobody)
  chown "$owner" "$folder"
  as_owner=(runuser -u "$owner" --)
fi
stop() {
  (cd "$folder" && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop) || true
  rm -rf "$folder"
}
trap stop EXIT

(
  cd "$folder"
  "${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U imrtracker -A trust -E UTF8 --no-sync \
    >"$folder/initdb.log"
  # The data is thrown away, so nothing needs to reach the disk.
  "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -s -w start -o \
    "-k '$folder' -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
)
chmod 755 "$folder"

DATABASE_URL="postgres://imrtracker@/$folder/postgres" "$@"
