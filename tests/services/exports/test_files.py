"""Export files made by a task: once, with current permissions, and deleted after a week."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tests.services.revenue.test_revenue import make_payment
from tests.support.factories import make_site, make_user
from tests.support.spreadsheets import body, csv_rows, xlsx_rows
from tests.support.tokens import make_staff
from wagtail_payments import tasks
from wagtail_payments.admin.exports import responses as export_responses
from wagtail_payments.enums import ExportFormat, ExportKind, ExportState
from wagtail_payments.models import Export, ExportChunk, PaymentsLogEntry
from wagtail_payments.services.exports import files
from wagtail_payments.services.exports.files import (
    export_delete,
    export_make,
    export_request,
    export_retry,
    exports_due,
    exports_expire,
)
from wagtail_payments.services.leases import LeaseLost, lease_acquire

pytestmark = [pytest.mark.db, pytest.mark.django_db]

INDEX = "wagtail_payments_payment:index"
LIST = "wagtail_payments_export:index"
RIGHTS = ("view_payment", "view_payer", "export_payment")


@pytest.fixture(autouse=True)
def payments():
    make_site()
    now = timezone.now()
    return [make_payment(now - timedelta(hours=n), payer_name=f"Payer {n}") for n in range(5)]


@pytest.fixture
def kim():
    return make_staff("kim", *RIGHTS)


def request_export(user, file_format=ExportFormat.XLSX, query="export=xlsx"):
    return export_request(
        user=user, kind=ExportKind.PAYMENTS, file_format=file_format, query=query, rows=5
    )


def run_export(export):
    export_make(export_id=export.pk)
    return Export.objects.get(pk=export.pk)


def content(export):
    return b"".join(bytes(chunk.data) for chunk in export.chunks.all())


def expire_lease(export):
    """Expire the lease, as if the worker was killed."""
    Export.objects.filter(pk=export.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks):
    """Run callbacks on commit, although a test never commits."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def test_large_export_is_made_by_a_task(client, kim, monkeypatch, run_on_commit):
    monkeypatch.setattr(export_responses, "MAX_IMMEDIATE_ROWS", 4)
    monkeypatch.setattr(tasks.make_export.huey, "immediate", True)
    client.force_login(kim)
    with run_on_commit():
        response = client.get(reverse(INDEX), {"export": "xlsx", "ordering": "created_at"})
    assert response["Location"] == reverse(LIST)
    export = Export.objects.get()
    assert (export.state, export.rows_done, export.rows_total) == ("ready", 5, 5)
    assert export.filename.startswith("payments-")
    assert export.filename.endswith(".xlsx")
    page = client.get(reverse(LIST)).content.decode()
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    assert url in page
    response = client.get(url)
    rows = xlsx_rows(body(response))
    assert [row["Name"] for row in rows] == [f"Payer {n}" for n in (4, 3, 2, 1, 0)]
    assert export.filename in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    entry = PaymentsLogEntry.objects.get(action="wagtail_payments.payment.export")
    assert (entry.data["rows"], entry.data["format"], entry.user) == (5, "xlsx", kim)
    assert mail.outbox == []


def test_small_export_is_downloaded_immediately(client, kim):
    client.force_login(kim)
    assert len(xlsx_rows(body(client.get(reverse(INDEX), {"export": "xlsx"})))) == 5
    assert not Export.objects.exists()


def test_repeated_request_returns_the_same_export(kim):
    export = request_export(kim)
    assert request_export(kim) == export
    assert request_export(make_staff("lou", *RIGHTS)) != export
    assert request_export(kim, query="export=xlsx&q=x") != export
    run_export(export)
    assert request_export(kim) != export


def test_csv(kim):
    export = run_export(request_export(kim, ExportFormat.CSV))
    assert len(csv_rows(content(export))) == 5
    assert export.size == len(content(export))


def test_file_is_stored_in_chunks(client, kim, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 1000)
    export = run_export(request_export(kim))
    sizes = [len(chunk.data) for chunk in export.chunks.all()]
    assert len(sizes) > 2
    assert set(sizes[:-1]) == {1000}
    client.force_login(kim)
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    assert len(xlsx_rows(body(client.get(url)))) == 5


