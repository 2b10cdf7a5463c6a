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
    """One entry of a provider's list, with the keys that find its payment.

    ``metadata`` is the payment's, empty if the entry lacks it. A listed payment's snapshot may leave out
    refunds, disputes and decline, which have lists of their own.
    """

    snapshot: Said
    checkout_reference: str | None = None
    payment_reference: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPayment:
    """The current state of a payment that was made without this package.

    :meth:`Provider.payment_retrieve` accepts the snapshot's ``checkout_reference``. ``metadata`` is the
    payment's, and distinguishes ours from others. ``description`` may name the payer.
    """

    snapshot: PaymentSnapshot
    paid_at: datetime
    description: str = ""
    payer_name: str = ""
    payer_email: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
