"""Exports all payments as CSV and XLSX, and as CSV from Wagtail's own listing.

Each export runs in its own process, to measure its peak memory.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.figures import check_limit

FIRST_BYTE = 1.0
CSV_MEMORY, XLSX_MEMORY = 150, 300
"""Seconds, and MB in addition to the memory of the process before the export."""

COLUMNS = (
    "paid_at", "public_id", "failure_reason", "title", "price_name", "quantity", "amount", "currency",
    "tax_amount", "refunded_amount", "fee", "fee_currency", "captured_amount", "display_status",
    "display_method", "payer_name", "payer_email", "page_title", "provider", "get_mode_display",
)  # fmt: skip
"""As many columns as ours. Wagtail's own export can't include the receipt of payments that have none."""


def run(_client: object = None) -> bool:
    """Run each export in its own process; return whether all limits are kept."""
    ours, stock, sheet = (_measured(name) for name in ("csv", "stock", "xlsx"))
    for name, made in (("CSV", ours), ("Wagtail's own CSV", stock), ("XLSX in a task", sheet)):
        print(
            f"  {name}: {made['rows']:,} rows, first byte after {made['first']:.2f} s, total "
            f"{made['total']:.1f} s, {made['memory']:.0f} MB (at the start {made['before']:.0f})"
        )
    passed = [
        _at_most("CSV: first byte", ours["first"], FIRST_BYTE, "s"),
        _at_most("CSV: memory", ours["memory"] - ours["before"], CSV_MEMORY, "MB"),
        _at_most("CSV: total, compared with Wagtail's own", ours["total"], stock["total"], "s"),
        _at_most("XLSX: memory", sheet["memory"] - sheet["before"], XLSX_MEMORY, "MB"),
    ]
    return all(passed)


def _at_most(name: str, figure: float, limit: float, unit: str) -> bool:
    return check_limit(
        name, figure=f"{figure:.1f} {unit}", limit=f"{limit:.1f} {unit}", passed=figure <= limit
    )


def _measured(name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.exports", name]
    made: dict[str, float] = json.loads(subprocess.check_output(command, stdin=subprocess.DEVNULL))
    return made


def _memory() -> float:
    """Return this process's peak memory in MB; ``getrusage`` would include its parent."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def _csv() -> Iterable[bytes]:
    """Export as the list's button does."""
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(_user())
    response: Any = client.get(reverse("wagtail_payments_payment:index"), {"export": "csv"})
    return response.streaming_content  # type: ignore[no-any-return]


def _stock() -> Iterable[bytes]:
    """Export with Wagtail's own listing."""
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
    """Create the file as the task does, and download it."""
    from wagtail_payments.enums import ExportFormat, ExportKind
    from wagtail_payments.models import Export
    from wagtail_payments.selectors.exports import export_batches
    from wagtail_payments.services.exports.files import export_make, export_request

    Export.objects.all().delete()
    options = {
        "kind": ExportKind.PAYMENTS,
        "file_format": ExportFormat.XLSX,
        "query": "export=xlsx",
    }
    export = export_request(user=_user(), rows=0, **options)  # type: ignore[arg-type]
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
    return first.count(b"\n") - 1 + sum(chunk.count(b"\n") for chunk in rest)


KINDS: dict[str, Callable[[], Iterable[bytes]]] = {"csv": _csv, "stock": _stock, "xlsx": _xlsx}


def _main(name: str) -> None:
    """Run one export, and print its measurements."""
    import django

    django.setup()
    from django.conf import settings
    from django.urls import get_resolver

    from wagtail_payments.models import Payment

    settings.ALLOWED_HOSTS = ["*"]
    # Load the URLs first, as a server does.
    get_resolver().url_patterns  # noqa: B018
    before, start = _memory(), time.perf_counter()
    chunks = iter(KINDS[name]())
    first = next(chunks)
    after = time.perf_counter() - start
    rows = Payment.objects.count() if name == "xlsx" else 0
    counted = _rows(first, chunks)
    made = {
        "first": after,
        "total": time.perf_counter() - start,
        "rows": rows or counted,
        "before": before,
        "memory": _memory(),
    }
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    _main(sys.argv[1])
