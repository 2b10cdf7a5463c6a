"""payments_doctor: each thing that can be wrong is found, with a cure, and goes away when it is mended."""

import socketserver
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import pytest
from django.contrib.auth.models import Group
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import Site

from tests.support.factories import make_product, make_site, make_user, start
from wagtail_payments.enums import DeliveryKind
from wagtail_payments.models import Delivery, Payment, PaymentSettings, WebhookEvent
from wagtail_payments.providers.registry import get_provider
from wagtail_payments.providers.types import Finding, Level
from wagtail_payments.sandbox.provider import SandboxProvider
from wagtail_payments.services.doctor import endpoint, site_examine
from wagtail_payments.services.doctor.email import email_examine
from wagtail_payments.services.doctor.providers import providers_examine
from wagtail_payments.services.doctor.queue import queue_examine
from wagtail_payments.tasks import queue_length

OFFLINE = {"CLASS": "wagtail_payments.providers.offline.OfflineProvider", "OPTIONS": {}}


class LiveCompany(SandboxProvider):
    """A company that moves real money, takes euros only and isn't quite content."""

    live = True

    def supports_currency(self, currency):
        return currency == "EUR"

    def examine(self, webhook_url):
        yield Finding(Level.WARNING, f"Nothing is sent to {webhook_url}.", "Add it.")


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def web(application):
    return running(make_server("127.0.0.1", 0, application, handler_class=Quiet))


def answering(status, text="", **headers):
    def application(environ, start_response):
        start_response(f"{status} X", [("Content-Type", "text/plain"), *headers.items()])
        return [text.encode()]

    return application


def web_at(port):
    Site.objects.filter(is_default_site=True).update(hostname="127.0.0.1", port=port)


@pytest.fixture
def site(db, settings):
    """A site under development with which nothing is wrong, and that answers over HTTP."""
    settings.DEBUG = True
    make_site(offline_instructions="Pay to our account.")
    with web(WSGIHandler()) as port:
        web_at(port)
        yield f"http://127.0.0.1:{port}"


def examined(level=None):
    found = list(site_examine(queue_length=queue_length))
    return [finding for finding in found if level in (None, finding.level)]


def told(level, words):
    """Return the only finding of this level with these words; it has a cure."""
    (finding,) = [each for each in examined(level) if words in each.message]
    assert finding.cure
    return finding


def doctor():
    out = StringIO()
    call_command("payments_doctor", stdout=out, no_color=True)
    return out.getvalue()


def providers(settings, **entries):
    conf = settings.WAGTAIL_PAYMENTS
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {**conf["PROVIDERS"], **entries}}


def company(settings, **options):
    """Have the live company in the settings."""
    entry = {
        "CLASS": "tests.services.test_doctor.LiveCompany",
        "OPTIONS": {"webhook_secrets": ["whsec_c"]},
    }
    providers(settings, company={**entry, **options})


def mail_by(settings, name, **options):
    backend = f"django.core.mail.backends.{name}.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = backend
    for option, value in options.items():
        setattr(settings, f"EMAIL_{option.upper()}", value)


def test_a_healthy_site_has_no_error_and_ends_well(site):
    call_command("payments_roles", stdout=StringIO())
    make_user("tia").groups.add(Group.objects.get(name="Payments treasurer"))
    said = doctor()
    assert {line.split()[0] for line in said.splitlines()} == {"ok", "warning"}
    assert [finding.message for finding in examined(Level.WARNING)] == [
        "Mail isn't sent: django.core.mail.backends.locmem keeps it."
    ]
    assert f"{site}/payments/webhooks/sandbox/ is reached" in said
    assert '"sandbox" is in test mode' in said
    assert '"sandbox" takes EUR, JPY, KWD, UGX.' in said


def test_an_error_ends_with_one_and_says_how_many(site, settings):
    settings.USE_TZ = False
    with pytest.raises(CommandError, match="1") as ended:
        doctor()
    assert ended.value.returncode == 1


def test_every_line_is_level_message_and_cure(site):
    for line, finding in zip(doctor().splitlines(), examined(), strict=True):
        assert line.startswith(finding.level)
        assert finding.message in line
        assert line.endswith(f" — {finding.cure}" if finding.cure else finding.message)


