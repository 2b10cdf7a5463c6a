"""A year of believable sales: who bought what, when, and how it went."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from wagtail_payments.enums import PaymentStatus

LAST_WORKSHOP = UUID("5f1c1f0e-6f0d-4c6b-9a51-0c8c7f1d2a10")
"""Made the keys of last winter's prices, which are gone: this winter's stock isn't touched by them."""

DONATIONS_A_DAY = (0.5, 0.5, 0.8, 0.6, 0.3, 0.25, 0.2, 0.3, 0.5, 0.8, 1.1, 1.9)
BOXES_A_DAY = (0, 0, 0, 0, 0, 0, 0, 0.6, 1.4, 2.2, 1.1, 0)
PLACES_A_DAY = (0.9, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.4)
GIVEN = (500, 1000, 1000, 1500, 2000, 2500, 2500, 2500, 3000, 5000, 6000, 6000, 12_000, 25_000)
HOURS = (7, 8, 9, 10, 11, 12, 12, 13, 15, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22)
FIRST_NAMES = (
    "Anke", "Björn", "Carla", "Dimitri", "Eleni", "Fatma", "Gregor", "Hanna", "Ines", "Jörg", "Kasia",
    "Lutz", "Marta", "Nikos", "Olga", "Pavel", "Rosa", "Søren", "Tilda", "Uwe", "Vera", "Yusuf", "Zofia",
)  # fmt: skip
LAST_NAMES = (
    "Albrecht", "Brandt", "Czerny", "Dąbrowski", "Eriksen", "Fischer", "García", "Hansen", "Iwanow",
    "Jansen", "Kowalski", "Lorenz", "Müller", "Nowak", "Öztürk", "Petersen", "Quandt", "Richter",
    "Schröder", "Thomsen", "Vogel", "Wójcik", "Yıldız", "Zimmermann",
)  # fmt: skip
CARDS = (("visa", "4242"), ("visa", "4242"), ("mastercard", "4444"), ("amex", "0005"))
DECLINES = ("insufficient_funds", "generic", "incorrect_cvc", "expired_card")


@dataclass(frozen=True)
class Sale:
    """One sale. ``price`` is the price's name, ``old`` tells that it is no longer sold."""

    product: str
    price: str
    unit_amount: int
    quantity: int
    started: datetime
    seconds: int
    status: PaymentStatus
    declined: str
    buyer: str
    card: tuple[str, str]
    old: bool = False

    @property
    def finished(self) -> datetime:
        """When it was paid, or over."""
        return self.started + timedelta(seconds=self.seconds)

    @property
    def old_price_key(self) -> UUID:
        """The key of the price that is gone."""
        return uuid5(LAST_WORKSHOP, self.price)


def year_of_sales(until: datetime) -> list[Sale]:
    """Return a year's sales before ``until``, oldest first; the same for the same day."""
    chance = random.Random(until.date().isoformat())
    sales = [sale for back in range(365, 0, -1) for sale in _day(chance, until, back)]
    return sorted(sales, key=lambda sale: sale.finished)


def _day(chance: random.Random, until: datetime, back: int) -> Iterator[Sale]:
    day = until - timedelta(days=back)
    month, weekend = day.month - 1, 1.3 if day.weekday() > 4 else 0.9
    for _ in range(_times(chance, DONATIONS_A_DAY[month] * weekend)):
        yield _sale(chance, day, "Plant a tree", "", chance.choice(GIVEN))
    for _ in range(_times(chance, BOXES_A_DAY[month])):
        yield _sale(chance, day, "Harvest box", "12 kg", 2450, chance.choice((1, 1, 1, 2)))
    for _ in range(_times(chance, PLACES_A_DAY[month] if back > 60 else 0)):
        yield _place(chance, day, old=True)
    if back in (3, 5, 8, 14):
        yield _place(chance, day, old=False)


def _place(chance: random.Random, day: datetime, *, old: bool) -> Sale:
    price, amount = chance.choice((("Adult", 4800), ("Adult", 4800), ("Under 25", 2800)))
    if old:
        amount -= 300
    return _sale(chance, day, "Grafting workshop", price, amount, chance.choice((1, 1, 2)), old=old)


def _sale(
    chance: random.Random,
    day: datetime,
    product: str,
    price: str,
    unit_amount: int,
    quantity: int = 1,
    *,
    old: bool = False,
) -> Sale:
    status = chance.choices(
        (
            PaymentStatus.SUCCEEDED,
            PaymentStatus.FAILED,
            PaymentStatus.EXPIRED,
            PaymentStatus.CANCELED,
        ),
        (88, 4, 6, 2),
    )[0]
    trouble = status == PaymentStatus.FAILED or chance.random() < 0.04
    return Sale(
        product=product,
        price=price,
        unit_amount=unit_amount,
        quantity=quantity,
        started=day.replace(
            hour=chance.choice(HOURS), minute=chance.randrange(60), second=chance.randrange(60)
        ),
        seconds=1800 if status == PaymentStatus.EXPIRED else chance.randint(25, 240),
        status=status,
        declined=chance.choice(DECLINES) if trouble else "",
        buyer=f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}",
        card=chance.choice(CARDS),
        old=old,
    )


def _times(chance: random.Random, average: float) -> int:
    """Return how often something happens that happens ``average`` times on average."""
    times, left = 0, chance.expovariate(1) if average else average
    while average and left < average:
        times, left = times + 1, left + chance.expovariate(1)
    return times
