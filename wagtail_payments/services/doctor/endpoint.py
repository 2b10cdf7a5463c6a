"""The webhook URL: it has to reach this site, and to refuse requests without a signature."""

from http import HTTPStatus

import requests

from wagtail_payments.conf import HTTPS_REFUSAL
from wagtail_payments.providers.types import Finding, Level

TIMEOUT = (3, 10)
"""Seconds to connect, and to wait for an answer."""

_CURES = {
    301: "Providers do not follow redirects: correct host and port in Settings → Sites.",
    302: "Providers do not follow redirects: exempt this URL from the redirect.",
    308: "Providers do not follow redirects: correct host and port in Settings → Sites.",
    400: "Add the host to ALLOWED_HOSTS.",
    401: "Allow requests to this URL without a login.",
    403: "Allow requests to this URL in your firewall, login wall or bot protection.",
    404: "Include wagtail_payments.urls, and make your web server pass the URL to Django.",
    405: "Allow POST requests to this URL.",
    429: "Exempt this URL from your rate limits.",
}
_OTHERWISE = "Check the logs of the web server and of Django."


def endpoint_examine(url: str) -> Finding:
    """Post an unsigned request to the webhook endpoint, and report how it is answered."""
    try:
        answer = requests.post(url, data=b"", timeout=TIMEOUT, allow_redirects=False)
        return _judged(url, answer)
    except requests.exceptions.SSLError:
        problem = "has no valid certificate, or only TLS older than 1.2"
        cure = "Renew it, send the complete chain, and enable TLS 1.2 in the web server."
    except requests.Timeout:
        problem, cure = "does not answer in time", _OTHERWISE
    except requests.RequestException:
        problem, cure = (
            "cannot be reached",
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
