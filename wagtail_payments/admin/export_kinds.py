"""Tells the task that makes files which screen knows what was asked for."""

from ..enums import ExportKind
from ..services.exports.kinds import kind_register
from .accounting import accounting_asked
from .exports import payments_asked
from .reports.payers import payers_asked


def register_kinds() -> None:
    """Register who makes the table of each kind of export."""
    kind_register(ExportKind.PAYMENTS, payments_asked)
    kind_register(ExportKind.ACCOUNTING, accounting_asked)
    kind_register(ExportKind.PAYERS, payers_asked)
