"""Many rows into one table, past the ORM's objects, but through its fields."""

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
    """Insert ``rows``, which name the same columns by attribute; the others get their defaults."""
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
    """Return the first id that is free, as all behind it are."""
    highest = model._default_manager.aggregate(models.Max("pk"))["pk__max"]
    return int(highest or 0) + 1


def pks_settle(*tables: type[models.Model]) -> None:
    """Have the database count on behind the ids that were given, where it counts by itself."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


@contextmanager
def indexes_later(model: type[models.Model]) -> Iterator[None]:
    """Build the indexes of ``model`` after what is written meanwhile: all at once is much quicker.

    Should this process be killed before, the next run builds what is missing.
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
    # Its statements are only collected: as a context manager it refuses a transaction on SQLite.
    editor = connection.schema_editor(collect_sql=True)
    editor.deferred_sql = []
    for index in filter(wanted, model._meta.indexes):
        getattr(editor, change)(model, index)
    if connection.in_atomic_block:
        # PostgreSQL changes no table about whose rows it still has something to check.
        connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in editor.collected_sql:
            cursor.execute(statement)


def statistics_renew() -> None:
    """Tell the database's planner how much there is now of what."""
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
    """Return a column as the database takes it."""
    if isinstance(field, SearchKeyField):
        key = lru_cache(len(rows))(field.key)
        return [key(row[field.source]) for row in rows]
    # Not django.db.connection: it looks for the thread's own one at every use.
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