@pytest.mark.parametrize("wrong", [False, True])
def test_no_secret_is_printed(site, settings, wrong):
    secrets = ["whsec_first_secret", "whsec_second_secret"]
    providers(settings, sandbox={**settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]})
    company(settings, OPTIONS={"webhook_secrets": secrets, **({"nonsense": 1} if wrong else {})})
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("payments_doctor", stdout=out)
    said = out.getvalue()
    assert "company" in said
    assert not any(secret in said for secret in [*secrets, "whsec_tests", settings.SECRET_KEY])


def test_system_checks_are_among_the_findings(site, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert "ObjectPermissionBackend" in told(Level.ERROR, "E005").cure
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "guardian.backends.ObjectPermissionBackend",
    ]
    assert examined(Level.ERROR) == []


def test_a_provider_that_cannot_be_made_is_told_once(site, settings):
    company(settings, OPTIONS={"webhook_secrets": []})
    assert "secret" in told(Level.ERROR, "E004").message
    assert not any('"company" is in' in finding.message for finding in examined())


def test_times_without_a_zone(site, settings):
    settings.USE_TZ = False
    assert "USE_TZ" in told(Level.ERROR, "time zone").cure


def test_test_mode_where_visitors_are(site, settings):
    settings.DEBUG = False
    assert "live keys" in told(Level.WARNING, '"sandbox" is in test mode').cure
    settings.DEBUG = True
    assert not any("test mode" in finding.message for finding in examined(Level.WARNING))


def test_a_currency_that_the_provider_does_not_take(site, settings):
    company(settings)
    assert "CURRENCIES" in told(Level.WARNING, '"company" doesn\'t take JPY, KWD, UGX').cure
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDER": "company"}
    assert told(Level.ERROR, "doesn't take JPY, KWD, UGX")
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "CURRENCIES": ["EUR"]}
    assert not any("doesn't take" in finding.message for finding in examined())


def test_what_the_provider_says_itself(site, settings):
    company(settings)
    assert told(Level.WARNING, f"Nothing is sent to {site}/payments/webhooks/company/.")


def test_nobody_calls_for_a_provider_by_hand(site, settings):
    providers(settings, bank=OFFLINE)
    found = [finding for finding in examined() if "bank" in finding.message]
    assert any("by hand" in finding.message for finding in found)
    assert not any("webhooks/bank" in finding.message for finding in found)


@pytest.mark.parametrize(
    ("application", "words", "cure"),
    [
        (answering(200, "Welcome"), "answers 200", "log"),
        (answering(301, Location="https://127.0.0.1/"), "answers 301", "Sites"),
        (answering(400, "Bad Request"), "answers 400", "ALLOWED_HOSTS"),
        (answering(403), "answers 403", "firewall"),
        (answering(404), "answers 404", "urls"),
        (answering(503), "answers 503", "log"),
    ],
)
def test_an_endpoint_that_answers_something_else(site, application, words, cure):
    with web(application) as port:
        web_at(port)
        assert cure in told(Level.ERROR, words).cure


def test_a_host_that_django_does_not_know(site, settings):
    settings.ALLOWED_HOSTS = ["example.org"]
    settings.DEBUG = False
    assert told(Level.ERROR, "answers 400").cure == "Add the host to ALLOWED_HOSTS."


def test_a_site_whose_addresses_lack_ours(site, settings):
    settings.ROOT_URLCONF = "tests.sandbox.no_urls"
    assert "wagtail_payments.urls" in told(Level.ERROR, 'no address for "sandbox"').cure


def test_a_web_server_that_does_not_run(site):
    with web(answering(400)) as port:
        pass
    web_at(port)
    assert "Start the web server" in told(Level.ERROR, "cannot be reached").cure


def test_a_web_server_that_hangs(monkeypatch):
    assert endpoint.TIMEOUT == (3, 10)
    monkeypatch.setattr(endpoint, "TIMEOUT", (1, 0.1))

    def slow(environ, start_response):
        time.sleep(0.5)
        return answering(400)(environ, start_response)

    with web(slow) as port:
        finding = endpoint.endpoint_examine(f"http://127.0.0.1:{port}/")
    assert (finding.level, "in time" in finding.message) == (Level.ERROR, True)


def test_https_that_is_none():
    with web(answering(400, "signature")) as port:
        finding = endpoint.endpoint_examine(f"https://127.0.0.1:{port}/")
    assert (finding.level, "certificate" in finding.message) == (Level.ERROR, True)


