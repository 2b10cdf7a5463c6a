"""Outgoing calls: nothing older than TLS 1.2, and no certificate that nobody vouches for."""

import http.client
import http.server
import shutil
import ssl
import subprocess
import threading
import warnings

import pytest
import requests

from wagtail_payments.providers.exceptions import ProviderUnavailable
from wagtail_payments.providers.stripe.client import ask, stripe_client
from wagtail_payments.providers.stripe.signatures import Secret
from wagtail_payments.providers.tls import modern_session
from wagtail_payments.providers.types import Level
from wagtail_payments.sandbox.http import http_post
from wagtail_payments.services.doctor.endpoint import endpoint_examine

VERSIONS = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2}


class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.seen.append(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), Answer)
        self.seen = []
        self.answer = (200, b'{"object": "list", "data": [], "has_more": false}')
        self.url = f"https://127.0.0.1:{self.server_port}"
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request, client_address):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl program to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    files = (folder / "certificate.pem", folder / "key.pem")
    told = f"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -out {files[0]} -keyout {files[1]}"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 {told}"
    subprocess.run(command.split(), check=True, capture_output=True)
    return files


@pytest.fixture(params=VERSIONS)
def server(request, certificate):
    """A server that speaks one version of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    only(context, VERSIONS[request.param])
    server = Server(context)
    server.old = request.param == "1.1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Let every client here trust the certificate, each in the way that it knows."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr("stripe.ca_bundle_path", str(certificate[0]))


def only(context, version):
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        # Old versions are deprecated; that is the point.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version


def require_spoken(server, certificate):
    """Skip where this machine's OpenSSL can't speak the version at all."""
    context = ssl.create_default_context(cafile=str(certificate[0]))
    only(context, VERSIONS["1.1"] if server.old else VERSIONS["1.2"])
    connection = http.client.HTTPSConnection("127.0.0.1", server.server_port, context=context)
    try:
        connection.request("GET", "/careless")
        connection.getresponse().read()
    except ssl.SSLError as error:
        pytest.skip(f"this machine's OpenSSL can't speak it: {error}")
    finally:
        connection.close()
    assert server.seen == ["/careless"]
    server.seen.clear()


def test_stripe(server, certificate, trusted):
    require_spoken(server, certificate)
    client = stripe_client(Secret("sk_test_tls"), server.url, interactive=True)
    if server.old:
        with pytest.raises(ProviderUnavailable):
            ask(client.v1.refunds.list)
        assert server.seen == []
    else:
        assert ask(client.v1.refunds.list).data == []
        assert server.seen == ["/v1/refunds"]


def test_a_session_says_why(server, certificate, trusted):
    require_spoken(server, certificate)
    with modern_session() as session:
        if server.old:
            with pytest.raises(requests.exceptions.SSLError, match=r"(?i)version|protocol|alert"):
                session.get(server.url)
        else:
            assert session.get(server.url).status_code == 200


def test_the_doctor(server, certificate, trusted):
    require_spoken(server, certificate)
    finding = endpoint_examine(f"{server.url}/hook/")
    assert finding.level == Level.ERROR
    assert ("older than 1.2" in finding.message) is server.old
    assert server.seen == ([] if server.old else ["/hook/"])


def test_the_doctor_tells_of_a_proxy_that_is_not_believed(server, trusted):
    server.answer = (403, b"Use https.")
    finding = endpoint_examine(f"{server.url}/hook/")
    assert ("SECURE_PROXY_SSL_HEADER" in finding.cure) is not server.old


def test_the_sandbox(server, certificate, trusted):
    require_spoken(server, certificate)
    if server.old:
        with pytest.raises(ssl.SSLError):
            http_post(f"{server.url}/hook/", b"", {})
        assert server.seen == []
    else:
        assert http_post(f"{server.url}/hook/", b"", {}) == 200


def test_a_certificate_that_nobody_vouches_for(server, certificate):
    """Nobody was told to trust it here."""
    client = stripe_client(Secret("sk_test_tls"), server.url, interactive=True)
    with pytest.raises(ProviderUnavailable):
        ask(client.v1.refunds.list)
    with modern_session() as session, pytest.raises(requests.exceptions.SSLError):
        session.get(server.url)
    with pytest.raises(ssl.SSLError):
        http_post(f"{server.url}/hook/", b"", {})
    assert server.seen == []


@pytest.mark.parametrize("through_proxy", [False, True])
def test_it_is_said_outright(through_proxy):
    """And not left to what this machine's libraries happen to refuse."""
    with modern_session() as session:
        adapter = session.get_adapter("https://api.stripe.com")
        proxy = "http://127.0.0.1:9"
        manager = adapter.proxy_manager_for(proxy) if through_proxy else adapter.poolmanager
        context = manager.connection_pool_kw["ssl_context"]
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
