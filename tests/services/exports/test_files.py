"""Files that a task makes: once, by whoever has the lease, with the rights of now, and not for ever."""

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
from wagtail_payments.admin.exports import responses as export_answers
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


def ask(user, file_format=ExportFormat.XLSX, query="export=xlsx"):
    return export_request(
        user=user, kind=ExportKind.PAYMENTS, file_format=file_format, query=query, rows=5
    )


def made(export):
    export_make(export_id=export.pk)
    return Export.objects.get(pk=export.pk)


def content(export):
    return b"".join(bytes(chunk.data) for chunk in export.chunks.all())


def late(export):
    """Let the worker's lease run out: it was killed."""
    Export.objects.filter(pk=export.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Do what waits for the transaction's end, inside of which a test is."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def test_asked_for_by_the_button_made_by_the_queue(client, kim, monkeypatch, committed):
    monkeypatch.setattr(export_answers, "MAX_IMMEDIATE_ROWS", 4)
    monkeypatch.setattr(tasks.make_export.huey, "immediate", True)
    client.force_login(kim)
    with committed():
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


def test_few_rows_come_at_once(client, kim):
    client.force_login(kim)
    assert len(xlsx_rows(body(client.get(reverse(INDEX), {"export": "xlsx"})))) == 5
    assert not Export.objects.exists()


def test_who_asks_twice_gets_one_file(kim):
    export = ask(kim)
    assert ask(kim) == export
    assert ask(make_staff("lou", *RIGHTS)) != export
    assert ask(kim, query="export=xlsx&q=x") != export
    made(export)
    assert ask(kim) != export


def test_a_csv_can_be_made_too(kim):
    export = made(ask(kim, ExportFormat.CSV))
    assert len(csv_rows(content(export))) == 5
    assert export.size == len(content(export))


def test_a_file_is_kept_in_pieces(client, kim, monkeypatch):
    monkeypatch.setattr(files, "CHUNK", 1000)
    export = made(ask(kim))
    sizes = [len(chunk.data) for chunk in export.chunks.all()]
    assert len(sizes) > 2
    assert set(sizes[:-1]) == {1000}
    client.force_login(kim)
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    assert len(xlsx_rows(body(client.get(url)))) == 5


def test_the_sweep_takes_up_what_a_killed_worker_left(kim, monkeypatch):
    monkeypatch.setattr(tasks.make_export.huey, "immediate", True)
    export = ask(kim)
    taken = lease_acquire(Export.objects.all(), export.pk, seconds=60)
    ExportChunk.objects.create(export=taken, number=0, data=b"half")
    Export.objects.update(state=ExportState.RUNNING, rows_done=2)
    assert exports_due() == []
    tasks.sweep.call_local()
    assert Export.objects.get().state == ExportState.RUNNING
    late(export)
    assert exports_due() == [export.pk]
    tasks.sweep.call_local()
    done = Export.objects.get()
    assert (done.state, done.attempts) == (ExportState.READY, 2)
    assert len(xlsx_rows(content(done))) == 5


def test_whoever_lost_the_lease_writes_nothing_more(kim, monkeypatch):
    """The first worker was thought dead, and goes on while the second one is at it."""
    export = ask(kim)
    store = files._store

    def second_comes_first(first, file):
        monkeypatch.setattr(files, "_store", store)
        late(export)
        assert made(export).state == ExportState.READY
        with pytest.raises(LeaseLost):
            store(first, file)
        raise LeaseLost

    monkeypatch.setattr(files, "_store", second_comes_first)
    done = made(export)
    assert (done.state, done.attempts) == (ExportState.READY, 2)
    assert len(xlsx_rows(content(done))) == 5


def test_killed_again_and_again(client, kim):
    export = ask(kim)
    for _ in range(3):
        assert lease_acquire(Export.objects.all(), export.pk, seconds=60)
        late(export)
    failed = made(export)
    assert failed.state == ExportState.FAILED
    assert "interrupted" in failed.short_error
    client.force_login(kim)
    assert failed.short_error in client.get(reverse(LIST)).content.decode()


def test_what_fails_is_tried_again_and_then_says_why(client, kim, monkeypatch, committed):
    monkeypatch.setattr(files, "xlsx_write", lambda table, file: 1 / 0)
    export = ask(kim)
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
    with committed():
        assert client.post(url)["Location"] == reverse(LIST)
    assert Export.objects.get().state == ExportState.READY
    assert export_retry(export_id=export.pk) is False


def test_rights_are_those_of_when_it_is_made(kim):
    export = ask(kim)
    kim.user_permissions.remove(Permission.objects.get(codename="view_payer"))
    rows = xlsx_rows(content(made(export)))
    assert {row["Name"] for row in rows} == {None}
    other = ask(make_staff("lou", *RIGHTS))
    other.user.user_permissions.clear()
    failed = made(other)
    assert (failed.state, failed.chunks.count()) == (ExportState.FAILED, 0)
    assert failed.short_error.startswith("PermissionDenied")


def test_rights_are_asked_again_at_the_download(client, kim):
    export = made(ask(kim))
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    client.force_login(make_user("root", is_superuser=True))
    assert client.get(url).status_code == 404
    client.force_login(kim)
    kim.user_permissions.remove(Permission.objects.get(codename="export_payment"))
    assert client.get(url).status_code in (302, 403)
    kim.user_permissions.add(Permission.objects.get(codename="export_payment"))
    assert client.get(url).status_code == 200


def test_nobody_sees_or_ends_what_another_one_asked_for(client, kim):
    export = made(ask(kim))
    client.force_login(make_user("root", is_superuser=True))
    assert "payments-2" not in client.get(reverse(LIST)).content.decode()
    for name in ("download", "retry", "delete"):
        url = reverse(f"wagtail_payments_export:{name}", args=[export.pk])
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
    assert Export.objects.get().state == ExportState.READY
    assert export.chunks.exists()


def test_what_is_not_ready_is_not_downloaded(client, kim):
    client.force_login(kim)
    url = reverse("wagtail_payments_export:download", args=[ask(kim).pk])
    assert client.get(url).status_code == 404


def test_deleted_by_a_button(client, kim):
    export = made(ask(kim))
    client.force_login(kim)
    url = reverse("wagtail_payments_export:delete", args=[export.pk])
    assert client.get(url).status_code == 200
    assert Export.objects.exists()
    client.post(url)
    assert not Export.objects.exists()
    assert not ExportChunk.objects.exists()


def test_deleted_while_it_is_made(kim, monkeypatch):
    export = ask(kim)
    store = files._store

    def deleted_first(first, file):
        export_delete(export_id=export.pk)
        store(first, file)

    monkeypatch.setattr(files, "_store", deleted_first)
    assert export_make(export_id=export.pk) is None
    assert not Export.objects.exists()
    assert not ExportChunk.objects.exists()


def test_a_week_old_ones_go_at_night(kim):
    old, new = made(ask(kim)), made(ask(kim, ExportFormat.CSV))
    Export.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=7, minutes=1)
    )
    assert exports_expire() == 1
    assert list(Export.objects.all()) == [new]
    assert set(ExportChunk.objects.values_list("export", flat=True)) == {new.pk}


