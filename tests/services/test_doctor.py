"""payments_doctor reports each problem with a fix, and stops reporting it once it is fixed."""

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


class LiveProvider(SandboxProvider):
    """A provider in live mode that accepts only euros and reports a warning."""

    live = True

    def supports_currency(self, currency):
        return currency == "EUR"

    def examine(self, webhook_url):
        yield Finding(Level.WARNING, f"Nothing is sent to {webhook_url}.", "Add it.")


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Log nothing."""


@contextmanager
def running_server(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def web_server(application):
    return running_server(make_server("127.0.0.1", 0, application, handler_class=QuietHandler))


def respond_with(status, text="", **headers):
    def application(environ, start_response):
        start_response(f"{status} X", [("Content-Type", "text/plain"), *headers.items()])
        return [text.encode()]

    return application


def set_site_port(port):
    Site.objects.filter(is_default_site=True).update(hostname="127.0.0.1", port=port)


@pytest.fixture
def site(db, settings):
    """A development site without problems, served over HTTP."""
    settings.DEBUG = True
    make_site(offline_instructions="Pay to our account.")
    with web_server(WSGIHandler()) as port:
        set_site_port(port)
        yield f"http://127.0.0.1:{port}"


def findings(level=None):
    found = list(site_examine(queue_length=queue_length))
    return [finding for finding in found if level in (None, finding.level)]


def get_finding(level, text):
    """Return the only finding of this level whose message contains the text; it has a cure."""
    (finding,) = [finding for finding in findings(level) if text in finding.message]
    assert finding.cure
    return finding


def run_doctor():
    out = StringIO()
    call_command("payments_doctor", stdout=out, no_color=True)
    return out.getvalue()


def add_providers(settings, **entries):
    conf = settings.WAGTAIL_PAYMENTS
    settings.WAGTAIL_PAYMENTS = {**conf, "PROVIDERS": {**conf["PROVIDERS"], **entries}}


def add_live_provider(settings, **options):
    entry = {
        "CLASS": "tests.services.test_doctor.LiveProvider",
        "OPTIONS": {"webhook_secrets": ["whsec_c"]},
    }
    add_providers(settings, company={**entry, **options})


def use_email_backend(settings, name, **options):
    backend = f"django.core.mail.backends.{name}.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        return
    settings.EMAIL_BACKEND = backend
    for option, value in options.items():
        setattr(settings, f"EMAIL_{option.upper()}", value)


def test_healthy_site_has_no_errors(site):
    call_command("payments_roles", stdout=StringIO())
    make_user("tia").groups.add(Group.objects.get(name="Payments treasurer"))
    output = run_doctor()
    assert {line.split()[0] for line in output.splitlines()} == {"ok", "warning"}
    assert [finding.message for finding in findings(Level.WARNING)] == [
        "Emails are not sent: django.core.mail.backends.locmem keeps them."
    ]
    assert f"{site}/payments/webhooks/sandbox/ is reached" in output
    assert '"sandbox" is in test mode' in output
    assert '"sandbox" accepts EUR, JPY, KWD, UGX.' in output


def test_errors_are_counted_and_set_the_exit_code(site, settings):
    settings.USE_TZ = False
    with pytest.raises(CommandError, match="1") as error:
        run_doctor()
    assert error.value.returncode == 1


def test_each_line_has_level_message_and_cure(site):
    for line, finding in zip(run_doctor().splitlines(), findings(), strict=True):
        assert line.startswith(finding.level)
        assert finding.message in line
        assert line.endswith(f" — {finding.cure}" if finding.cure else finding.message)


@pytest.mark.parametrize("invalid", [False, True])
def test_no_secret_is_printed(site, settings, invalid):
    secrets = ["whsec_first_secret", "whsec_second_secret"]
    add_providers(settings, sandbox={**settings.WAGTAIL_PAYMENTS["PROVIDERS"]["sandbox"]})
    add_live_provider(
        settings, OPTIONS={"webhook_secrets": secrets, **({"nonsense": 1} if invalid else {})}
    )
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("payments_doctor", stdout=out)
    output = out.getvalue()
    assert "company" in output
    assert not any(secret in output for secret in [*secrets, "whsec_tests", settings.SECRET_KEY])


def test_system_checks_are_included(site, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert "ObjectPermissionBackend" in get_finding(Level.ERROR, "E005").cure
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "guardian.backends.ObjectPermissionBackend",
    ]
    assert findings(Level.ERROR) == []


def test_misconfigured_provider_is_reported_once(site, settings):
    add_live_provider(settings, OPTIONS={"webhook_secrets": []})
    assert "secret" in get_finding(Level.ERROR, "E004").message
    assert not any('"company" is in' in finding.message for finding in findings())


def test_use_tz_is_required(site, settings):
    settings.USE_TZ = False
    assert "USE_TZ" in get_finding(Level.ERROR, "time zone").cure


def test_test_mode_in_production(site, settings):
    settings.DEBUG = False
    assert "live keys" in get_finding(Level.WARNING, '"sandbox" is in test mode').cure
    settings.DEBUG = True
    assert not any("test mode" in finding.message for finding in findings(Level.WARNING))


def test_currency_not_accepted_by_the_provider(site, settings):
    add_live_provider(settings)
    assert (
        "CURRENCIES" in get_finding(Level.WARNING, '"company" does not accept JPY, KWD, UGX').cure
    )
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROVIDER": "company"}
    assert get_finding(Level.ERROR, "does not accept JPY, KWD, UGX")
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "CURRENCIES": ["EUR"]}
    assert not any("does not accept" in finding.message for finding in findings())


def test_findings_of_the_provider_are_included(site, settings):
    add_live_provider(settings)
    assert get_finding(Level.WARNING, f"Nothing is sent to {site}/payments/webhooks/company/.")


def test_offline_provider_has_no_webhooks(site, settings):
    add_providers(settings, bank=OFFLINE)
    found = [finding for finding in findings() if "bank" in finding.message]
    assert any("by hand" in finding.message for finding in found)
    assert not any("webhooks/bank" in finding.message for finding in found)


@pytest.mark.parametrize(
    ("application", "message", "cure"),
    [
        (respond_with(200, "Welcome"), "answers 200", "log"),
        (respond_with(301, Location="https://127.0.0.1/"), "answers 301", "Sites"),
        (respond_with(400, "Bad Request"), "answers 400", "ALLOWED_HOSTS"),
        (respond_with(403), "answers 403", "firewall"),
        (respond_with(404), "answers 404", "urls"),
        (respond_with(503), "answers 503", "log"),
    ],
)
def test_unexpected_endpoint_response(site, application, message, cure):
    with web_server(application) as port:
        set_site_port(port)
        assert cure in get_finding(Level.ERROR, message).cure


def test_host_missing_in_allowed_hosts(site, settings):
    settings.ALLOWED_HOSTS = ["example.org"]
    settings.DEBUG = False
    assert get_finding(Level.ERROR, "answers 400").cure == "Add the host to ALLOWED_HOSTS."


def test_missing_urls(site, settings):
    settings.ROOT_URLCONF = "tests.sandbox.no_urls"
    assert "wagtail_payments.urls" in get_finding(Level.ERROR, 'no webhook URL for "sandbox"').cure


def test_web_server_not_running(site):
    with web_server(respond_with(400)) as port:
        pass
    set_site_port(port)
    assert "Start the web server" in get_finding(Level.ERROR, "cannot be reached").cure


def test_web_server_timeout(monkeypatch):
    assert endpoint.TIMEOUT == (3, 10)
    monkeypatch.setattr(endpoint, "TIMEOUT", (1, 0.1))

    def slow(environ, start_response):
        time.sleep(0.5)
        return respond_with(400)(environ, start_response)

    with web_server(slow) as port:
        finding = endpoint.endpoint_examine(f"http://127.0.0.1:{port}/")
    assert (finding.level, "in time" in finding.message) == (Level.ERROR, True)


def test_https_url_of_an_http_server():
    with web_server(respond_with(400, "signature")) as port:
        finding = endpoint.endpoint_examine(f"https://127.0.0.1:{port}/")
    assert (finding.level, "certificate" in finding.message) == (Level.ERROR, True)


def test_admin_base_url_is_used_without_a_site(site, settings):
    settings.WAGTAILADMIN_BASE_URL = site
    Site.objects.all().delete()
    assert any(f"{site}/payments/" in finding.message for finding in findings(Level.OK))


def test_queue_unavailable():
    def unavailable():
        raise ConnectionRefusedError("redis://:a-password@queue")

    finding = next(queue_examine(unavailable))
    assert finding.level == Level.ERROR
    assert "ConnectionRefusedError" in finding.message
    assert "password" not in finding.message
    assert "HUEY" in finding.cure


@pytest.mark.parametrize("model", [Delivery, Payment, WebhookEvent])
def test_rows_not_processed(site, model):
    payment = start(make_product()).payment
    payment.deliveries.create(kind=DeliveryKind.RECEIPT_EMAIL, key="1")
    WebhookEvent.objects.create(provider="sandbox", mode="test", event_id="evt_1", body=b"{}")
    assert findings(Level.ERROR) == []
    field = "next_check_at" if model is Payment else "next_attempt_at"
    late = timezone.now() - timedelta(minutes=6)
    assert model.objects.update(**{field: late}) == 1
    finding = get_finding(Level.ERROR, "No consumer seems to be running: 1 ")
    assert "run_huey" in finding.cure
    model.objects.update(**{field: timezone.now()})
    assert findings(Level.ERROR) == []


@pytest.mark.parametrize("name", ["console", "dummy", "filebased", "locmem"])
def test_email_backends_that_do_not_send(settings, name, tmp_path):
    use_email_backend(
        settings, name, **({"file_path": str(tmp_path)} if name == "filebased" else {})
    )
    connection, sender = email_examine()
    assert (connection.level, sender.level) == (Level.WARNING, Level.OK)
    assert name in connection.message
    assert "EMAIL_BACKEND" in connection.cure


class MailServer(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            self.wfile.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 good\r\n")


def test_mail_server_connection(settings):
    with running_server(socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer)) as port:
        use_email_backend(settings, "smtp", host="127.0.0.1", port=port)
        assert next(email_examine()).level == Level.OK
    finding = next(email_examine())
    assert finding.level == Level.ERROR
    assert "host" in finding.cure


def test_default_sender_address(settings):
    settings.DEFAULT_FROM_EMAIL = "webmaster@localhost"
    _, sender = email_examine()
    assert sender.level == Level.WARNING
    assert "DEFAULT_FROM_EMAIL" in sender.cure


def test_live_mode_with_debug_and_without_https(site, settings):
    add_live_provider(settings)
    assert get_finding(Level.ERROR, "DEBUG is on")
    assert "443" in get_finding(Level.ERROR, "does not use https").cure
    settings.DEBUG = False
    assert not any("DEBUG" in finding.message for finding in findings())


@pytest.mark.parametrize(
    "name", ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
)
def test_https_settings_in_production(site, settings, name):
    settings.DEBUG = False
    assert name in {finding.cure.split()[1] for finding in findings(Level.WARNING) if finding.cure}
    setattr(settings, name, True)
    assert not any(name in finding.cure for finding in findings())


def test_proxy_that_redirects_to_https(site, settings):
    settings.DEBUG = False
    settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "PROXY_REDIRECTS_HTTPS": True}
    cures = " ".join(finding.cure for finding in findings(Level.WARNING))
    assert "SECURE_SSL_REDIRECT" not in cures
    assert "SESSION_COOKIE_SECURE" in cures


def test_site_with_https(site, settings):
    settings.DEBUG = False
    assert get_finding(Level.WARNING, "does not use https")
    set_site_port(443)
    assert any(
        "The site uses https://127.0.0.1." in finding.message for finding in findings(Level.OK)
    )


@pytest.mark.django_db
def test_offline_provider_needs_instructions(settings):
    def levels():
        return [
            finding.level
            for finding in providers_examine([get_provider("offline")])
            if "instructions" in finding.message
        ]

    assert levels() == [Level.WARNING]
    make_site(offline_instructions="Pay to our account.")
    assert levels() == [Level.OK]


def test_missing_seller_is_reported(site):
    assert " name Sternwarte Łódź." in run_doctor()
    PaymentSettings.objects.update(seller_name="")
    assert " do not name a seller." in run_doctor()
