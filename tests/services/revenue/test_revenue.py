"""Daily revenue matches the payments, refunds and disputes, in every time zone."""

from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.resilience.sizes import EXAMPLES
from tests.support.company import pay
from tests.support.factories import make_dispute, make_product, make_site, reload, start
from wagtail_payments.enums import (
    CLOSED_STATUSES,
    DisputeStatus,
    EventSource,
    Mode,
    PaymentStatus,
    RefundStatus,
)
from wagtail_payments.models import (
    DailyRevenue,
    Dispute,
    Payment,
    Refund,
    RefundMovement,
    RevenueState,
    StaleDay,
)
from wagtail_payments.selectors.payments.totals import payments_totals
from wagtail_payments.services.payments.apply import payment_apply
from wagtail_payments.services.revenue import payment_mark_stale, revenue_check, revenue_refresh

pytestmark = [pytest.mark.db, pytest.mark.django_db]

PRODUCTS = (UUID(int=1), UUID(int=2))
ZONES = ("UTC", "Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin", "America/Havana")

MOMENTS = st.one_of(
    st.datetimes(datetime(2023, 12, 29), datetime(2024, 3, 3)),
    # New Year, leap day, and where clocks change in Havana (at midnight), Berlin and Auckland.
    st.sampled_from(
        [
            datetime(2023, 12, 31, 10, 59, 59, 999999),
            datetime(2023, 12, 31, 11),
            datetime(2024, 1, 1, 9, 59, 59),
            datetime(2024, 1, 1, 10),
            datetime(2024, 2, 29, 12),
            datetime(2024, 3, 10, 5),
            datetime(2024, 3, 31, 0, 30),
            datetime(2024, 4, 6, 14, 30),
            datetime(2024, 11, 3, 4, 30),
            datetime(2024, 11, 3, 5, 30),
        ]
    ),
).map(lambda moment: moment.replace(tzinfo=UTC))


