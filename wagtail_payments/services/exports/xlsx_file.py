"""XLSX: real dates and numbers, written row by row."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .cells import harmless
from .tables import Column, Kind, Row, Table

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SHEET_ROWS = 1_048_576
"""The maximum number of rows per sheet: Microsoft, "Excel specifications and limits"."""

_MOMENT = "yyyy-mm-dd hh:mm:ss"
_MONEY = {decimals: f"0.{'0' * decimals}" if decimals else "0" for decimals in range(5)}


def xlsx_write(table: Table, file: IO[bytes]) -> None:
    """Write ``table`` to ``file``, on as many sheets as needed."""
    book = Workbook(write_only=True)
    rows = iter(table.rows())
    first = next(rows, None)
    _sheet(book, table, () if first is None else chain([first], rows))
    while (first := next(rows, None)) is not None:
        _sheet(book, table, chain([first], rows))
    book.save(file)


def _sheet(book: Workbook, table: Table, rows: Iterable[Row]) -> None:
    """Write the rows of one sheet below its headings, which are frozen."""
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.append([_heading(sheet, text) for text in table.headings])
    write = [_writer(sheet, column) for column in table.columns]
    for row in islice(rows, SHEET_ROWS - 1):
        sheet.append([item(value) for item, value in zip(write, row, strict=True)])


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, harmless(text))
    cell.font = Font(bold=True)
    return cell


def _writer(sheet: Any, column: Column) -> Callable[[Any], Any]:
    """Return a function that puts a value into the column's only cell, which is written at once."""
    if column.kind == Kind.TEXT:
        return lambda text: harmless(text) if text else None
    if column.kind == Kind.MOMENT:
        return _moment_writer(WriteOnlyCell(sheet))
    if column.kind == Kind.MONEY:
        return _money_writer([_styled(sheet, style) for style in _MONEY.values()])
    return str if column.kind == Kind.WORDS else lambda number: number


def _styled(sheet: Any, number_format: str) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.number_format = number_format
    return cell


def _moment_writer(cell: Any) -> Callable[[Any], Any]:
    def write(moment: Any) -> Any:
        if moment is None:
            return None
        # Sheets have no time zones, so the heading names it.
        cell.value = moment.replace(tzinfo=None)
        cell.number_format = _MOMENT
        return cell

    return write


def _money_writer(cells: Sequence[Any]) -> Callable[[Any], Any]:
    def write(amount: Decimal | None) -> Any:
        if amount is None:
            return None
        cell = cells[-int(amount.as_tuple().exponent)]
        cell.value = amount
        return cell

    return write
