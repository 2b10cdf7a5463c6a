"""What a file is made of: columns, and rows that come one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Row = Sequence[Any]


class Kind(StrEnum):
    """What stands in a column: TEXT that others wrote, WORDS that we did, and so on.

    MONEY is a Decimal with the currency's decimals, a MOMENT is in the site's time zone; each may be
    None. Only TEXT can hold a formula.
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
    """What a file holds. Its headings are in the language that was active when it was made.

    ``name`` is the file's, without what follows the dot, and says nothing of any payer. ``count`` asks
    the database how many ``rows`` there will be; each call of ``rows`` reads them anew, a piece at a time.
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
        """Return where the columns of ``kind`` are."""
        return [place for place, column in enumerate(self.columns) if column.kind == kind]
