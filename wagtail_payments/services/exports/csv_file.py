"""CSV, one line at a time, so that a million rows need no more memory than ten."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from .cells import harmless
from .tables import Kind, Row, Table

CONTENT_TYPE = "text/csv; charset=utf-8"

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""The byte order mark, without which Excel does not read UTF-8."""

_LINES = 500


def csv_batches(table: Table) -> Iterator[bytes]:
    """Yield the file, a few hundred lines at a time; the headings come first."""
    yield _BOM.encode() + _lines([[harmless(heading) for heading in table.headings]])
    lines = _cells(table)
    while batch := _lines(islice(lines, _LINES)):
        yield batch


def _cells(table: Table) -> Iterator[Row]:
    texts, moments = table.places(Kind.TEXT), table.places(Kind.MOMENT)
    for row in table.rows():
        cells = list(row)
        for place in texts:
            if cells[place]:
                cells[place] = harmless(cells[place])
        for place in moments:
            if cells[place]:
                cells[place] = cells[place].isoformat(" ")
        yield cells


def _lines(rows: Iterator[Row] | list[list[str]]) -> bytes:
    batch = StringIO(newline="")
    csv.writer(batch).writerows(rows)
    return batch.getvalue().encode()
