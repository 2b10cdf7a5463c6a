"""Rows of a provider's lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from .disputes import DisputeSnapshot
from .payments import PaymentSnapshot
from .refunds import RefundSnapshot

Said = TypeVar("Said", PaymentSnapshot, RefundSnapshot, DisputeSnapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[Said]):
    """One entry of a provider's books: what it says, and what finds the payment it belongs to.

    ``metadata`` is the payment's own, empty where the entry doesn't carry it. A listed payment's
    snapshot may leave out its refunds, disputes and decline: those have lists of their own.
    """

    snapshot: Said
    checkout_reference: str | None = None
    payment_reference: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPayment:
    """A payment that was made without this software, as it stands now.

    Its snapshot's ``checkout_reference`` is what :meth:`Provider.payment_retrieve` takes for it.
    ``metadata`` is the payment's own, by which one of ours is told from others. ``description`` may
    name the payer.
    """

    snapshot: PaymentSnapshot
    paid_at: datetime
    description: str = ""
    payer_name: str = ""
    payer_email: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
