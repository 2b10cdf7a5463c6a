"""Makes a payment over HTTP, from the page to the receipt, and measures each step."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.db.models import QuerySet

from wagtail_payments.enums import DeliveryKind
from wagtail_payments.models import Payment, WebhookEvent

from .visitor import Visitor, attribute

TIMEOUT = 80
"""Seconds. The sweep finds a lost task within a minute."""
CARD = {"method": "card", "number": "4242424242424242", "expiry": "12 / 34", "cvc": "123"}


class JourneyError(Exception):
    """A step of the payment failed."""


class Journey:
    """Pays a donation at ``base_url``, and passes the duration of each step to ``write``.

    ``receipts`` is the folder for the PDF receipt.
    """

    def __init__(self, base_url: str, receipts: Path, write: Callable[[str], None]) -> None:
        self.visitor = Visitor(base_url)
        self.receipts = receipts
        self.write = write

    def run(self) -> Path:
        """Pay, and return the path of the receipt. Raises JourneyError."""
        with self._step("page with a payment block"):
            page = self.visitor.page("/plant-a-tree/")
        started = self._start(page)
        with self._step("card 4242… confirmed in the sandbox's frame"):
            self._confirm(started["client"]["frame_url"])
        confirmed = time.perf_counter()
        payment = self._paid(started["payment"]["api_url"], confirmed)
        self._report_tasks(payment["id"])
        return self._receipt(payment)

    def _start(self, page: str) -> dict[str, Any]:
        placement = attribute(page, r'data-placement="([^"]+)"')
        config_url = attribute(page, r'data-config="([^"]+)"')
        with self._step("configuration"):
            config = self.visitor.json(f"{config_url}?{urlencode({'placement': placement})}")
        order = {
            "placement": placement,
            "price_key": attribute(page, r'name="price_key" value="([^"]+)"'),
            "amount": "25.00",
            "shown_amount": 2500,
            "email": "first.visitor@example.org",
            "name": "Franziska Reinette",
            "attempt_key": str(uuid4()),
            "ui": "inline",
        }
        with self._step("checkout started"):
            url = attribute(page, r'data-start="([^"]+)"')
            return self.visitor.post_json(url, order, config["csrf_token"])

    def _confirm(self, frame_url: str) -> None:
        page = self.visitor.post_form(frame_url, CARD)
        if 'data-outcome="complete"' not in page:
            raise JourneyError("The sandbox didn't accept its test card.")

    def _paid(self, api_url: str, since: float) -> dict[str, Any]:
        """Wait until the webhook and its task have marked the payment as paid."""
        payment = self.visitor.json(api_url)
        while not payment["paid"]:
            if time.perf_counter() - since > TIMEOUT:
                raise JourneyError(f"Still “{payment['status']}” {TIMEOUT} s after confirmation.")
            time.sleep(0.02)
            payment = self.visitor.json(api_url)
        self._report("paid after confirmation", time.perf_counter() - since)
        return payment

    def _receipt(self, payment: dict[str, Any]) -> Path:
        with self._step("receipt PDF"):
            pdf = self.visitor.get(payment["receipt_url"])
        if not pdf.startswith(b"%PDF"):
            raise JourneyError("The receipt isn't a PDF.")
        receipt = Payment.objects.select_related("receipt").get(public_id=payment["id"]).receipt
        path = self.receipts / f"{receipt.code}.pdf"
        path.write_bytes(pdf)
        return path

    def _report_tasks(self, public_id: str) -> None:
        """Report the durations of the consumer's tasks from the rows' timestamps."""
        payment = Payment.objects.get(public_id=public_id)
        events = WebhookEvent.objects.filter(payment=payment, processed_at__isnull=False)
        event = _wait_for(events, "The webhook wasn't processed.")
        seconds = (event.processed_at - event.received_at).total_seconds()
        self._report("  of that, webhook stored → applied by a task", seconds)
        emails = payment.deliveries.filter(kind=DeliveryKind.RECEIPT_EMAIL, sent_at__isnull=False)
        delivery = _wait_for(emails, "The receipt wasn't emailed.")
        seconds = (delivery.sent_at - delivery.created_at).total_seconds()
        self._report("receipt emailed after payment", seconds)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._report(name, time.perf_counter() - start)

    def _report(self, name: str, seconds: float) -> None:
        self.write(f"  {name:<50} {seconds * 1000:7.0f} ms")


def _wait_for(rows: QuerySet[Any], message: str) -> Any:
    """Wait for a row, and return it. Raises JourneyError after TIMEOUT seconds."""
    deadline = time.perf_counter() + TIMEOUT
    while time.perf_counter() < deadline:
        row = rows.first()
        if row is not None:
            return row
        time.sleep(0.05)
    raise JourneyError(message)
