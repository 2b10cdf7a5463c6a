from django.db import migrations
from django.utils import timezone


def fill(apps, schema_editor):
    """Write down what moved, as a refund's notes say it, or else its own dates.

    Those of money in another currency were dated once, and aren't summed up.
    """
    refunds = apps.get_model("wagtail_payments", "Refund").objects
    dated = refunds.filter(
        succeeded_at__isnull=False, payment__captured_amount__gt=0, movements__isnull=True
    )
    for batch in _batches(dated.prefetch_related("notes")):
        _write(apps, [(refund, *moved) for refund in batch for moved in _moved(refund)])


def _batches(refunds):
    last = 0
    while batch := list(refunds.filter(pk__gt=last).order_by("pk")[:1000]):
        yield batch
        last = batch[-1].pk


def _write(apps, moved):
    movements = apps.get_model("wagtail_payments", "RefundMovement").objects
    stale_days = apps.get_model("wagtail_payments", "StaleDay").objects
    movements.bulk_create(
        movements.model(refund=refund, turn=turn, amount=amount, moved_at=moment)
        for refund, turn, amount, moment in moved
    )
    # Two dates told of two movements at most: days of refunds with more have other sums now.
    zone = timezone.get_default_timezone()
    often = {refund.pk for refund, turn, _amount, _moment in moved if turn > 2}  # noqa: PLR2004
    stale_days.bulk_create(
        stale_days.model(day=timezone.localdate(moment, zone))
        for refund, _turn, _amount, moment in moved
        if refund.pk in often
    )


def _moved(refund):
    """Return turn, amount and moment of each movement."""
    notes = sorted(refund.notes.all(), key=lambda note: note.turn)
    dates = {1: refund.succeeded_at, 2: refund.reversed_at}
    if not notes:
        amounts = {1: refund.amount, 2: -refund.amount}
        return [(turn, amounts[turn], moment) for turn, moment in dates.items() if moment]
    return [
        (
            note.turn,
            note.data["amount"] * (1 if note.turn % 2 else -1),
            (dates.get(note.turn) if len(notes) < 3 else None) or note.issued_at,  # noqa: PLR2004
        )
        for note in notes
    ]


def date(apps, schema_editor):
    """Give refunds their dates back: of the first movement, and of the last, if money came back."""
    refunds = apps.get_model("wagtail_payments", "Refund").objects
    for batch in _batches(refunds.filter(movements__isnull=False).distinct()):
        for refund in batch:
            moved = list(refund.movements.order_by("turn"))
            refund.succeeded_at = moved[0].moved_at
            refund.reversed_at = moved[-1].moved_at if moved[-1].amount < 0 else None
        refunds.bulk_update(batch, ["succeeded_at", "reversed_at"])


class Migration(migrations.Migration):
    dependencies = [("wagtail_payments", "0011_refund_movements")]
    operations = [migrations.RunPython(fill, date)]
