from django.db import migrations


class Migration(migrations.Migration):
    """Apart from 0011: PostgreSQL changes no table in the transaction that wrote rows about it."""

    dependencies = [("wagtail_payments", "0011_refund_movements")]

    operations = [
        migrations.RemoveIndex(model_name="refund", name="wp_refund_succeeded"),
        migrations.RemoveIndex(model_name="refund", name="wp_refund_reversed"),
        migrations.RemoveField(model_name="refund", name="succeeded_at"),
        migrations.RemoveField(model_name="refund", name="reversed_at"),
    ]
