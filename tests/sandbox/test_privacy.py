"""Card numbers and security codes are not stored, logged or shown again."""

import logging
import re

import django
import pytest
from django.apps import apps
from django.db import DatabaseError, connection
from django.views.debug import ExceptionReporter

from tests.support.sandbox import (
    CHALLENGED,
    DECLINED,
    GOOD,
    REAL_LOOKING,
    card_data,
    make_session,
    url_of,
)
from wagtail_payments.providers.types import CheckoutUI
from wagtail_payments.sandbox.views.guards import session_view

pytestmark = [pytest.mark.db, pytest.mark.django_db]

CODE = "8317"
# As a separate number: random ids, tokens and timestamps may contain any four digits.
SEPARATE_CODE = re.compile(r"(?<![\w-])8317(?![\w-])")


def everything_stored() -> str:
    models = apps.get_app_config("wagtail_payments_sandbox").get_models()
    return repr([list(model.objects.values()) for model in models])


@pytest.mark.parametrize("ui", ["hosted", "inline"])
@pytest.mark.parametrize("number", [GOOD, DECLINED, CHALLENGED, REAL_LOOKING])
@pytest.mark.parametrize("expiry", ["12/34", "wrong"])
def test_card_number_is_not_stored_logged_or_shown(client, caplog, number, ui, expiry):
    caplog.set_level(logging.DEBUG)
    session = make_session(ui=ui)
    response = client.post(url_of(session), card_data(number, expiry=expiry, cvc=CODE))
    spaced = " ".join(number[start : start + 4] for start in range(0, 16, 4))
    traces = "".join(
        [everything_stored(), caplog.text, response.content.decode(), str(response.headers)]
    )
    # The page lists test card numbers with spaces.
    without_help = traces.replace(spaced, "")
    assert number not in without_help
    assert not SEPARATE_CODE.search(without_help)
    assert number not in str(response.request["PATH_INFO"])


def test_last_digits_of_an_unknown_card_are_not_stored(client):
    session = make_session()
    client.post(url_of(session), card_data("4111 1111 1111 1234"))
    assert session.attempts.get().last4 == ""
    assert re.search(r"(?<![0-9a-f])1234(?![0-9a-f])", everything_stored()) is None


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("ui", ["hosted", "inline"])
def test_error_pages_hide_form_data(client, settings, caplog, mailoutbox, debug, ui):
    settings.DEBUG = debug
    ada = "ada@example.org"
    settings.ADMINS = [ada] if django.VERSION >= (6, 0) else [("Ada", ada)]
    client.raise_request_exception = False
    url = url_of(make_session(ui=ui))

    def broken(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise DatabaseError("The disk is full.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        response = client.post(url, card_data(REAL_LOOKING, cvc=CODE))
    assert response.status_code == 500
    emails = "".join(str(email.message()) for email in mailoutbox)
    seen = response.content.decode() + caplog.text + emails
    assert REAL_LOOKING not in seen
    assert not SEPARATE_CODE.search(seen)
    assert ("The disk is full." in response.content.decode()) is debug


@pytest.mark.parametrize("debug", [True, False])
def test_error_pages_hide_local_variables(rf, settings, debug):
    settings.DEBUG = debug

    @session_view(CheckoutUI.HOSTED)
    def broken(request, session):
        number = request.POST["number"]
        raise RuntimeError(f"Length: {len(number)}")

    request = rf.post("/", card_data(REAL_LOOKING))
    with pytest.raises(RuntimeError) as raised:
        broken(request, make_session().secret)
    page = ExceptionReporter(request, *raised._excinfo).get_traceback_html()
    assert "Length: 16" in page
    assert REAL_LOOKING not in page
