"""All payments in a file: ours as CSV and XLSX, beside the CSV of a listing of Wagtail's own.

Each file is made in a process of its own, whose memory at its largest is what counts.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.figures import hold

FIRST_BYTE = 1.0
CSV_MEMORY, XLSX_MEMORY = 150, 300
"""Seconds, and MB beyond what the process took with all of Django and Wagtail in it."""

COLUMNS = (
    "paid_at", "public_id", "failure_reason", "title", "price_name", "quantity", "amount", "currency",
    "tax_amount", "refunded_amount", "fee", "fee_currency", "captured_amount", "display_status",
    "display_method", "payer_name", "payer_email", "page_title", "provider", "get_mode_display",
)  # fmt: skip
"""As many for Wagtail's own, which has no words for a payment without a receipt."""


def run(_client: object = None) -> bool:
    """Make each file in a process of its own; return whether all bounds hold."""
    ours, stock, sheet = (_measured(name) for name in ("csv", "stock", "xlsx"))
    for name, made in (("CSV", ours), ("Wagtail's own CSV", stock), ("XLSX by a task", sheet)):
        print(
            f"  {name}: {made['rows']:,} rows, first byte after {made['first']:.2f} s, all after "
            f"{made['total']:.1f} s, {made['memory']:.0f} MB (at the start {made['before']:.0f})"
        )
    held = [
        _at_most("CSV: first byte", ours["first"], FIRST_BYTE, "s"),
        _at_most("CSV: memory", ours["memory"] - ours["before"], CSV_MEMORY, "MB"),
        _at_most("CSV: all, against Wagtail's own", ours["total"], stock["total"], "s"),
        _at_most("XLSX: memory", sheet["memory"] - sheet["before"], XLSX_MEMORY, "MB"),
    ]
    return all(held)


def _at_most(what: str, figure: float, bound: float, unit: str) -> bool:
    return hold(
        what, figure=f"{figure:.1f} {unit}", bound=f"{bound:.1f} {unit}", held=figure <= bound
    )


def _measured(name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.exports", name]
    made: dict[str, float] = json.loads(subprocess.check_output(command, stdin=subprocess.DEVNULL))
    return made


def _memory() -> float:
    """Return the most that this process took so far, in MB; ``getrusage`` counts its parent, too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def _csv() -> Iterable[bytes]:
    """Ask as the list's button does."""
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(_user())
    response: Any = client.get(reverse("wagtail_payments_payment:index"), {"export": "csv"})
    return response.streaming_content  # type: ignore[no-any-return]


def _stock() -> Iterable[bytes]:
    """Ask a listing of Wagtail's own."""
    from django.test import RequestFactory
    from wagtail.admin.views.generic import IndexView

    from wagtail_payments.models import Payment

    class Listing(IndexView):
        model = Payment
        list_export = list(COLUMNS)
        permission_policy = None
        any_permission_required: list[str] = []

    request = RequestFactory().get("/", {"export": "csv"})
    request.user = _user()
    response: Any = Listing.as_view()(request)
    return response.streaming_content  # type: ignore[no-any-return]


def _xlsx() -> Iterable[bytes]:
    """Make the file as the task does, and download it."""
    from wagtail_payments.enums import ExportFormat, ExportKind
    from wagtail_payments.models import Export
    from wagtail_payments.selectors.exports import export_batches
    from wagtail_payments.services.exports.files import export_make, export_request

    Export.objects.all().delete()
    facts = {"kind": ExportKind.PAYMENTS, "file_format": ExportFormat.XLSX, "query": "export=xlsx"}
    export = export_request(user=_user(), rows=0, **facts)  # type: ignore[arg-type]
    export_make(export_id=export.pk)
    export.refresh_from_db()
    if export.state != "ready":
        raise SystemExit(export.last_error)
    return export_batches(export)


def _user() -> Any:
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    return users.get_or_create(username="bench", is_superuser=True, is_staff=True)[0]


def _rows(first: bytes, rest: Iterable[bytes]) -> int:
    return first.count(b"\n") - 1 + sum(piece.count(b"\n") for piece in rest)


KINDS: dict[str, Callable[[], Iterable[bytes]]] = {"csv": _csv, "stock": _stock, "xlsx": _xlsx}


def _main(name: str) -> None:
    """Make one file here, and print what it took."""
    import django

    django.setup()
    from django.conf import settings
    from django.urls import get_resolver

    from wagtail_payments.models import Payment

    settings.ALLOWED_HOSTS = ["*"]
    # A server has read its addresses before anybody asks.
    get_resolver().url_patterns  # noqa: B018
    before, begun = _memory(), time.perf_counter()
    pieces = iter(KINDS[name]())
    first = next(pieces)
    after = time.perf_counter() - begun
    rows = Payment.objects.count() if name == "xlsx" else 0
    counted = _rows(first, pieces)
    made = {
        "first": after,
        "total": time.perf_counter() - begun,
        "rows": rows or counted,
        "before": before,
        "memory": _memory(),
    }
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    _main(sys.argv[1])
