"""Measures payments over HTTP: the start of the checkout, and the time from confirmation to "paid"."""

import time
from functools import partial
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.figures import show, timed
from example_site.demo.journey import CARD
from example_site.demo.processes import HOST, Child, consumer, wait_until_up, web_server
from example_site.demo.visitor import Visitor, attribute

PAYMENTS = 30
TIMEOUT = 20
PORT = 8765


def run(folder: Path) -> None:
    """Make thirty payments, one after the other."""
    children: list[Child] = []
    try:
        children.append(web_server(PORT, folder))
        children.append(consumer(PORT, folder))
        url = f"http://{HOST}:{PORT}"
        wait_until_up(children[0], f"{url}/")
        _measure(url)
    finally:
        for child in children:
            child.stop()


def _measure(url: str) -> None:
    pages, starts, paid = [], [], []
    for _ in range(PAYMENTS):
        # A new visitor each time: one who has just paid would have to confirm another payment.
        visitor = Visitor(url)
        start = time.perf_counter()
        page = visitor.page("/plant-a-tree/")
        pages.append(time.perf_counter() - start)
        started, seconds = _start(visitor, page)
        starts.append(seconds)
        visitor.post_form(started["client"]["frame_url"], CARD)
        paid.append(timed(partial(_wait, visitor, started["payment"]["api_url"])))
    print(f"\n{PAYMENTS} payments over HTTP")
    show("page with a payment block", pages)
    show("checkout started (limit: 300 ms)", starts, against=pages)
    show("paid after confirmation (limit: 1000 ms)", paid, against=pages)


def _start(visitor: Visitor, page: str) -> tuple[dict[str, dict[str, str]], float]:
    placement = attribute(page, r'data-placement="([^"]+)"')
    config_url = attribute(page, r'data-config="([^"]+)"')
    config = visitor.json(f"{config_url}?{urlencode({'placement': placement})}")
    order = {
        "placement": placement,
        "price_key": config["prices"][0]["key"],
        "amount": "25.00",
        "email": "bench@example.org",
        "attempt_key": str(uuid4()),
        "ui": "inline",
    }
    start = time.perf_counter()
    url = attribute(page, r'data-start="([^"]+)"')
    started = visitor.post_json(url, order, config["csrf_token"])
    return started, time.perf_counter() - start


def _wait(visitor: Visitor, api_url: str) -> None:
    """Wait until the webhook and its task have marked the payment as paid."""
    deadline = time.monotonic() + TIMEOUT
    while not visitor.json(api_url)["paid"]:
        if time.monotonic() > deadline:
            raise SystemExit("A payment was not processed in time.")
        time.sleep(0.02)
