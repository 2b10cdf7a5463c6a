"""The webhook URL: it has to reach this site, and to refuse requests without a signature."""

from http import HTTPStatus

import requests

from wagtail_payments.conf import HTTPS_REFUSAL
from wagtail_payments.providers.types import Finding, Level

TIMEOUT = (3, 10)
"""Seconds to connect, and to wait for an answer."""

_CURES = {
    301: "Redirects aren't followed by providers: correct host and port in Settings → Sites.",
    302: "Redirects aren't followed by providers: exempt the address from whatever redirects it.",
    308: "Redirects aren't followed by providers: correct host and port in Settings → Sites.",
    400: "Add the host to ALLOWED_HOSTS.",
    401: "Let requests to this address through without a login.",
    403: "Let requests to this address through your firewall, login wall or bot protection.",
    404: "Include wagtail_payments.urls, and let your web server pass the address on to Django.",
    405: "Let POST requests to this address through.",
    429: "Take this address out of your rate limits.",
}
_OTHERWISE = "Look into the log of the web server and of Django."


def endpoint_examine(url: str) -> Finding:
    """Post an unsigned request to the webhook endpoint, and report how it is answered."""
    try:
        answer = requests.post(url, data=b"", timeout=TIMEOUT, allow_redirects=False)
        return _judged(url, answer)
    except requests.exceptions.SSLError:
        problem = "has no valid certificate, or only TLS older than 1.2"
        cure = "Renew it, send its whole chain, and let the web server speak TLS 1.2."
    except requests.Timeout:
        problem, cure = "doesn't answer in time", _OTHERWISE
    except requests.RequestException:
        problem, cure = (
            "can't be reached",
            "Start the web server, and correct host and port in Settings → Sites, or the DNS.",
        )
    return Finding(Level.ERROR, f"{url} {problem}.", cure)


def _judged(url: str, answer: requests.Response) -> Finding:
    """Return the finding. Only our message proves a 400: Django also sends it for unknown hosts."""
    status = answer.status_code
    if status == HTTPStatus.BAD_REQUEST and "signature" in answer.text:
        return Finding(Level.OK, f"{url} is reached, and refuses unsigned requests.")
    if _is_taken_for_http(url, answer):
        return Finding(
            Level.ERROR,
            f"{url} is treated as plain HTTP: webhooks do not arrive.",
            "Have the proxy send X-Forwarded-Proto, and set SECURE_PROXY_SSL_HEADER; see "
            "docs/how-to/https.md.",
        )
    return Finding(
        Level.ERROR, f"{url} answers {status} instead of 400.", _CURES.get(status, _OTHERWISE)
    )


def _is_taken_for_http(url: str, answer: requests.Response) -> bool:
    """Tell whether Django treats https as plain HTTP: it is refused, or redirected to itself."""
    refused = answer.status_code == HTTPStatus.FORBIDDEN and answer.text == HTTPS_REFUSAL
    return url.startswith("https://") and (refused or answer.headers.get("Location") == url)
