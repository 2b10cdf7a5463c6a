#!/bin/sh
# The tests again on PostgreSQL and Redis, which have to be up on this machine; $1 is the Python to use.
set -eu
python=$1

"$python" - <<'PY'
import sys
import psycopg
import redis

try:
    psycopg.connect("host=127.0.0.1 port=5432 user=postgres dbname=postgres", connect_timeout=5).close()
except psycopg.Error as error:
    sys.exit(f"PostgreSQL doesn't answer on 127.0.0.1:5432 as user postgres: {error}")
try:
    redis.Redis(socket_timeout=5).ping()
except redis.RedisError as error:
    sys.exit(f"Redis doesn't answer on 127.0.0.1:6379: {error}")
PY
# The example site brings its own SQLite, so there is nothing new to learn from it here.
WAGTAIL_PAYMENTS_TEST_DB=postgres WAGTAIL_PAYMENTS_TEST_HUEY=redis "$python" -m pytest -q --create-db --ignore=tests/example_site
