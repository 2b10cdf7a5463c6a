import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('duplicate', 'Duplicate'), ('shuffle', 'Shuffle'), ('drop', 'Drop'), ('delay', 'Delay'), ('error_500', 'Error 500'), ('timeout_after_success', 'Timeout After Success')], max_length=30)),
                ('seconds', models.FloatField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=50)),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('payment_reference', models.CharField(max_length=60, unique=True)),
                ('secret', models.CharField(max_length=60, unique=True)),
                ('idempotency_key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('open', 'Open'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('expired', 'Expired')], default='open', max_length=10)),
                ('amount', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('fee', models.BigIntegerField(null=True)),
                ('description', models.TextField()),
                ('quantity', models.PositiveBigIntegerField()),
                ('ui', models.CharField(max_length=10)),
                ('locale', models.CharField(blank=True, max_length=35)),
                ('return_url', models.TextField()),
                ('cancel_url', models.TextField()),
                ('webhook_url', models.TextField()),
                ('metadata', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['state', 'expires_at'], name='wps_session_due')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'idempotency_key'), name='wps_session_idempotency')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('type', models.CharField(choices=[('checkout.completed', 'Checkout Completed'), ('checkout.processing', 'Checkout Processing'), ('checkout.async_succeeded', 'Checkout Async Succeeded'), ('checkout.async_failed', 'Checkout Async Failed'), ('checkout.expired', 'Checkout Expired'), ('payment.declined', 'Payment Declined'), ('refund.created', 'Refund Created')], max_length=40)),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='wagtail_payments_sandbox.session')),
            ],
            options={
                'ordering': ('id',),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EventDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_error', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='pending', max_length=10)),
                ('held', models.BooleanField(default=False)),
                ('status_code', models.PositiveSmallIntegerField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='wagtail_payments_sandbox.event')),
            ],
            options={
                'ordering': ('id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['state', 'next_attempt_at'], name='wps_delivery_due')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('idempotency_key', models.CharField(max_length=255)),
                ('amount', models.BigIntegerField()),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('metadata', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refunds', to='wagtail_payments_sandbox.session')),
            ],
            options={
                'ordering': ('id',),
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('session', 'idempotency_key'), name='wps_refund_idempotency')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=60, unique=True)),
                ('state', models.CharField(choices=[('challenge', 'Challenge'), ('declined', 'Declined'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], max_length=10)),
                ('method_type', models.CharField(max_length=20)),
                ('brand', models.CharField(blank=True, max_length=20)),
                ('last4', models.CharField(blank=True, max_length=4)),
                ('reason', models.CharField(blank=True, max_length=30)),
                ('settles_at', models.DateTimeField(null=True)),
                ('settles_to', models.CharField(blank=True, choices=[('challenge', 'Challenge'), ('declined', 'Declined'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='wagtail_payments_sandbox.session')),
            ],
            options={
                'ordering': ('id',),
                'default_permissions': (),
                'indexes': [models.Index(fields=['state', 'settles_at'], name='wps_attempt_due')],
            },
        ),
    ]