def test_a_mail_when_it_took_long(kim):
    export = ask(kim)
    Export.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    made(export)
    (message,) = mail.outbox
    assert message.to == [kim.email]
    assert reverse(LIST) in message.body
    assert message.attachments == []
    assert "Payer" not in message.subject + message.body


def test_a_mail_that_cannot_be_sent_spoils_no_file(kim, monkeypatch):
    export = ask(kim)
    Export.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: 1 / 0)
    assert made(export).state == ExportState.READY


def test_progress_is_shown_and_the_lease_renewed(client, kim, monkeypatch):
    monkeypatch.setattr(files, "_RENEWED_EACH", 0)
    seen = []
    write = files.xlsx_write

    def watching(table, file):
        def rows():
            for row in table.rows():
                yield row
                seen.append(Export.objects.get())

        write(files.replace(table, rows=rows), file)

    monkeypatch.setattr(files, "xlsx_write", watching)
    export = made(ask(kim))
    assert [each.rows_done for each in seen] == [0, 1, 2, 3, 4]
    assert {each.state for each in seen} == {ExportState.RUNNING}
    assert export.rows_done == 5
    Export.objects.update(state=ExportState.RUNNING, rows_done=3)
    client.force_login(kim)
    page = client.get(reverse(LIST)).content.decode()
    assert '<progress value="3" max="5"' in page
    assert "3 of 5 rows" in page
    assert "data-running" in page


def test_the_list_costs_the_same_whatever_is_in_it(client, kim, django_assert_max_num_queries):
    client.force_login(kim)
    for query in "abcdef":
        made(ask(kim, query=query))
    client.get(reverse(LIST))
    with django_assert_max_num_queries(20):
        client.get(reverse(LIST))


def test_whose_rights_have_changed_asks_once_more(client, kim, committed):
    export = made(ask(kim))
    url = reverse("wagtail_payments_export:download", args=[export.pk])
    client.force_login(kim)
    assert len(xlsx_rows(body(client.get(url)))) == 5
    kim.user_permissions.remove(Permission.objects.get(codename="view_payer"))
    answer = client.get(url, follow=True)
    assert "Your permissions have changed" in answer.content.decode()
    assert Export.objects.get(pk=export.pk).state == ExportState.READY