def test_sweep_retries_the_export_of_a_killed_worker(kim, monkeypatch):
    monkeypatch.setattr(tasks.make_export.huey, "immediate", True)
    export = request_export(kim)
    taken = lease_acquire(Export.objects.all(), export.pk, seconds=60)
    ExportChunk.objects.create(export=taken, number=0, data=b"half")
    Export.objects.update(state=ExportState.RUNNING, rows_done=2)
    assert exports_due() == []
    tasks.sweep.call_local()
    assert Export.objects.get().state == ExportState.RUNNING
    expire_lease(export)
    assert exports_due() == [export.pk]
    tasks.sweep.call_local()
    done = Export.objects.get()
    assert (done.state, done.attempts) == (ExportState.READY, 2)
    assert len(xlsx_rows(content(done))) == 5


def test_no_writes_after_losing_the_lease(kim, monkeypatch):
    """The first worker continues after its lease expired and a second one took over."""
    export = request_export(kim)
    store = files._store

    def run_second_worker(first, file):
        monkeypatch.setattr(files, "_store", store)
        expire_lease(export)
        assert run_export(export).state == ExportState.READY
        with pytest.raises(LeaseLost):
            store(first, file)
        raise LeaseLost

    monkeypatch.setattr(files, "_store", run_second_worker)
    done = run_export(export)
    assert (done.state, done.attempts) == (ExportState.READY, 2)
    assert len(xlsx_rows(content(done))) == 5


def test_export_fails_after_three_interruptions(client, kim):
    export = request_export(kim)
    for _ in range(3):
        assert lease_acquire(Export.objects.all(), export.pk, seconds=60)
        expire_lease(export)
    failed = run_export(export)
    assert failed.state == ExportState.FAILED
    assert "interrupted" in failed.short_error
    client.force_login(kim)
    assert failed.short_error in client.get(reverse(LIST)).content.decode()


def test_failing_export_is_retried_and_shows_its_error(client, kim, monkeypatch, run_on_commit):
    monkeypatch.setattr(files, "xlsx_write", lambda table, file: 1 / 0)
    export = request_export(kim)
    for attempt in (1, 2, 3):
        Export.objects.update(next_attempt_at=timezone.now())
        retry_at = export_make(export_id=export.pk)
        assert (retry_at is None) == (attempt == 3)
    failed = Export.objects.get()
    assert (failed.state, failed.leased_until) == (ExportState.FAILED, None)
    client.force_login(kim)
    page = client.get(reverse(LIST)).content.decode()
    assert "ZeroDivisionError" in page
    assert exports_due() == []
    monkeypatch.undo()
    monkeypatch.setattr(tasks.make_export.huey, "immediate", True)
    url = reverse("wagtail_payments_export:retry", args=[export.pk])
    assert client.get(url).status_code == 200
    with run_on_commit():
        assert client.post(url)["Location"] == reverse(LIST)
    assert Export.objects.get().state == ExportState.READY
    assert export_retry(export_id=export.pk) is False


def test_permissions_are_checked_when_the_file_is_made(kim):
    export = request_export(kim)
    kim.user_permissions.remove(Permission.objects.get(codename="view_payer"))
    rows = xlsx_rows(content(run_export(export)))
    assert {row["Name"] for row in rows} == {None}
    other = request_export(make_staff("lou", *RIGHTS))
    other.user.user_permissions.clear()
    failed = run_export(other)
    assert (failed.state, failed.chunks.count()) == (ExportState.FAILED, 0)
    assert failed.short_error.startswith("PermissionDenied")


def test_permissions_are_checked_at_the_download(client, kim):
    export = run_export(request_export(kim))
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    client.force_login(make_user("root", is_superuser=True))
    assert client.get(url).status_code == 404
    client.force_login(kim)
    kim.user_permissions.remove(Permission.objects.get(codename="export_payment"))
    assert client.get(url).status_code in (302, 403)
    kim.user_permissions.add(Permission.objects.get(codename="export_payment"))
    assert client.get(url).status_code == 200


