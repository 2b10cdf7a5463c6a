"""A simple HTTP client with cookies, forms and JSON."""

import html
import json
import re
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener


class Visitor:
    """A visitor of the site at ``base_url``."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        # Without a proxy, because the site is local.
        self.opener: OpenerDirector = build_opener(
            ProxyHandler({}), HTTPCookieProcessor(CookieJar())
        )

    def get(self, path: str) -> bytes:
        """Return the content at ``path``. Raises URLError and HTTPError."""
        return self._open(Request(urljoin(self.base_url, path)))

    def page(self, path: str) -> str:
        """Return a page's HTML."""
        return self.get(path).decode()

    def json(self, path: str) -> dict[str, Any]:
        """Return the JSON at ``path``."""
        return dict(json.loads(self.get(path)))

    def post_form(self, path: str, fields: dict[str, str]) -> str:
        """Send a form and return the page that follows."""
        request = Request(urljoin(self.base_url, path), data=urlencode(fields).encode())
        return self._open(request).decode()

    def post_json(self, path: str, data: dict[str, Any], csrf_token: str) -> dict[str, Any]:
        """Send JSON with the CSRF token, and return the JSON response."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": csrf_token}
        url = urljoin(self.base_url, path)
        return dict(json.loads(self._open(Request(url, json.dumps(data).encode(), headers))))

    def _open(self, request: Request) -> bytes:
        with self.opener.open(request, timeout=20) as response:
            content: bytes = response.read()
        return content


def attribute(page: str, pattern: str) -> str:
    """Return the first group of ``pattern`` in a page's HTML. Raises LookupError."""
    match = re.search(pattern, page)
    if match is None:
        raise LookupError(f"The page doesn't contain {pattern}.")
    return html.unescape(match[1])
