"""One payment from page to receipt, through the site's own HTTP interface, with the time of each step."""

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

PATIENCE = 80
"""Seconds; a task that was lost is found by the sweep within a minute."""
CARD = {"method": "card", "number": "4242424242424242", "expiry": "12 / 34", "cvc": "123"}


class JourneyError(Exception):
    """The payment got stuck; the message says where."""


class Journey:
    """Takes a payment for the donation at ``base_url`` and tells ``say`` about each step."""

    def __init__(self, base_url: str, receipts: Path, say: Callable[[str], None]) -> None:
        """Get ready. ``receipts`` is the folder that the PDF goes to."""
        self.visitor = Visitor(base_url)
        self.receipts = receipts
        self.say = say

    def travel(self) -> Path:
        """Pay; return the receipt's path. Raises JourneyError."""
        with self._step("page with a payment block"):
            page = self.visitor.page("/plant-a-tree/")
        started = self._start(page)
        with self._step("card 4242… confirmed in the sandbox's frame"):
            self._confirm(started["client"]["frame_url"])
        confirmed = time.perf_counter()
        payment = self._paid(started["payment"]["api_url"], confirmed)
        self._explain(payment["id"])
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
        with self._step("checkout start answered"):
            url = attribute(page, r'data-start="([^"]+)"')
            return self.visitor.post_json(url, order, config["csrf_token"])

    def _confirm(self, frame_url: str) -> None:
        answer = self.visitor.post_form(frame_url, CARD)
        if 'data-outcome="complete"' not in answer:
            raise JourneyError("The sandbox didn't take its own test card.")

    def _paid(self, api_url: str, since: float) -> dict[str, Any]:
        """Wait for webhook and task: only they mark it as paid."""
        payment = self.visitor.json(api_url)
        while not payment["paid"]:
            if time.perf_counter() - since > PATIENCE:
                raise JourneyError(f"Still “{payment['status']}” {PATIENCE} s after confirmation.")
            time.sleep(0.02)
            payment = self.visitor.json(api_url)
        self._tell("paid, after confirmation", time.perf_counter() - since)
        return payment

    def _receipt(self, payment: dict[str, Any]) -> Path:
        with self._step("receipt as PDF"):
            pdf = self.visitor.get(payment["receipt_url"])
        if not pdf.startswith(b"%PDF"):
            raise JourneyError("The receipt isn't a PDF.")
        receipt = Payment.objects.select_related("receipt").get(public_id=payment["id"]).receipt
        path = self.receipts / f"{receipt.code}.pdf"
        path.write_bytes(pdf)
        return path

    def _explain(self, public_id: str) -> None:
        """Tell from the rows what the web server and the consumer did meanwhile."""
        payment = Payment.objects.get(public_id=public_id)
        events = WebhookEvent.objects.filter(payment=payment, processed_at__isnull=False)
        event = _wait_for(events, "The webhook wasn't processed.")
        taken = (event.processed_at - event.received_at).total_seconds()
        self._tell("  of that, webhook stored → applied by a task", taken)
        emails = payment.deliveries.filter(kind=DeliveryKind.RECEIPT_EMAIL, sent_at__isnull=False)
        mail = _wait_for(emails, "The receipt wasn't mailed.")
        taken = (mail.sent_at - mail.created_at).total_seconds()
        self._tell("receipt mailed, after it was paid", taken)

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self._tell(what, time.perf_counter() - begun)

    def _tell(self, what: str, seconds: float) -> None:
        self.say(f"  {what:<50} {seconds * 1000:7.0f} ms")


def _wait_for(rows: QuerySet[Any], complaint: str) -> Any:
    """Return the first of ``rows`` once there is one. Raises JourneyError after a while."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        row = rows.first()
        if row is not None:
            return row
        time.sleep(0.05)
    raise JourneyError(complaint)
