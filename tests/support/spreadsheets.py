"""Read exported CSV and XLSX files."""

import csv
import io
from typing import Any

import openpyxl

from wagtail_payments.services.exports.csv_file import csv_batches
from wagtail_payments.services.exports.tables import Table
from wagtail_payments.services.exports.xlsx_file import xlsx_write


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def csv_rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def xlsx_rows(content: bytes) -> list[dict[str, Any]]:
    heading, *rows = book(content).active.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def as_csv(table: Table) -> list[dict[str, str]]:
    return csv_rows(b"".join(csv_batches(table)))


def as_book(table: Table) -> openpyxl.Workbook:
    file = io.BytesIO()
    xlsx_write(table, file)
    return book(file.getvalue())


def as_xlsx(table: Table) -> list[dict[str, Any]]:
    file = io.BytesIO()
    xlsx_write(table, file)
    return xlsx_rows(file.getvalue())
