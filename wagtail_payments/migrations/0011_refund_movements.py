import django.db.models.deletion
from django.db import migrations, models


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
                "ordering": ("refund_id", "turn"),
                "default_permissions": (),
                "indexes": [models.Index(fields=["moved_at", "id"], name="wp_refund_moved")],
                "constraints": [
                    models.UniqueConstraint(fields=("refund", "turn"), name="wp_refund_turn")
                ],
            },
        ),
    ]
