"""PostgreSQL on localhost."""

from pathlib import Path
from typing import Any

import psycopg

SERVER: dict[str, Any] = {"host": "127.0.0.1", "port": 5432, "user": "postgres"}
SETTINGS = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": SERVER["host"],
    "PORT": SERVER["port"],
    "USER": SERVER["user"],
}


def name(base: str, folder: Path) -> str:
    return base


def create(database: str) -> None:
    _execute(f"CREATE DATABASE {database}")


def copy(source: str, target: str) -> None:
    _execute(f"CREATE DATABASE {target} TEMPLATE {source}")


def drop(database: str) -> None:
    _execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def _execute(statement: str) -> None:
    with psycopg.connect(**SERVER, dbname="postgres", autocommit=True) as connection:
        connection.execute(statement)
