"""The sales: payer, product, time and outcome."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from wagtail_payments.enums import PaymentStatus, ReviewReason

from .offers import Offer
from .seasons import moments


class Method(NamedTuple):
    """A payment method. ``days`` is the maximum delay of the money, 0 for none."""

    type: str
    brand: str = ""
    has_digits: bool = False
    days: int = 0


METHODS = {
    Method("card", "visa", has_digits=True): 38,
    Method("card", "mastercard", has_digits=True): 26,
    Method("card", "amex", has_digits=True): 4,
    Method("sepa_debit", has_digits=True, days=4): 14,
    Method("paypal"): 10,
    Method("bancontact"): 3,
    Method("eps"): 0.5,
    Method("bank_transfer", days=8): 4.5,
}
"""The weights of the methods."""

_METHODS, _METHOD_WEIGHTS = tuple(METHODS), tuple(accumulate(METHODS.values()))
_ENDS = {
    PaymentStatus.SUCCEEDED: 88,
    PaymentStatus.FAILED: 4,
    PaymentStatus.EXPIRED: 5.5,
    PaymentStatus.CANCELED: 2.5,
}
_STATUSES, _STATUS_WEIGHTS = tuple(_ENDS), tuple(accumulate(_ENDS.values()))
_DECLINES = ("insufficient_funds", "generic", "incorrect_cvc", "expired_card")
_EXPIRES = timedelta(minutes=30)
_DECLINED_FIRST = 0.03
_TO_REVIEW = 0.0001
_NEW_PAYER = 1 / 3


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale. ``payer`` is a person's number; ``finished`` is when it was paid or ended."""

    offer: Offer
    unit_amount: int
    quantity: int
    payer: int
    started: datetime
    finished: datetime
    status: PaymentStatus
    method: Method
    declined: str
    review: str

    @property
    def amount(self) -> int:
        """The total in minor units."""
        return self.unit_amount * self.quantity

    @property
    def paid(self) -> bool:
        """Whether the money has arrived."""
        return self.status == PaymentStatus.SUCCEEDED

    @property
    def expires(self) -> datetime:
        """When the checkout expires."""
        return self.started + (timedelta(days=self.method.days) or _EXPIRES)


def sales(
    offers: list[Offer], count: int, *, days: int, until: datetime, chance: Random
) -> Iterator[Sale]:
    """Yield ``count`` sales of the last ``days`` days, in the order of their start."""
    weights = list(accumulate(offer.weight for offer in offers))
    payers = 0
    for started in moments(count, days=days, until=until, chance=chance):
        offer = chance.choices(offers, cum_weights=weights)[0]
        new = not payers or chance.random() < _NEW_PAYER
        payer = payers if new else int(payers * chance.random())
        payers += new
        yield _sale(offer, payer, started, until, chance)


def _sale(offer: Offer, payer: int, started: datetime, until: datetime, chance: Random) -> Sale:
    status = chance.choices(_STATUSES, cum_weights=_STATUS_WEIGHTS)[0]
    method = chance.choices(_METHODS, cum_weights=_METHOD_WEIGHTS)[0]
    finished = started + _took(status, method, chance)
    if finished > until:
        status = PaymentStatus.PROCESSING if method.has_digits else PaymentStatus.PENDING
    trouble = status == PaymentStatus.FAILED or chance.random() < _DECLINED_FIRST
    flagged = status == PaymentStatus.SUCCEEDED and chance.random() < _TO_REVIEW
    several = offer.maximum_quantity > 1 and chance.random() < 0.25  # noqa: PLR2004
    return Sale(
        offer=offer,
        unit_amount=chance.choice(offer.amounts),
        quantity=chance.randint(2, offer.maximum_quantity) if several else 1,
        payer=payer,
        started=started,
        finished=finished,
        status=status,
        method=method,
        declined=chance.choice(_DECLINES) if trouble else "",
        review=ReviewReason.PAID_AFTER_RELEASE if flagged else "",
    )


def _took(status: PaymentStatus, method: Method, chance: Random) -> timedelta:
    if status == PaymentStatus.EXPIRED:
        return timedelta(days=method.days) or _EXPIRES
    if status == PaymentStatus.SUCCEEDED and method.days:
        return timedelta(seconds=int(86_400 * method.days * chance.uniform(0.2, 1)))
    return timedelta(seconds=int(chance.uniform(25, 240)))
