"""Provider IDs are case-sensitive on every database, although MySQL and MariaDB ignore case."""

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


def make_event(reference, **fields):
    return WebhookEvent.objects.create(
        **{"provider": "sandbox", "mode": "test", "event_id": reference, "body": b"{}", **fields}
    )


def set_references(payments, name):
    for payment in payments:
        setattr(payment, name, payment.title)
        payment.save()


@pytest.mark.parametrize(("model", "name"), REFERENCES)
def test_reference_columns_compare_bytes(model, name):
    """The column sets its collation, regardless of the default of the database."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
    (column,) = (column for column in columns if column.name == name)
    assert column.collation == ("utf8mb4_bin" if connection.vendor == "mysql" else None)


@pytest.mark.parametrize("name", ["attempt_key", "checkout_reference", "payment_reference"])
def test_payment_ids_are_case_sensitive(payments, name):
    set_references(payments, name)
    for payment in payments:
        assert Payment.objects.get(**{name: payment.title}) == payment
        assert Payment.objects.get(**{f"{name}__in": [payment.title]}) == payment
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payments[0].pk).update(**{name: LOWER})
    assert reload(payments[0]).title == getattr(reload(payments[0]), name) == UPPER


def test_event_ids_are_case_sensitive():
    events = [make_event(reference) for reference in (UPPER, LOWER)]
    for event in events:
        assert WebhookEvent.objects.get(event_id=event.event_id) == event
    with pytest.raises(IntegrityError), transaction.atomic():
        make_event(UPPER)
    assert WebhookEvent.objects.count() == 2


def test_refund_and_dispute_ids_are_case_sensitive(payments):
    values = {"payment": payments[0], "provider": "sandbox", "mode": "test", "amount": 1}
    for model, extra in ((Refund, {}), (Dispute, {"currency": "EUR", "status": "lost"})):
        fields = {**values, **extra}
        for reference in (UPPER, LOWER):
            model.objects.create(reference=reference, **fields)
        assert model.objects.get(reference=LOWER).reference == LOWER
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(reference=UPPER, **fields)


def test_event_is_matched_to_its_payment(payments):
    set_references(payments, "payment_reference")
    for payment in payments:
        event = make_event(f"evt_{payment.pk}", payment_reference=payment.title)
        webhook_process(event_id=event.pk)
        event.refresh_from_db()
        assert (event.payment, event.last_error) == (payment, "")


def test_search_by_payment_id_is_case_sensitive(payments):
    set_references(payments, "payment_reference")
    Payment.objects.update(title="Star night")
    root = make_user("root", is_superuser=True)
    for payment, reference in zip(payments, (UPPER, LOWER), strict=True):
        assert payments_search(Payment.objects.all(), reference, root).get() == payment
