"""Inserts many rows into a table with the ORM's fields, but without its objects."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from wagtail_payments.models.fields import SearchKeyField

Row = dict[str, Any]

_PREPARED = (models.DecimalField, models.JSONField, models.UUIDField)


def rows_insert(model: type[models.Model], rows: list[Row]) -> None:
    """Insert ``rows``, which have the same columns; other columns get their defaults."""
    if not rows:
        return
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key or field.attname in rows[0]
    ]
    quote = connection.ops.quote_name
    _insert(
        quote(model._meta.db_table),
        ", ".join(quote(str(field.column)) for field in fields),
        list(zip(*(_values(field, rows) for field in fields), strict=True)),
    )


def next_pk(model: type[models.Model]) -> int:
    """Return the first free id; all ids after it are free, too."""
    highest = model._default_manager.aggregate(models.Max("pk"))["pk__max"]
    return int(highest or 0) + 1


def pks_settle(*tables: type[models.Model]) -> None:
    """Reset the sequences of the tables after explicit ids."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


@contextmanager
def indexes_later(model: type[models.Model]) -> Iterator[None]:
    """Build the indexes of ``model`` after the rows are written, which is much faster.

    If the process is killed before that, the next run builds the missing ones.
    """
    with connection.cursor() as cursor:
        names = set(connection.introspection.get_constraints(cursor, model._meta.db_table))
    _change_indexes("remove_index", model, lambda index: index.name in names)
    try:
        yield
    finally:
        _change_indexes("add_index", model, lambda index: True)


def _change_indexes(
    change: str, model: type[models.Model], wanted: Callable[[models.Index], bool]
) -> None:
    # The statements are only collected, because a schema editor refuses transactions on SQLite.
    editor = connection.schema_editor(collect_sql=True)
    editor.deferred_sql = []
    for index in filter(wanted, model._meta.indexes):
        getattr(editor, change)(model, index)
    if connection.in_atomic_block:
        # PostgreSQL does not alter a table with pending constraint checks.
        connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in editor.collected_sql:
            cursor.execute(statement)


def statistics_renew() -> None:
    """Update the statistics of the database's query planner."""
    with connection.cursor() as cursor:
        if connection.vendor in {"sqlite", "postgresql"}:
            cursor.execute("ANALYZE")


def _insert(table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if hasattr(cursor, "copy"):  # psycopg 3
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(rows[0]))
            insert = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
            cursor.executemany(insert, rows)


def _values(field: Any, rows: list[Row]) -> Iterable[Any]:
    """Return a column's values as the database accepts them."""
    if isinstance(field, SearchKeyField):
        key = lru_cache(len(rows))(field.key)
        return [key(row[field.source]) for row in rows]
    # Not django.db.connection, which looks up the thread's connection at each use.
    own = transaction.get_connection()
    prepare = partial(field.get_db_prep_save, connection=own)
    if field.attname not in rows[0]:
        return [prepare(field.get_default())] * len(rows)
    values = [row[field.attname] for row in rows]
    if isinstance(field, models.DateTimeField):
        return map(own.ops.adapt_datetimefield_value, values)
    if isinstance(field, _PREPARED):
        return map(prepare, values)
    return map(str, values) if field.choices else values
