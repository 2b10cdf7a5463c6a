"""The command ``payments_privacy``."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.management.test_commands import run
from tests.services.test_privacy import EMAIL, NAME, paid, payer
from tests.support.factories import make_site, make_user, reload, start
from wagtail_payments.models import Payment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site():
    return make_site()


def test_erase_is_a_dry_run_by_default():
    payment = paid()
    start(payment.product, payer=payer())
    output = run("payments_privacy", "erase", "--email", EMAIL)
    assert "skipped: " in output
    assert (
        "payments 1, receipts 1, credit notes 0, payloads 1, exports deleted 0, skipped 1."
        in output
    )
    assert "Nothing was changed." in output
    assert reload(payment).payer_name == NAME
    run("payments_privacy", "erase", "--email", EMAIL, "--yes")
    assert reload(payment).payer_name == ""


def test_export_is_json():
    paid()
    output = json.loads(run("payments_privacy", "export", "--email", EMAIL))
    assert output["payments"][0]["payer_email"] == EMAIL


def test_erase_by_username():
    user = make_user("wilma")
    payment = paid()
    Payment.objects.filter(pk=payment.pk).update(payer=user)
    assert "payments 1," in run("payments_privacy", "erase", "--user", "wilma")
    with pytest.raises(CommandError, match="does not exist"):
        call_command("payments_privacy", "erase", "--user", "nobody")


def test_retention_is_a_dry_run_by_default(settings):
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PAYER_RETENTION_DAYS": 10}
    payment = paid()
    Payment.objects.filter(pk=payment.pk).update(paid_at=timezone.now() - timedelta(days=11))
    output = run("payments_privacy", "retention")
    assert output.startswith("To erase: 1")
    assert reload(payment).payer_name == NAME
    assert "Erased: 1." in run("payments_privacy", "retention", "--apply")
    assert reload(payment).payer_name == ""
