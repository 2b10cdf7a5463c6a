"""The ``demo`` command does what it prints."""

import re
import shutil
import signal
import socket
import sqlite3
import time
from contextlib import closing

import pytest
from pypdf import PdfReader

from example_site.demo.visitor import Visitor
from tests.example_site.conftest import Demo
from tests.support.ports import free_port

pytestmark = pytest.mark.slow


def query(demo, sql):
    with closing(sqlite3.connect(demo.var / "data" / "site.sqlite3")) as connection:
        return connection.execute(sql).fetchall()


def milliseconds(demo, step):
    return float(re.search(rf"{re.escape(step)}\s+([0-9]+) ms", demo.output)[1])


def test_every_step_has_a_duration(demo):
    for step in (
        "page with a payment block",
        "configuration",
        "checkout started",
        "card 4242… confirmed in the sandbox's frame",
        "paid after confirmation",
        "webhook stored → applied by a task",
        "receipt emailed after payment",
        "receipt PDF",
    ):
        assert milliseconds(demo, step) >= 0


def test_receipt_contents(demo):
    path = re.search(r"receipt: (.*\.pdf)", demo.output)[1]
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    for expected in ("Quince Lane Orchard e.V.", "Plant a tree", "€25.00", "TEST"):
        assert expected in text


def test_receipt_was_emailed(demo):
    emails = [path.read_text() for path in (demo.var / "mail").iterdir()]
    assert sum("first.visitor@example.org" in email for email in emails) == 1


def test_front_end_on_another_origin(demo):
    assert f"{demo.frontend}/." in demo.output
    assert "shop.js" in Visitor(demo.frontend).page("/")


def test_logins_are_printed(demo):
    for name in ("admin", "editor", "treasurer", "paula"):
        assert re.search(rf"{name}\s+{name}-orchard", demo.output)


def test_there_is_a_year_of_payments(demo):
    ((count,),) = query(demo, "select count(*) from wagtail_payments_payment")
    assert 250 < count < 900
    ((months,),) = query(
        demo, "select count(distinct strftime('%Y-%m', created_at)) from wagtail_payments_payment"
    )
    assert months >= 12


def test_past_receipts_are_numbered_without_gaps(demo):
    rows = query(
        demo,
        "select s.next_number, count(*), min(r.number), max(r.number) from wagtail_payments_receipt r"
        " join wagtail_payments_receiptseries s on s.id = r.series_id group by s.id",
    )
    assert rows
    assert all((low, high, count) == (1, count, nxt - 1) for nxt, count, low, high in rows)


def test_only_paid_payments_have_a_receipt(demo):
    rows = query(
        demo,
        "select p.status = 'succeeded', r.id is not null, count(*) from wagtail_payments_payment p"
        " left join wagtail_payments_receipt r on r.payment_id = p.id group by 1, 2",
    )
    assert {(paid, receipt) for paid, receipt, _ in rows} == {(0, 0), (1, 1)}


def test_port_in_use_is_an_error_and_creates_nothing(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        demo = Demo(tmp_path, other.getsockname()[1])
        done = demo.run("demo")
    assert done.returncode == 1
    assert f"Port {demo.port} is in use" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data" / "site.sqlite3").exists()


def test_front_end_port_in_use_is_an_error(tmp_path):
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        done = Demo(tmp_path, port).run("demo")
    assert done.returncode == 1
    assert f"Port {port + 1} is in use" in done.stderr
    assert not (tmp_path / "data" / "site.sqlite3").exists()


def test_unwritable_folder_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    done = Demo(tmp_path / "file" / "var", free_port()).run("demo")
    assert done.returncode == 1
    assert "Can't create" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_second_run_reuses_the_data_and_stops_its_processes(demo, tmp_path):
    ((before,),) = query(demo, "select count(*) from wagtail_payments_payment")
    shutil.copytree(demo.var, tmp_path / "var")
    second = Demo(tmp_path / "var", free_port()).start()
    assert len(second.children()) >= 4
    assert query(second, "select count(*) from wagtail_payments_payment") == [(before + 1,)]
    assert second.stop(signal.SIGTERM) == 0
    deadline = time.monotonic() + 5
    while second.children() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert second.children() == []
    assert not second.responds()
