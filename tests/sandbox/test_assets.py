"""The sandbox's assets are small, and its pages have no inline code."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import get_resolver

from tests.support.sandbox import CHALLENGED, card_data, make_session, url_of

INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)


def test_the_element_is_small():
    names = ["element.js", "frame.js", "fields.css"]
    paths = [finders.find(f"wagtail_payments_sandbox/{name}") for name in names]
    sizes = [len(gzip.compress(Path(path).read_bytes())) for path in paths]
    assert sum(sizes) < 2800


@pytest.mark.django_db
@pytest.mark.parametrize("ui", ["hosted", "inline"])
@pytest.mark.parametrize("data", [None, {}, card_data(CHALLENGED)])
def test_pages_have_no_inline_code(client, ui, data):
    url = url_of(make_session(ui=ui))
    response = client.get(url) if data is None else client.post(url, data)
    page = response.content.decode()
    assert "</html>" in page
    assert not INLINE.search(page)


@pytest.mark.parametrize(
    "pattern",
    get_resolver("wagtail_payments.sandbox.urls").url_patterns,
    ids=lambda pattern: pattern.name,
)
def test_pages_are_public_and_non_atomic(pattern):
    assert pattern.callback.login_required is False
    assert "default" in pattern.callback._non_atomic_requests
    exempt = getattr(pattern.callback, "csrf_exempt", False)
    assert exempt is pattern.name.startswith("frame")