def test_exports_of_other_users_are_not_accessible(client, kim):
    export = run_export(request_export(kim))
    client.force_login(make_user("root", is_superuser=True))
    assert "payments-2" not in client.get(reverse(LIST)).content.decode()
    for name in ("download", "retry", "delete"):
        url = reverse(f"wagtail_payments_export:{name}", args=[export.pk])
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
    assert Export.objects.get().state == ExportState.READY
    assert export.chunks.exists()


def test_unfinished_export_cannot_be_downloaded(client, kim):
    client.force_login(kim)
    url = reverse("wagtail_payments_export:download", args=[request_export(kim).pk])
    assert client.get(url).status_code == 404


def test_delete_view(client, kim):
    export = run_export(request_export(kim))
    client.force_login(kim)
    url = reverse("wagtail_payments_export:delete", args=[export.pk])
    assert client.get(url).status_code == 200
    assert Export.objects.exists()
    client.post(url)
    assert not Export.objects.exists()
    assert not ExportChunk.objects.exists()


def test_deleted_while_it_is_running(kim, monkeypatch):
    export = request_export(kim)
    store = files._store

    def delete_first(first, file):
        export_delete(export_id=export.pk)
        store(first, file)

    monkeypatch.setattr(files, "_store", delete_first)
    assert export_make(export_id=export.pk) is None
    assert not Export.objects.exists()
    assert not ExportChunk.objects.exists()


def test_exports_expire_after_a_week(kim):
    old, new = run_export(request_export(kim)), run_export(request_export(kim, ExportFormat.CSV))
    Export.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=7, minutes=1)
    )
    assert exports_expire() == 1
    assert list(Export.objects.all()) == [new]
    assert set(ExportChunk.objects.values_list("export", flat=True)) == {new.pk}


def test_slow_export_sends_an_email(kim):
    export = request_export(kim)
    Export.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    run_export(export)
    (message,) = mail.outbox
    assert message.to == [kim.email]
    assert reverse(LIST) in message.body
    assert message.attachments == []
    assert "Payer" not in message.subject + message.body


def test_failing_email_does_not_affect_the_file(kim, monkeypatch):
    export = request_export(kim)
    Export.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: 1 / 0)
    assert run_export(export).state == ExportState.READY


def test_progress_is_stored_and_shown_and_the_lease_renewed(client, kim, monkeypatch):
    monkeypatch.setattr(files, "_RENEWED_EACH", 0)
    seen = []
    write = files.xlsx_write

    def write_and_watch(table, file):
        def rows():
            for row in table.rows():
                yield row
                seen.append(Export.objects.get())

        write(files.replace(table, rows=rows), file)

    monkeypatch.setattr(files, "xlsx_write", write_and_watch)
    export = run_export(request_export(kim))
    assert [row.rows_done for row in seen] == [0, 1, 2, 3, 4]
    assert {row.state for row in seen} == {ExportState.RUNNING}
    leases = [row.leased_until for row in seen]
    assert leases == sorted(set(leases))
    assert export.rows_done == 5
    Export.objects.update(state=ExportState.RUNNING, rows_done=3)
    client.force_login(kim)
    page = client.get(reverse(LIST)).content.decode()
    assert '<progress value="3" max="5"' in page
    assert "3 of 5 rows" in page
    assert "data-running" in page


def test_list_uses_a_limited_number_of_queries(client, kim, django_assert_max_num_queries):
    client.force_login(kim)
    for query in "abcdef":
        run_export(request_export(kim, query=query))
    client.get(reverse(LIST))
    with django_assert_max_num_queries(20):
        client.get(reverse(LIST))


def test_changed_permissions_require_a_new_export(client, kim):
    export = run_export(request_export(kim))
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    client.force_login(kim)
    assert len(xlsx_rows(body(client.get(url)))) == 5
    kim.user_permissions.remove(Permission.objects.get(codename="view_payer"))
    response = client.get(url, follow=True)
    assert "Your permissions have changed" in response.content.decode()
    assert Export.objects.get(pk=export.pk).state == ExportState.READY
