"""Clients can't choose the address that rate limits use."""

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from wagtail_payments.conf import payments_conf
from wagtail_payments.http.client_address import client_address

PROXY, CLIENT = "10.0.0.9", "203.0.113.7"


def request(forwarded=None, remote=PROXY):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **headers)


@pytest.fixture
def trust_proxies(settings):
    def proxies(count):
        settings.WAGTAIL_PAYMENTS = {**settings.WAGTAIL_PAYMENTS, "TRUSTED_PROXIES": count}

    return proxies


def test_without_a_proxy_the_header_is_ignored(trust_proxies):
    trust_proxies(0)
    assert client_address(request("1.2.3.4", remote=CLIENT)) == CLIENT


@pytest.mark.parametrize(
    ("count", "forwarded", "expected"),
    [
        (1, CLIENT, CLIENT),
        (1, f"1.2.3.4, {CLIENT}", CLIENT),
        (2, f"1.2.3.4,{CLIENT} , 10.0.0.8", CLIENT),
        (2, CLIENT, PROXY),
        (3, f"1.2.3.4, {CLIENT}", PROXY),
        (1, None, PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, f"{CLIENT}:443", CLIENT),
        (1, f"1.2.3.4:5, {CLIENT}:443", CLIENT),
        (1, "[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        (1, f"[::ffff:{CLIENT}]:443", CLIENT),
        (1, ":443", PROXY),
        (1, "[]:443", PROXY),
        (1, f"{CLIENT},", PROXY),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (1, "fe80::1%eth0", "fe80::/64"),
        (1, f"::ffff:{CLIENT}", CLIENT),
    ],
)
def test_the_address_behind_trusted_proxies(trust_proxies, count, forwarded, expected):
    trust_proxies(count)
    assert client_address(request(forwarded)) == expected


def test_behind_a_unix_socket_there_is_no_address(trust_proxies):
    trust_proxies(0)
    assert client_address(request(remote="")) == ""


NOISE = st.text(st.characters(max_codepoint=255), max_size=60)
ADDRESSES = st.ip_addresses().map(str)
PORTS = st.integers(1, 65535)
WITH_PORTS = st.builds("[{}]:{}".format, ADDRESSES, PORTS)
FORGED = st.lists(NOISE | ADDRESSES | WITH_PORTS, max_size=5).map(",".join)


@given(address=st.ip_addresses(), port=PORTS)
def test_ports_are_ignored(address, port):
    from django.test import override_settings

    from tests.settings import WAGTAIL_PAYMENTS

    with_port = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    with override_settings(WAGTAIL_PAYMENTS={**WAGTAIL_PAYMENTS, "TRUSTED_PROXIES": 1}):
        assert client_address(request(with_port)) == client_address(request(str(address))) != PROXY


@given(forged=FORGED, seen=ADDRESSES, proxies=st.integers(1, 4))
def test_forged_headers_do_not_change_the_address(forged, seen, proxies):
    """Each proxy appends the address it sees. The first trusted proxy sees the client."""
    header = ", ".join([seen, *["10.0.0.8"] * (proxies - 1)])
    payments_conf.cache_clear()
    from django.test import override_settings

    from tests.settings import WAGTAIL_PAYMENTS

    with override_settings(WAGTAIL_PAYMENTS={**WAGTAIL_PAYMENTS, "TRUSTED_PROXIES": proxies}):
        plain = client_address(request(header))
        assert client_address(request(f"{forged}, {header}")) == plain
    with override_settings(WAGTAIL_PAYMENTS={**WAGTAIL_PAYMENTS, "TRUSTED_PROXIES": 0}):
        assert client_address(request(forged, remote=seen)) == client_address(request(remote=seen))
