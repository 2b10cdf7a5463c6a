"""XLSX only: number formats, dates, a frozen heading and full sheets."""

from datetime import UTC, datetime
from decimal import Decimal

from tests.support.spreadsheets import as_book
from wagtail_payments.services.exports import xlsx_file
from wagtail_payments.services.exports.cells import site_time
from wagtail_payments.services.exports.tables import Column, Kind, Table


def test_numbers_and_dates_have_their_own_types(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    moment = site_time()(datetime(2026, 7, 1, 12, 30, tzinfo=UTC))
    columns = [Column("Date", Kind.MOMENT, 20), *[Column(name, Kind.MONEY) for name in "ABC"]]
    amounts = (Decimal("12.50"), Decimal("-1250"), Decimal("1.250"))
    sheet = as_book(Table("x", columns, lambda: iter([(moment, *amounts)]), lambda: 1)).active
    date, *money = sheet[2]
    assert (date.value, date.is_date) == (datetime(2026, 7, 1, 14, 30), True)
    assert [cell.value for cell in money] == [12.5, -1250, 1.25]
    assert [cell.number_format for cell in money] == ["0.00", "0", "0.000"]
    assert all(cell.data_type == "n" for cell in money)
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["A"].width == 20


def test_full_sheet_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(xlsx_file, "SHEET_ROWS", 4)
    for count, sheets in (
        (0, [[]]),
        (3, [[0, 1, 2]]),
        (4, [[0, 1, 2], [3]]),
        (6, [[0, 1, 2], [3, 4, 5]]),
    ):
        table = Table(
            "x",
            [Column("Number", Kind.NUMBER)],
            lambda count=count: iter([(n,) for n in range(count)]),
            lambda count=count: count,
        )
        book = as_book(table)
        found = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
        assert found == [["Number", *numbers] for numbers in sheets]
