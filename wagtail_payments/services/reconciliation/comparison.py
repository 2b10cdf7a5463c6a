"""One comparison with a provider: its events, payments, refunds, disputes, and what is missing there."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import Site

from wagtail_payments.enums import DiscrepancyKind, EventSource, Mode
from wagtail_payments.models import Payment, Refund, WebhookEvent
from wagtail_payments.providers.base import Provider
from wagtail_payments.providers.exceptions import ReferenceUnknown
from wagtail_payments.providers.types import (
    CheckoutSession,
    DisputeSnapshot,
    Listed,
    MissedEvent,
    PaymentSnapshot,
    ProviderStatus,
    RefundSnapshot,
)
from wagtail_payments.services.payments.apply import payment_apply, payment_opened
from wagtail_payments.services.payments.apply_refunds import GIVEN_STATUSES
from wagtail_payments.services.webhooks.inbox import webhook_store
from wagtail_payments.utils.progress import Watch, unwatched
from wagtail_payments.utils.tracebacks import error_text

from .differences import (
    Difference,
    dispute_differences,
    payment_differences,
    payment_remote,
    refund_differences,
    whole_differences,
)
from .discrepancies import (
    discrepancies_dismissed_resolve,
    discrepancies_unseen,
    discrepancy_record,
    discrepancy_resolve_if_gone,
)
from .matching import entries_with_payments, named_payment
from .outcome import Met, Outcome, Verdict

logger = logging.getLogger(__name__)

_WITH_MONEY = frozenset({ProviderStatus.PROCESSING, ProviderStatus.SUCCEEDED})


class Comparison:
    """One comparison; with ``dry_run`` it only reports what it would refresh."""

    def __init__(
        self, provider: Provider, since: datetime, *, dry_run: bool, watch: Watch = unwatched
    ) -> None:
        self.provider, self.since, self.dry_run, self.watch = provider, since, dry_run, watch
        self.mode = Mode.LIVE if provider.live else Mode.TEST
        self.outcome = Outcome(provider.alias, str(self.mode), since)
        self.seen: set[int] = set()
        self.unsure: set[int] = set()
        self.refunds_seen: set[str] = set()

    def run(self) -> Outcome:
        """Compare everything. Raises ProviderUnavailable if a list cannot be read to its end."""
        begun = timezone.now()
        provider, since = self.provider, self.since
        for missed in self.watch("events", provider.events_missed(since)):
            self._take_event(missed)
        for listed, payment in self._entries("payments", provider.payments_list(since)):
            self._safely(self._compare_payment, listed, payment)
        for listed, payment in self._entries("refunds", provider.refunds_list(since)):
            self._safely(self._compare_refund, listed, payment)
        for listed, payment in self._entries("disputes", provider.disputes_list(since)):
            self._safely(self._compare_dispute, listed, payment)
        for payment in self.watch("not listed", self._unlisted()):
            self._safely(self._compare_unlisted, payment)
        if not self.dry_run:
            self._finish_listed(begun)
        return self.outcome

    def _safely(self, compare: Callable[..., object], *items: Any) -> None:
        """Compare one object. An error counts as unanswered, so that it does not hide the others."""
        try:
            compare(*items)
        except Exception:
            self._unanswered()

    def _unanswered(self) -> None:
        """Count an object that the provider did not answer about, or whose answer could not be applied."""
        logger.warning("%s: not compared.\n%s", self.provider.alias, error_text())
        self.outcome.unanswered += 1

    def _finish_listed(self, begun: datetime) -> None:
        """Resolve the listed discrepancies that are gone."""
        names: dict[str, Any] = {"provider": self.provider.alias, "mode": self.mode, "since": begun}
        for discrepancy in self.watch("listed before", discrepancies_unseen(**names)):
            self._safely(discrepancy_resolve_if_gone, discrepancy)
        discrepancies_dismissed_resolve(**names, payment_ids=self.seen - self.unsure)

    @property
    def _payments(self) -> QuerySet[Payment]:
        return Payment.objects.filter(provider=self.provider.alias, mode=self.mode)

    @cached_property
    def _hosts(self) -> set[str]:
        return set(Site.objects.values_list("hostname", flat=True))

    def _entries(self, name: str, entries: Iterable[Any]) -> Iterable[Any]:
        return self.watch(name, entries_with_payments(entries, self._payments))

    def _take_event(self, missed: MissedEvent) -> None:
        notice = missed.notice
        stored = WebhookEvent.objects.filter(
            provider=self.provider.alias, mode=self.mode, event_id=notice.event_id
        )
        if not notice.relevant or notice.live != self.provider.live or stored.exists():
            return
        self.outcome.missed_events += 1
        if not self.dry_run:
            webhook_store(provider=self.provider, notice=notice, body=missed.body, recovered=True)

    def _compare_payment(self, listed: Listed[PaymentSnapshot], payment: Payment | None) -> None:
        snapshot = listed.snapshot
        if payment is None:
            if self._is_missing(listed):
                self._list_missing(listed)
            return
        self.seen.add(payment.pk)
        if payment.checkout_reference is None:
            payment = self._adopted(payment, snapshot)
        imported = payment.checkout_reference == payment.payment_reference
        if not imported and payment.checkout_reference not in (None, snapshot.checkout_reference):
            # Another checkout of the same payment. If it is paid, too, the payer paid twice.
            if snapshot.status == ProviderStatus.SUCCEEDED:
                self._list_missing(listed)
            return
        self._meet(payment, payment_differences(payment, snapshot))

    def _is_missing(self, listed: Listed[PaymentSnapshot]) -> bool:
        """Tell whether the provider charged for a payment of this site that does not exist here."""
        public_id = named_payment(listed)
        return bool(
            public_id
            and listed.metadata.get("host") in self._hosts
            and listed.snapshot.status in _WITH_MONEY
            and not Payment.objects.filter(public_id=public_id).exists()
        )

    def _compare_refund(self, listed: Listed[RefundSnapshot], payment: Payment | None) -> None:
        self.refunds_seen.add(listed.snapshot.reference)
        if payment:
            self._meet(payment, refund_differences(payment, [listed.snapshot]))

    def _compare_dispute(self, listed: Listed[DisputeSnapshot], payment: Payment | None) -> None:
        if payment:
            self._meet(payment, dispute_differences(payment, [listed.snapshot]))

    def _unlisted(self) -> Iterator[Payment]:
        """Yield our payments that are missing from the lists, or whose refunds are."""
        since = self.since
        payments = self._payments.filter(created_at__gte=since).exclude(checkout_reference=None)
        pks = {pk for pk in payments.values_list("pk", flat=True) if pk not in self.seen}
        refunds = Refund.objects.filter(payment__in=self._payments, created_at__gte=since)
        given = refunds.filter(status__in=GIVEN_STATUSES).exclude(reference=None)
        for pk, reference in given.values_list("payment", "reference"):
            if reference not in self.refunds_seen:
                pks.add(pk)
        return (self._payments.get(pk=pk) for pk in sorted(pks))

    def _compare_unlisted(self, payment: Payment) -> None:
        try:
            snapshot = self.provider.payment_retrieve(payment.checkout_reference or "")
        except ReferenceUnknown:
            self._list(payment, [self._unknown(payment)])
        else:
            self._meet(payment, whole_differences(payment, snapshot))

    def _meet(self, payment: Payment, differences: Iterable[Difference]) -> None:
        """Refresh a payment that differs from the provider, and list what still differs."""
        self.outcome.compared += 1
        differences = list(differences)
        if not differences:
            return
        left = None if self.dry_run else self._asked(payment)
        if left is None:
            self._note(Verdict.FOUND, payment, differences)
            return
        self._note(Verdict.FIXED, payment, [item for item in differences if item not in left])
        self._list(payment, left)

    def _asked(self, payment: Payment) -> list[Difference] | None:
        """Apply the provider's state and return what still differs; None without an answer."""
        try:
            applied = payment_apply(payment_id=payment.pk, source=EventSource.RECONCILIATION)
        except ReferenceUnknown:
            return [self._unknown(payment)]
        except Exception:
            self._unanswered()
            self.unsure.add(payment.pk)
            return None
        if applied.snapshot is None:
            return []
        return list(whole_differences(applied.payment, applied.snapshot))

    def _adopted(self, payment: Payment, snapshot: PaymentSnapshot) -> Payment:
        """Record the checkout of a payment that was interrupted before its reference was written."""
        if self.dry_run:
            return payment
        session = CheckoutSession(
            reference=snapshot.checkout_reference, payment_reference=snapshot.payment_reference
        )
        source = EventSource.RECONCILIATION
        return payment_opened(payment=payment, session=session, source=source).payment

    def _list_missing(self, listed: Listed[PaymentSnapshot]) -> None:
        snapshot = listed.snapshot
        reference = listed.payment_reference or snapshot.checkout_reference
        remote = {**payment_remote(snapshot), "currency": snapshot.currency}
        data = {"local": None, "remote": remote}
        self._list(None, [Difference(DiscrepancyKind.MISSING, reference, data)])

    def _unknown(self, payment: Payment) -> Difference:
        data = {"local": {"status": payment.status}, "remote": None}
        return Difference(DiscrepancyKind.UNKNOWN, payment.checkout_reference or "", data)

    def _list(self, payment: Payment | None, differences: list[Difference]) -> None:
        if self.dry_run:
            self._note(Verdict.FOUND, payment, differences)
            return
        for difference in differences:
            discrepancy_record(
                provider=self.provider.alias,
                mode=self.mode,
                difference=difference,
                payment=payment,
            )
        self._note(Verdict.DISCREPANCY, payment, differences)

    def _note(
        self, verdict: Verdict, payment: Payment | None, differences: list[Difference]
    ) -> None:
        public_id = str(payment.public_id) if payment else None
        self.outcome.met += [Met(verdict, item, public_id) for item in differences]
