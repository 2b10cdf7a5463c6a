#!/bin/sh
# Runs the tests on PostgreSQL and MariaDB, with Redis as the queue; $1 is the Python to use.
# Further arguments, such as -m db, are passed to pytest.
set -eu
python=$1
shift

"$python" - <<'PY'
import sys
import psycopg
import pymysql
import redis

try:
    psycopg.connect("host=127.0.0.1 port=5432 user=postgres dbname=postgres", connect_timeout=5).close()
except psycopg.Error as error:
    sys.exit(f"PostgreSQL doesn't respond on 127.0.0.1:5432 as user postgres: {error}")
try:
    pymysql.connect(host="127.0.0.1", port=3306, user="root", connect_timeout=5).close()
except pymysql.Error as error:
    sys.exit(f"MariaDB doesn't respond on 127.0.0.1:3306 as user root without a password: {error}")
try:
    redis.Redis(socket_timeout=5).ping()
except redis.RedisError as error:
    sys.exit(f"Redis doesn't respond on 127.0.0.1:6379: {error}")
PY
for database in postgres mariadb; do
    echo "Running the tests on $database and Redis …"
    # The example site always uses SQLite, so its tests would not differ.
    WAGTAIL_PAYMENTS_TEST_DB=$database WAGTAIL_PAYMENTS_TEST_HUEY=redis \
        "$python" -m pytest -q --ignore=tests/example_site "$@"
done
