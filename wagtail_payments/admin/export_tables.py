"""Tells the task that makes files which screen knows what was asked for."""

from wagtail_payments.admin.payments.export import payments_asked
from wagtail_payments.admin.revenue.accounting import accounting_asked
from wagtail_payments.admin.revenue.payers import payers_asked
from wagtail_payments.enums import ExportKind
from wagtail_payments.services.exports.registry import kind_register


def register_kinds() -> None:
    """Register who makes the table of each kind of export."""
    kind_register(ExportKind.PAYMENTS, payments_asked)
    kind_register(ExportKind.ACCOUNTING, accounting_asked)
    kind_register(ExportKind.PAYERS, payers_asked)
