"""Registers the table of each kind of export, for the task that creates long files."""

from wagtail_payments.admin.payments.export import payments_export_table
from wagtail_payments.admin.revenue.accounting import accounting_export_table
from wagtail_payments.admin.revenue.payers import payers_export_table
from wagtail_payments.enums import ExportKind
from wagtail_payments.services.exports.registry import kind_register


def register_kinds() -> None:
    """Register the function that returns the table of each kind of export."""
    kind_register(ExportKind.PAYMENTS, payments_export_table)
    kind_register(ExportKind.ACCOUNTING, accounting_export_table)
    kind_register(ExportKind.PAYERS, payers_export_table)
