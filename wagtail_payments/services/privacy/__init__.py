"""What is kept about one payer: found, handed out, erased. Amounts, numbers and taxes stay.

What is written about a payment later is written without a payer: no answer of a provider brings one back.
"""

from .counts import ErasureCounts, erasure_counts
from .erasing import payers_erase
from .finding import FoundPayer, LeftOut, payer_find
from .handing_out import payer_export
from .later import erased_payloads_remove
from .retention import retention_apply, retention_find

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
