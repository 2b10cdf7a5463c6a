"""``make demo``: what it promises on the screen is so."""

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
from tests.example_site.conftest import Demo, free_port

pytestmark = pytest.mark.slow


def query(demo, sql):
    with closing(sqlite3.connect(demo.var / "data" / "site.sqlite3")) as connection:
        return connection.execute(sql).fetchall()


def told(demo, what):
    return float(re.search(rf"{re.escape(what)}\s+([0-9]+) ms", demo.said)[1])


def test_every_step_is_told_with_its_time(demo):
    for step in (
        "page with a payment block",
        "configuration",
        "checkout start answered",
        "card 4242… confirmed in the sandbox's frame",
        "paid, after confirmation",
        "webhook stored → applied by a task",
        "receipt mailed, after it was paid",
        "receipt as PDF",
    ):
        assert told(demo, step) >= 0


def test_the_receipt_is_there_and_says_what_was_paid(demo):
    path = re.search(r"the receipt is (.*\.pdf)", demo.said)[1]
    text = "".join(page.extract_text() for page in PdfReader(path).pages)
    for words in ("Quince Lane Orchard e.V.", "Plant a tree", "€25.00", "TEST"):
        assert words in text


def test_the_receipt_was_mailed(demo):
    emails = [path.read_text() for path in (demo.var / "mail").iterdir()]
    assert sum("first.visitor@example.org" in mail for mail in emails) == 1


def test_the_front_end_on_another_origin_is_told_and_there(demo):
    assert f"{demo.frontend}/." in demo.said
    assert "shop.js" in Visitor(demo.frontend).page("/")


def test_the_logins_are_told(demo):
    for name in ("admin", "editor", "treasurer", "paula"):
        assert re.search(rf"{name}\s+{name}-orchard", demo.said)


def test_a_year_of_payments_is_there(demo):
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


def test_every_paid_payment_has_a_receipt_and_no_other(demo):
    rows = query(
        demo,
        "select p.status = 'succeeded', r.id is not null, count(*) from wagtail_payments_payment p"
        " left join wagtail_payments_receipt r on r.payment_id = p.id group by 1, 2",
    )
    assert {(paid, receipt) for paid, receipt, _ in rows} == {(0, 0), (1, 1)}


def test_a_taken_port_is_one_sentence_and_nothing_is_made(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        demo = Demo(tmp_path, other.getsockname()[1])
        done = demo.run("demo")
    assert done.returncode == 1
    assert f"Port {demo.port} is taken" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data" / "site.sqlite3").exists()


def test_the_front_ends_port_may_be_taken_too(tmp_path):
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        done = Demo(tmp_path, port).run("demo")
    assert done.returncode == 1
    assert f"Port {port + 1} is taken" in done.stderr
    assert not (tmp_path / "data" / "site.sqlite3").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    done = Demo(tmp_path / "file" / "var", free_port()).run("demo")
    assert done.returncode == 1
    assert "can't be made" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_second_run_reuses_what_is_there_and_ends_with_its_children(demo, tmp_path):
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
    assert not second.answers()
