"""A column whose own index SQLite leaves alone, as it would read and sort all that it finds by it."""

from typing import Any

from django.db.models import Func


class Unindexed(Func):
    """The column itself; SQLite gets the sign that keeps it from using the column's index.

    See https://www.sqlite.org/optoverview.html, "Disqualifying WHERE-Clause Terms Using Unary +".
    """

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Put the sign before it that SQLite knows."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)
