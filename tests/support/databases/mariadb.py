"""MariaDB on localhost; Django's backend is the same as for MySQL."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql

# Replaces mysqlclient, which has to be compiled.
pymysql.install_as_MySQLdb()

SERVER: dict[str, Any] = {"host": "127.0.0.1", "port": 3306, "user": "root"}
SETTINGS = {
    "ENGINE": "django.db.backends.mysql",
    "HOST": SERVER["host"],
    "PORT": SERVER["port"],
    "USER": SERVER["user"],
}


def name(base: str, folder: Path) -> str:
    return base


def create(database: str) -> None:
    with _server() as cursor:
        cursor.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")


def copy(source: str, target: str) -> None:
    create(target)
    with _server() as cursor:
        cursor.execute(f"USE {target}")
        cursor.execute("SET foreign_key_checks = 0")
        cursor.execute(f"SHOW TABLES FROM {source}")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SHOW CREATE TABLE {source}.{table}")
            cursor.execute(cursor.fetchone()[1])
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {source}.{table}")


def drop(database: str) -> None:
    with _server() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {database}")


@contextmanager
def _server() -> Iterator[Any]:
    with closing(pymysql.connect(**SERVER, autocommit=True)) as connection:
        yield connection.cursor()
