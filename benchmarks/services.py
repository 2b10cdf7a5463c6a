"""Checks the services that most benchmarks need."""

import os

import psycopg
import redis


def missing() -> str:
    """Return which services don't respond, or an empty string."""
    port = os.environ.get("PGPORT", "5432")
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9")
    absent = []
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres").close()
    except psycopg.Error:
        absent.append(f"PostgreSQL doesn't respond on 127.0.0.1:{port} as user postgres")
    try:
        redis.Redis.from_url(url, socket_timeout=5).ping()
    except redis.RedisError:
        absent.append(f"Redis doesn't respond at {url}")
    return ", ".join(absent)
