"""A provider's ids differ by case, on every database: MySQL and MariaDB would take them for the same."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.support.factories import make_product, make_user, reload, start
from wagtail_payments.models import Dispute, Payment, Refund, WebhookEvent
from wagtail_payments.models.fields import ReferenceField
from wagtail_payments.selectors.payments.search.query import payments_search
from wagtail_payments.services.webhooks.inbox import webhook_process

UPPER, LOWER = "pi_3Mtw0AbC", "pi_3Mtw0aBc"
REFERENCES = [
    (model, field.name)
    for model in (Payment, Refund, Dispute, WebhookEvent)
    for field in model._meta.concrete_fields
    if isinstance(field, ReferenceField)
]

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def payments():
    return [start(make_product(name=name)).payment for name in (UPPER, LOWER)]


def event_of(reference, **facts):
    return WebhookEvent.objects.create(
        **{"provider": "sandbox", "mode": "test", "event_id": reference, "body": b"{}", **facts}
    )


def refer(payments, name):
    for payment in payments:
        setattr(payment, name, payment.title)
        payment.save()


@pytest.mark.parametrize(("model", "name"), REFERENCES)
def test_every_column_with_an_id_compares_bytes(model, name):
    """The database says so itself, whatever its own collation is."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
    (column,) = (column for column in columns if column.name == name)
    assert column.collation == ("utf8mb4_bin" if connection.vendor == "mysql" else None)


@pytest.mark.parametrize("name", ["attempt_key", "checkout_reference", "payment_reference"])
def test_payments_whose_ids_differ_by_case_are_two(payments, name):
    refer(payments, name)
    for payment in payments:
        assert Payment.objects.get(**{name: payment.title}) == payment
        assert Payment.objects.get(**{f"{name}__in": [payment.title]}) == payment
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payments[0].pk).update(**{name: LOWER})
    assert reload(payments[0]).title == getattr(reload(payments[0]), name) == UPPER


def test_events_whose_ids_differ_by_case_are_two():
    events = [event_of(reference) for reference in (UPPER, LOWER)]
    for event in events:
        assert WebhookEvent.objects.get(event_id=event.event_id) == event
    with pytest.raises(IntegrityError), transaction.atomic():
        event_of(UPPER)
    assert WebhookEvent.objects.count() == 2


def test_refunds_and_disputes_whose_ids_differ_by_case_are_two(payments):
    for model, facts in ((Refund, {}), (Dispute, {"currency": "EUR", "status": "lost"})):
        both = {"payment": payments[0], "provider": "sandbox", "mode": "test", "amount": 1, **facts}
        for reference in (UPPER, LOWER):
            model.objects.create(reference=reference, **both)
        assert model.objects.get(reference=LOWER).reference == LOWER
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(reference=UPPER, **both)


def test_an_event_reaches_the_payment_that_it_names(payments):
    refer(payments, "payment_reference")
    for payment in payments:
        event = event_of(f"evt_{payment.pk}", payment_reference=payment.title)
        webhook_process(event_id=event.pk)
        event.refresh_from_db()
        assert (event.payment, event.last_error) == (payment, "")


def test_staff_find_the_payment_whose_id_they_paste(payments):
    refer(payments, "payment_reference")
    Payment.objects.update(title="Star night")
    root = make_user("root", is_superuser=True)
    for payment, reference in zip(payments, (UPPER, LOWER), strict=True):
        assert payments_search(Payment.objects.all(), reference, root).get() == payment