def test_no_site_no_matter_where_it_is(site, settings):
    settings.WAGTAILADMIN_BASE_URL = site
    Site.objects.all().delete()
    assert any(f"{site}/payments/" in finding.message for finding in examined(Level.OK))


def test_a_queue_that_is_down():
    def down():
        raise ConnectionRefusedError("redis://:a-password@queue")

    finding = next(queue_examine(down))
    assert finding.level == Level.ERROR
    assert "ConnectionRefusedError" in finding.message
    assert "password" not in finding.message
    assert "HUEY" in finding.cure


@pytest.mark.parametrize("model", [Delivery, Payment, WebhookEvent])
def test_rows_that_nobody_takes_up(site, model):
    payment = start(make_product()).payment
    payment.deliveries.create(kind=DeliveryKind.RECEIPT_EMAIL, key="1")
    WebhookEvent.objects.create(provider="sandbox", mode="test", event_id="evt_1", body=b"{}")
    assert examined(Level.ERROR) == []
    field = "next_check_at" if model is Payment else "next_attempt_at"
    late = timezone.now() - timedelta(minutes=6)
    assert model.objects.update(**{field: late}) == 1
    finding = told(Level.ERROR, "No consumer seems to run: 1 ")
    assert "run_huey" in finding.cure
    model.objects.update(**{field: timezone.now()})
    assert examined(Level.ERROR) == []


@pytest.mark.parametrize("name", ["console", "dummy", "filebased", "locmem"])
def test_mail_that_is_kept(settings, name, tmp_path):
    mail_by(settings, name, **({"file_path": str(tmp_path)} if name == "filebased" else {}))
    connection, sender = email_examine()
    assert (connection.level, sender.level) == (Level.WARNING, Level.OK)
    assert name in connection.message
    assert "EMAIL_BACKEND" in connection.cure


class MailServer(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 good\r\n")


def test_a_mail_server_that_answers_and_one_that_does_not(settings):
    with running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer)) as port:
        mail_by(settings, "smtp", host="127.0.0.1", port=port)
        assert next(email_examine()).level == Level.OK
    finding = next(email_examine())
    assert finding.level == Level.ERROR
    assert "host" in finding.cure


def test_a_sender_that_is_nobody(settings):
    settings.DEFAULT_FROM_EMAIL = "webmaster@localhost"
    _, sender = email_examine()
    assert sender.level == Level.WARNING
    assert "DEFAULT_FROM_EMAIL" in sender.cure


def test_real_money_under_debug_and_without_https(site, settings):
    company(settings)
    assert told(Level.ERROR, "DEBUG is on")
    assert "443" in told(Level.ERROR, "without https").cure
    settings.DEBUG = False
    assert not any("DEBUG" in finding.message for finding in examined())


@pytest.mark.parametrize(
    "name", ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
)
def test_http_where_visitors_are(site, settings, name):
    settings.DEBUG = False
    assert name in {finding.cure.split()[1] for finding in examined(Level.WARNING) if finding.cure}
    setattr(settings, name, True)
    assert not any(name in finding.cure for finding in examined())


def test_a_proxy_that_redirects(site, settings):
    settings.DEBUG = False
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROXY_REDIRECTS_HTTPS": True}
    cures = " ".join(finding.cure for finding in examined(Level.WARNING))
    assert "SECURE_SSL_REDIRECT" not in cures
    assert "SESSION_COOKIE_SECURE" in cures


def test_a_site_with_https(site, settings):
    settings.DEBUG = False
    assert told(Level.WARNING, "without https")
    web_at(443)
    assert any("https://127.0.0.1." in finding.message for finding in examined(Level.OK))


@pytest.mark.django_db
def test_payers_outside_any_company_need_instructions(settings):
    def told():
        return [
            f.level for f in providers_examine([get_provider("offline")]) if "told" in f.message
        ]

    assert told() == [Level.WARNING]
    make_site(offline_instructions="Pay to our account.")
    assert told() == [Level.OK]


def test_a_site_without_a_seller_is_told_so(site):
    assert " name Sternwarte Łódź." in doctor()
    PaymentSettings.objects.update(seller_name="")
    assert " name no seller." in doctor()
