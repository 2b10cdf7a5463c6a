"""Sends one HTTP request, the plain way: short timeouts, no proxies, no redirects."""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

CONNECT_TIMEOUT = 3
READ_TIMEOUT = 10


def http_post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POST ``body`` to ``url`` and return the answer's status code. A redirect isn't followed.

    Raises OSError or http.client.HTTPException when there is no answer.
    """
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_TIMEOUT)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.connect()
        connection.sock.settimeout(READ_TIMEOUT)
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()
