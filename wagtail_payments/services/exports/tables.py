"""The content of a file: columns, and rows that are read one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Row = Sequence[Any]


class Kind(StrEnum):
    """The type of a column: TEXT comes from users, WORDS from this package, and so on.

    MONEY is a Decimal with the currency's decimals, a MOMENT is in the site's time zone; each may be
    None. Only TEXT can contain a formula.
    """

    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``width`` is in characters."""

    heading: str
    kind: Kind = Kind.WORDS
    width: int = 14


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a file. Its headings are in the language that was active when it was created.

    ``name`` is the file name without its extension, and contains no data of a payer. ``count`` asks the
    database for the number of ``rows``; each call of ``rows`` reads them again, in batches.
    """

    name: str
    columns: Sequence[Column]
    rows: Callable[[], Iterator[Row]]
    count: Callable[[], int]

    @property
    def headings(self) -> list[str]:
        """The first line."""
        return [column.heading for column in self.columns]

    def places(self, kind: Kind) -> list[int]:
        """Return the positions of the columns of ``kind``."""
        return [place for place, column in enumerate(self.columns) if column.kind == kind]
