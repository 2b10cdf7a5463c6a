"""Outgoing calls: certificates are verified, and TLS older than 1.2 is refused."""

import http.server
import shutil
import ssl
import subprocess
import threading
import warnings

import pytest

from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.providers.stripe.client import ask, stripe_client
from wagtail_payments.providers.stripe.signatures import Secret
from wagtail_payments.providers.types import Level
from wagtail_payments.sandbox.http import http_post
from wagtail_payments.services.doctor.endpoint import endpoint_examine


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.seen.append(self.path)
        redirect = self.path.endswith("/moved/")
        self.send_response(301 if redirect else 403)
        if redirect:
            self.send_header("Location", f"{self.server.url}{self.path}")
        self.end_headers()
        self.wfile.write(b"Use https.")

    do_GET = do_POST

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = []
        self.url = f"https://127.0.0.1:{self.server_port}"
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request, client_address):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    files = (folder / "certificate.pem", folder / "key.pem")
    options = f"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -out {files[0]} -keyout {files[1]}"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 {options}"
    subprocess.run(command.split(), check=True, capture_output=True)
    return files


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Make every HTTP client trust the certificate."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr("stripe.ca_bundle_path", str(certificate[0]))


@pytest.fixture
def context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def server(context):
    server = Server(context)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def use_old_tls(context):
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        # The old version is deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1


def call_stripe(server):
    client = stripe_client(Secret("sk_test_tls"), server.url, interactive=True)
    ask(client.v1.refunds.list)


def assert_all_refuse(server):
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        call_stripe(server)
    with pytest.raises(ssl.SSLError):
        http_post(f"{server.url}/hook/", b"", {})
    finding = endpoint_examine(f"{server.url}/hook/")
    assert finding.level == Level.ERROR
    assert "no valid certificate, or only TLS older than 1.2" in finding.message
    assert server.seen == []


def test_untrusted_certificate_is_refused(server):
    assert_all_refuse(server)


def test_old_tls_is_refused(context, trusted, server):
    use_old_tls(context)
    assert_all_refuse(server)


def test_a_trusted_certificate_is_accepted(trusted, server):
    with pytest.raises(ProviderUnavailable, match="refuses our key"):
        call_stripe(server)
    assert http_post(f"{server.url}/hook/", b"", {}) == 403
    assert server.seen == ["/v1/refunds", "/hook/"]


@pytest.mark.parametrize("path", ["/hook/", "/moved/"])
def test_the_doctor_reports_a_proxy_that_is_not_trusted(trusted, server, path):
    finding = endpoint_examine(f"{server.url}{path}")
    assert finding.level == Level.ERROR
    assert "SECURE_PROXY_SSL_HEADER" in finding.cure
    assert server.seen == [path]
