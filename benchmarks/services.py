"""Which of the services that the benchmarks like to have are there."""

SERVICES = {"PostgreSQL": 5432, "Redis": 6379}


def missing() -> str:
    """Say which service doesn't answer; nothing when all do."""
    import psycopg
    import redis

    absent = []
    try:
        psycopg.connect("host=127.0.0.1 port=5432 user=postgres dbname=postgres").close()
    except psycopg.Error:
        absent.append("PostgreSQL doesn't answer on 127.0.0.1:5432 as user postgres")
    try:
        redis.Redis(socket_timeout=5).ping()
    except redis.RedisError:
        absent.append("Redis doesn't answer on 127.0.0.1:6379")
    return " and ".join(absent)
