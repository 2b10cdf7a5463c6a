"""Calls by https: TLS 1.2 at least, whatever the machine's own settings allow."""

import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context

_OLDEST = ssl.TLSVersion.TLSv1_2


class ModernAdapter(HTTPAdapter):
    """Refuses older TLS. Which certificates are trusted is left to requests."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the connections of calls that go straight to the server."""
        super().init_poolmanager(*args, ssl_context=_context(), **kwargs)

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Return the connections of calls that go through a proxy."""
        return super().proxy_manager_for(proxy, ssl_context=_context(), **kwargs)


def modern_session() -> requests.Session:
    """Return a session whose calls by https refuse TLS older than 1.2."""
    session = requests.Session()
    session.mount("https://", ModernAdapter())
    return session


def modern_context() -> ssl.SSLContext:
    """Return the same for Python's own HTTP client: verified by the machine's certificates."""
    context = ssl.create_default_context()
    context.minimum_version = _OLDEST
    return context


def _context() -> ssl.SSLContext:
    """Return a context that trusts nobody yet: requests adds whom each call trusts."""
    return create_urllib3_context(ssl_minimum_version=_OLDEST)
