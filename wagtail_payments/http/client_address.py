"""The client's IP address, which clients cannot forge."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.http import HttpRequest

from wagtail_payments.conf import payments_conf

_NETWORK_BITS = 64


def client_address(request: HttpRequest) -> str:
    """Return the client's address; for IPv6 the /64 network, which one customer gets.

    Behind ``TRUSTED_PROXIES`` proxies it is the address that the outermost of them saw: each appends the
    address that it saw to ``X-Forwarded-For``, so addresses from the client itself come before it. Empty
    if the web server gives none, as with a Unix socket.
    """
    seen = _forwarded(request) or _parsed(request.META.get("REMOTE_ADDR", ""))
    return _network(seen) if seen else ""


def _forwarded(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    proxies = payments_conf().TRUSTED_PROXIES
    listed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _parsed(listed[-proxies]) if 0 < proxies <= len(listed) else None


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(_without_port(text.strip()))
    except ValueError:
        return None


def _without_port(text: str) -> str:
    """Return the address in ``203.0.113.7:443`` or ``[2001:db8::1]:443``, as some proxies write it."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    address, _colon, port = text.partition(":")
    return text if ":" in port else address


def _network(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    first = int(address) >> (128 - _NETWORK_BITS) << (128 - _NETWORK_BITS)
    return f"{IPv6Address(first)}/{_NETWORK_BITS}"
