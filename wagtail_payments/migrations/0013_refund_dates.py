from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wagtail_payments", "0012_refund_movements_rows")]

    operations = [
        migrations.RemoveIndex(model_name="refund", name="wp_refund_succeeded"),
        migrations.RemoveIndex(model_name="refund", name="wp_refund_reversed"),
        migrations.RemoveField(model_name="refund", name="succeeded_at"),
        migrations.RemoveField(model_name="refund", name="reversed_at"),
    ]
