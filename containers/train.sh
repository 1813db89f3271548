#!/usr/bin/env bash
# Runs inside of the image's build: a PostgreSQL, and a server on it that is watched while it serves.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
data=/training/data
install -d -o postgres "$data"
as_postgres() { (cd / && setpriv --reuid postgres --regid postgres --clear-groups "$@"); }
as_postgres "$bin/initdb" -D "$data" -A trust -U postgres -E UTF8 >/dev/null
as_postgres "$bin/pg_ctl" -D "$data" -l "$data/log" -w \
  -o "-c listen_addresses=127.0.0.1 -c unix_socket_directories=$data -c fsync=off" start >/dev/null
trap 'as_postgres "$bin/pg_ctl" -D "$data" -m fast -w stop >/dev/null' EXIT
/opt/runtime/bin/java -cp /training Training
