"""Finds, exports and erases the data of one payer. Amounts, numbers and taxes stay.

Later changes of an erased payment are stored without the payer, whatever the provider answers.
"""

from .counts import ErasureCounts, erasure_counts
from .erasure import erased_payloads_remove, payers_erase
from .export import payer_export
from .retention import retention_apply, retention_find
from .search import FoundPayer, LeftOut, payer_find

__all__ = [
    "ErasureCounts",
    "FoundPayer",
    "LeftOut",
    "erased_payloads_remove",
    "erasure_counts",
    "payer_export",
    "payer_find",
    "payers_erase",
    "retention_apply",
    "retention_find",
]
