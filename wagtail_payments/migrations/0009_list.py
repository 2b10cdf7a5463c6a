from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wagtail_payments", "0008_finance_desk_rows"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="payment", name="wp_payment_by_refunded"),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                fields=["refunded_amount", "captured_amount", "created_at", "id"],
                name="wp_payment_by_refunded",
            ),
        ),
    ]
