from django.db import migrations
from django.db.models import F

KEYS = ("email_key", "name_key", "surname_key")


def fill(apps, schema_editor):
    _keys(apps.get_model("wagtail_payments", "Payment"), KEYS)
    _keys(apps.get_model("wagtail_payments", "Receipt"), ("code_key",))
    refunds = apps.get_model("wagtail_payments", "Refund").objects
    refunds.filter(status="succeeded").update(succeeded_at=F("settled_at"))
    disputes = apps.get_model("wagtail_payments", "Dispute").objects
    # When they were closed wasn't kept.
    disputes.filter(status__in=["won", "lost", "closed"]).update(closed_at=F("created_at"))


def _keys(model, names):
    rows = model.objects.order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:1000]):
        for row in batch:
            for name in names:
                model._meta.get_field(name).pre_save(row, False)
        model.objects.bulk_update(batch, names)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("wagtail_payments", "0007_finance_desk")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
