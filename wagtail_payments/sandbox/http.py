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
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.connect()
        connection.sock.settimeout(READ_TIMEOUT)
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=CONNECT_TIMEOUT)
    return HTTPConnection(host, port, timeout=CONNECT_TIMEOUT)
