from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wagtail_payments.sandbox.signing import TOLERANCE, signature_header, signature_valid

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
secrets = st.text(min_size=1, max_size=40)


def test_the_header_is_as_documented():
    header = signature_header(b'{"id": 1}', secrets=["whsec_a", "whsec_b"], at=NOW)
    assert header == (
        "t=1795435200,"
        "v1=258013acb3e5fcc83ea1423a42ec5ae2d2a382f95368987853ca61ab491f736c,"
        "v1=d95c039a433a06a455e0462a6bfb4be4b796aa62080edf5fec83fc5c6c0482ff"
    )


@given(body=st.binary(), secret=secrets, seconds=st.integers(-TOLERANCE, TOLERANCE))
def test_recent_signature_is_valid(body, secret, seconds):
    header = signature_header(body, secrets=[secret], at=NOW + timedelta(seconds=seconds))
    assert signature_valid(body, header, secrets=["other", secret], now=NOW)


@given(body=st.binary(), secret=secrets, seconds=st.integers(TOLERANCE + 1, 10**9))
def test_old_or_future_signature_is_invalid(body, secret, seconds):
    for sign in (-1, 1):
        header = signature_header(
            body, secrets=[secret], at=NOW + sign * timedelta(seconds=seconds)
        )
        assert not signature_valid(body, header, secrets=[secret], now=NOW)


@given(body=st.binary(), other=st.binary(), secret=secrets)
def test_signature_is_valid_for_one_body(body, other, secret):
    header = signature_header(body, secrets=[secret], at=NOW)
    assert signature_valid(other, header, secrets=[secret], now=NOW) is (body == other)


@given(body=st.binary(), secret=secrets, other=secrets)
def test_signature_is_valid_for_one_secret(body, secret, other):
    header = signature_header(body, secrets=[secret], at=NOW)
    assert signature_valid(body, header, secrets=[other], now=NOW) is (secret == other)


@given(header=st.text())
def test_arbitrary_header_is_refused(header):
    assert not signature_valid(b"{}", header, secrets=["whsec_a"], now=NOW)


def test_second_timestamp_is_refused():
    header = signature_header(b"{}", secrets=["whsec_a"], at=NOW)
    assert signature_valid(b"{}", header, secrets=["whsec_a"], now=NOW)
    assert not signature_valid(b"{}", f"{header},t=1", secrets=["whsec_a"], now=NOW)


def test_every_signature_is_invalid_without_secrets():
    header = signature_header(b"{}", secrets=["whsec_a"], at=NOW)
    assert not signature_valid(b"{}", header, secrets=[], now=NOW)
