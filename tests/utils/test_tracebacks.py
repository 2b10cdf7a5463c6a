"""Stored error texts contain no personal data."""

import pytest
from django.db import DatabaseError, transaction

from tests.services.reconciliation.test_reconciliation import paid
from tests.support.factories import make_site
from wagtail_payments.utils.tracebacks import error_text


def fail(error):
    raise error


def stored_text(error):
    try:
        fail(error)
    except Exception:
        return error_text()


def test_the_row_quoted_by_postgresql_is_removed():
    row = "Failing row contains (7, zoe@example.org,\nsecond line)."
    text = stored_text(DatabaseError(f'violates check constraint "x"\nDETAIL:  {row}\n'))
    assert 'violates check constraint "x"' in text
    assert "zoe@example.org" not in text
    assert "second line" not in text


@pytest.mark.django_db
def test_a_refused_row_is_not_in_the_text():
    make_site()
    payment = paid()
    payment.quantity = -1
    try:
        with transaction.atomic():
            payment.save()
    except DatabaseError:
        text = error_text()
    assert payment.payer_email == "zoe@example.org"
    assert "Traceback" in text
    assert "zoe@example.org" not in text


def test_other_errors_are_unchanged():
    assert stored_text(ValueError("quite wrong")).endswith("ValueError: quite wrong\n")
