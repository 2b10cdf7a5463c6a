"""Text never becomes a formula, and all text can be written and read again."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.spreadsheets import as_csv, as_xlsx
from wagtail_payments.services.exports.cells import date_heading, harmless, site_time
from wagtail_payments.services.exports.tables import Column, Kind, Table

HOSTILE = (
    '=HYPERLINK("http://evil.example/","x")',
    "<script>alert(1)</script>",
    "שלום עולם",
    "\u202egnp.exe",
    "👩‍👩‍👧 Ćwikła",
    "x" * 255,
    "\u200b=1+1",
    "＝1+1",
    " \t＋1",
    "\ufeff@SUM(A1)",
    "\r=1",
    'He said "no"\nand left',
    "a,b;c\td",
    "\x00\x07=1",
    "-2+3",
    "\u00a0\u00ad=1",
    "\ufffe\x1b=1",
)


def table_of(texts):
    columns = [Column("Number", Kind.NUMBER), Column("Text", Kind.TEXT)]
    return Table("x", columns, lambda: iter(list(enumerate(texts))), lambda: len(texts))


def starts_like_a_formula(text):
    seen = "".join(char for char in text if unicodedata.category(char)[0] not in "CMZ")
    return unicodedata.normalize("NFKC", seen[:1])[:1] in tuple("=+-@")


@given(st.text(max_size=40))
@example("=1")
@example("\u200b\u200d＝1")
def test_text_is_made_harmless(text):
    safe = harmless(text)
    assert not starts_like_a_formula(safe)
    assert not safe.startswith(("\t", "\r", "\n"))
    assert harmless(safe) == safe
    safe.encode()
    kept = [char for char in text if char.isprintable()]
    assert [char for char in safe.removeprefix("'") if char.isprintable()] in (kept, kept[1:])


@pytest.mark.parametrize("text", ["Zoë", "O'Hara", "12 Monkeys", "", "Łódź, Hügel 1", "(x)", "'="])
def test_harmless_text_is_unchanged(text):
    assert harmless(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless_and_readable(text):
    for read in (as_csv, as_xlsx):
        (row,) = read(table_of([text]))
        written = row["Text"]
        # XML normalizes line endings.
        assert written.replace("\r", "\n") == harmless(text).replace("\r", "\n")
        assert not starts_like_a_formula(written)


def test_empty_cells_and_numbers():
    kinds = (Kind.NUMBER, Kind.TEXT, Kind.MONEY, Kind.MOMENT)
    rows = [(1, None, None, None), (2, "", None, None)]
    table = Table("x", [Column(kind, kind) for kind in kinds], lambda: iter(rows), lambda: 2)
    assert [list(row.values()) for row in as_csv(table)] == [["1", "", "", ""], ["2", "", "", ""]]
    assert [list(row.values()) for row in as_xlsx(table)] == [
        [1, None, None, None],
        [2, None, None, None],
    ]


def test_table_without_rows():
    assert as_csv(table_of([])) == as_xlsx(table_of([])) == []


@pytest.mark.parametrize(
    ("zone", "moment", "written"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 59, 59), "2026-03-29 01:59:59+01:00"),
        ("Europe/Berlin", datetime(2026, 3, 29, 1, 0, 0), "2026-03-29 03:00:00+02:00"),
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30), "2026-10-25 02:30:00+02:00"),
        ("Europe/Berlin", datetime(2026, 10, 25, 1, 30), "2026-10-25 02:30:00+01:00"),
        ("Pacific/Auckland", datetime(2025, 12, 31, 11, 0), "2026-01-01 00:00:00+13:00"),
        ("Pacific/Honolulu", datetime(2026, 1, 1, 9, 59), "2025-12-31 23:59:00-10:00"),
    ],
)
def test_dates_are_in_the_site_time_zone(settings, zone, moment, written):
    settings.TIME_ZONE = zone
    assert site_time()(moment.replace(tzinfo=UTC, microsecond=5)).isoformat(" ") == written
    assert zone in date_heading()
