import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    """Write down what moved, as a refund's notes say it, or else its own dates."""
    refunds = apps.get_model("wagtail_payments", "Refund").objects.order_by("pk")
    movements = apps.get_model("wagtail_payments", "RefundMovement").objects
    rows, last = refunds.filter(succeeded_at__isnull=False).prefetch_related("notes"), 0
    while batch := list(rows.filter(pk__gt=last)[:1000]):
        movements.bulk_create(
            movements.model(refund=refund, turn=turn, amount=amount, moved_at=moment)
            for refund in batch
            for turn, (amount, moment) in enumerate(_moved(refund), 1)
        )
        last = batch[-1].pk


def _moved(refund):
    notes = sorted(refund.notes.all(), key=lambda note: note.turn)
    if not notes:
        moved = [(refund.amount, refund.succeeded_at), (-refund.amount, refund.reversed_at)]
        return [(amount, moment) for amount, moment in moved if moment]
    amounts = (note.data["amount"] * (1 if note.turn % 2 else -1) for note in notes)
    moments = [refund.succeeded_at, *(note.issued_at for note in notes[1:])]
    if len(notes) == 2 and refund.reversed_at:  # noqa: PLR2004
        moments[1] = refund.reversed_at
    return list(zip(amounts, moments))


class Migration(migrations.Migration):
    dependencies = [("wagtail_payments", "0010_receipts")]

    operations = [
        migrations.CreateModel(
            name="RefundMovement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("turn", models.PositiveSmallIntegerField(default=1)),
                ("amount", models.BigIntegerField()),
                ("moved_at", models.DateTimeField()),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="wagtail_payments.refund",
                    ),
                ),
            ],
            options={
                "ordering": ("refund", "turn"),
                "default_permissions": (),
                "indexes": [models.Index(fields=["moved_at", "id"], name="wp_refund_moved")],
                "constraints": [
                    models.UniqueConstraint(fields=("refund", "turn"), name="wp_refund_turn")
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