def make_payment(moment: datetime, **fields: Any) -> Payment:
    paid = fields.pop("paid", True)
    amount = fields.pop("amount", 1250)
    values = {
        "attempt_key": str(uuid4()),
        "status": PaymentStatus.SUCCEEDED if paid else PaymentStatus.EXPIRED,
        "product_key": PRODUCTS[0],
        "price_key": uuid4(),
        "title": "Star night",
        "unit_amount": amount,
        "amount": amount,
        "captured_amount": amount if paid else 0,
        "currency": "EUR",
        "provider": "sandbox",
        "mode": Mode.TEST,
        "ui": "inline",
        "created_at": moment,
        "expires_at": moment + timedelta(hours=1),
        "paid_at": moment if paid else None,
        **fields,
    }
    return Payment.objects.create(**values)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return payments with their refunds and disputes."""
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "moment": MOMENTS,
                    "paid": st.booleans(),
                    "amount": st.integers(1, 10_000),
                    "currency": st.sampled_from(["EUR", "JPY"]),
                    "mode": st.sampled_from(list(Mode)),
                    "product_key": st.sampled_from(PRODUCTS),
                    "page_id": st.sampled_from([None, 7]),
                    "method_type": st.sampled_from(["card", "sepa_debit"]),
                    "fee": st.one_of(st.none(), st.integers(0, 50)),
                    "fee_currency": st.sampled_from(["", "USD"]),
                    # The movements of each refund, sent and returned in turn.
                    "refunds": st.lists(
                        st.lists(st.tuples(st.integers(1, 100), MOMENTS), max_size=4), max_size=2
                    ),
                    "disputes": st.lists(
                        st.tuples(
                            st.integers(1, 100),
                            st.sampled_from(["", "EUR", "USD"]),
                            MOMENTS,
                            st.sampled_from(list(DisputeStatus)),
                        ),
                        max_size=1,
                    ),
                }
            ),
            max_size=6,
        )
    )


def create_payments(history: list[dict[str, Any]]) -> None:
    for item in history:
        refunds, disputes = item["refunds"], item["disputes"]
        fields = {k: v for k, v in item.items() if k not in ("refunds", "disputes", "moment")}
        payment = make_payment(item["moment"], **fields)
        for moves in refunds if item["paid"] else ():
            make_refund(payment, moves)
        for amount, currency, created_at, status in disputes if item["paid"] else ():
            make_dispute(
                payment,
                status,
                amount=amount,
                currency=currency,
                created_at=created_at,
                closed_at=created_at + timedelta(days=3) if status in CLOSED_STATUSES else None,
            )
        payment_mark_stale(payment)


def make_refund(payment: Payment, moves: list[tuple[int, datetime]], **fields: Any) -> Refund:
    """Make a refund with these movements, sent and returned in turn."""
    values = {
        "provider": "sandbox",
        "mode": payment.mode,
        "amount": moves[-1][0] if moves else 1,
        "status": RefundStatus.SUCCEEDED if len(moves) % 2 else RefundStatus.FAILED,
    }
    refund = Refund.objects.create(payment=payment, **{**values, **fields})
    for turn, (amount, moment) in enumerate(moves, 1):
        signed = amount if turn % 2 else -amount
        refund.movements.create(turn=turn, amount=signed, moved_at=moment)
    return refund


def raw_sums(zone: tzinfo) -> Counter[Any]:
    """Calculate the same sums in Python, one payment at a time."""
    sums: Counter[Any] = Counter()

    def add(moment: datetime | None, payment: Payment, currency: str, **values: int) -> None:
        if moment is None:
            return
        key = (
            moment.astimezone(zone).date(),
            payment.mode,
            currency,
            payment.product_key,
            payment.page_id or 0,
            payment.method_type,
        )
        for name, value in values.items():
            sums[key, name] += value

    for payment in Payment.objects.all():
        paid = int(payment.is_paid)
        add(payment.created_at, payment, payment.currency, started=1, ended=1, succeeded=paid)
        if paid:
            values = {"payments": 1, "gross": payment.captured_amount, "tax": payment.tax_amount}
            add(payment.paid_at, payment, payment.currency, **values)
            fee_currency = payment.fee_currency or payment.currency
            add(payment.paid_at, payment, fee_currency, fees=payment.fee or 0)
        for refund in payment.refunds.all():
            for movement in refund.movements.all():
                values = {"refunds": int(movement.turn == 1), "refunded": movement.amount}
                add(movement.moved_at, payment, payment.currency, **values)
        for dispute in payment.disputes.all():
            currency = dispute.currency or payment.currency
            add(dispute.created_at, payment, currency, disputed=dispute.amount)
            if dispute.status in ("won", "closed"):
                add(dispute.closed_at, payment, currency, disputed=-dispute.amount)
    return Counter({key: value for key, value in sums.items() if value})


FIGURES = (
    *("started", "ended", "succeeded", "payments", "gross", "tax", "fees"),
    *("refunds", "refunded", "disputed"),
)


def stored_sums() -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for row in DailyRevenue.objects.all():
        key = (row.day, row.mode, row.currency, row.product_key, row.page_id, row.method_type)
        for name in FIGURES:
            if value := getattr(row, name):
                sums[key, name] += value
    return sums


@given(history=histories(), zone=st.sampled_from(ZONES))
@hypothesis_settings(max_examples=EXAMPLES, deadline=None)
def test_sums_match_the_payments(history: list[dict[str, Any]], zone: str) -> None:
    for model in (RefundMovement, Refund, Dispute, Payment, DailyRevenue, StaleDay, RevenueState):
        model.objects.all().delete()
    with override_settings(TIME_ZONE=zone):
        RevenueState.objects.create(pk=1, time_zone=zone)
        create_payments(history)
        assert revenue_refresh() == 0
        assert stored_sums() == raw_sums(ZoneInfo(zone))
        assert not StaleDay.objects.exists()
        assert sums_in_reports() == sums_in_list()


def sums_in_reports() -> set[tuple[Any, ...]]:
    names = ("gross", "disputed")
    rows = DailyRevenue.objects.order_by().values_list("mode", "currency")
    return {row for row in rows.annotate(*map(Sum, names)) if any(row[2:])}


def sums_in_list() -> set[tuple[Any, ...]]:
    """Return the same sums from the totals of the payments list."""
    lines = payments_totals(Payment.objects.all())
    rows = ((line.mode, line.currency, line.gross, line.disputed) for line in lines)
    return {row for row in rows if any(row[2:])}


def test_sums_of_payments_made_by_services() -> None:
    make_site()
    started = start(make_product())
    assert revenue_refresh() == 0
    row = DailyRevenue.objects.get()
    assert (row.started, row.succeeded, row.gross) == (1, 0, 0)
    paid(started.payment)
    assert StaleDay.objects.exists()
    revenue_refresh()
    row = DailyRevenue.objects.get(gross__gt=0)
    assert (row.payments, row.gross, row.title) == (1, 1250, "Star night")
    assert stored_sums() == raw_sums(timezone.get_default_timezone())


def paid(payment: Payment) -> None:
    pay(reload(payment))
    payment_apply(payment_id=payment.pk, source=EventSource.PROVIDER)


def test_changed_time_zone_recalculates_all_days() -> None:
    # 23:30 in Berlin on New Year's Eve is next year in Auckland.
    make_payment(datetime(2023, 12, 31, 22, 30, tzinfo=UTC))
    with override_settings(TIME_ZONE="Europe/Berlin"):
        revenue_refresh()
        assert [str(row.day) for row in DailyRevenue.objects.all()] == ["2023-12-31"]
    with override_settings(TIME_ZONE="Pacific/Auckland"):
        revenue_refresh()
        assert [str(row.day) for row in DailyRevenue.objects.all()] == ["2024-01-01"]


def test_limited_number_of_days_per_refresh() -> None:
    for number in range(5):
        payment = make_payment(timezone.now() - timedelta(days=number))
        payment_mark_stale(payment)
    assert revenue_refresh(most=2) == 3
    assert DailyRevenue.objects.count() == 2
    assert revenue_refresh() == 0
    assert DailyRevenue.objects.count() == 5


def test_nightly_check_fixes_days_that_were_not_marked() -> None:
    make_payment(timezone.now() - timedelta(days=3))
    revenue_refresh()
    assert revenue_check() == {"days": 1, "repaired": 0}
    DailyRevenue.objects.update(gross=1)
    make_payment(timezone.now() - timedelta(days=2))
    assert revenue_check()["repaired"] == 2
    assert stored_sums() == raw_sums(timezone.get_default_timezone())
    DailyRevenue.objects.all().delete()
    assert revenue_check()["repaired"] == 2
    assert stored_sums() == raw_sums(timezone.get_default_timezone())


def test_day_marked_during_the_refresh_stays_marked() -> None:
    """A payment that is committed during the refresh marks its day again."""
    revenue_refresh()
    payment_mark_stale(make_payment(timezone.now()))
    added = []

    def pay_during_refresh(execute: Any, sql: str, *args: Any) -> Any:
        if "DELETE" in sql and "dailyrevenue" in sql and not added:
            added.append(make_payment(timezone.now()))
            payment_mark_stale(added[0])
        return execute(sql, *args)

    with connection.execute_wrapper(pay_during_refresh):
        revenue_refresh(most=1)
    assert added
    assert StaleDay.objects.count() == 1
    revenue_refresh()
    assert stored_sums() == raw_sums(timezone.get_default_timezone())


def test_refresh_without_stale_days_needs_two_queries(django_assert_num_queries: Any) -> None:
    revenue_refresh()
    with django_assert_num_queries(2):
        assert revenue_refresh() == 0
