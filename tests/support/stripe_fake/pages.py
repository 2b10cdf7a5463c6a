"""The payers' side: Stripe.js, the Payment Element's frame, the hosted page, and a bank's page."""

import json
from collections.abc import Callable
from dataclasses import asdict
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl

from . import paying

STATIC = Path(__file__).parent / "static"
TYPES = {"js": "text/javascript", "css": "text/css"}
HTML = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


class NotFound(Exception):
    """There is no such page, session or secret."""


def answer(fake, method, path, text):
    """Return status, headers and body."""
    _, name, *rest = path.split("/")
    try:
        if name.partition(".")[2] in TYPES and not rest:
            return asset(name)
        return PAGES[method, name](fake, *rest, data=fields(text))
    except (KeyError, NotFound, TypeError) as error:
        return 404, {"Content-Type": "text/plain"}, f"Not found: {error}".encode()


def fields(text):
    """Return what a form or a script sent."""
    return json.loads(text) if text.startswith("{") else dict(parse_qsl(text))


def asset(name):
    content = (STATIC / name).read_bytes()
    headers = {"Content-Type": f"{TYPES[name.partition('.')[2]]}; charset=utf-8", **OPEN_TO_ALL}
    return 200, headers, content


def html(name, **facts):
    """Fill in a template. Values are escaped; ``fields`` are HTML already."""
    known = {key: value if key == "fields" else escape(value) for key, value in facts.items()}
    return 200, HTML, Template((STATIC / name).read_text()).substitute(known).encode()


def as_json(facts):
    return 200, {"Content-Type": "application/json", **OPEN_TO_ALL}, json.dumps(facts).encode()


def see(url):
    return 303, {"Location": url}, b""


def session_by_secret(fake, secret):
    for session in fake.store.find("checkout.session", client_secret=secret):
        return session
    raise NotFound("no such client secret")


def element(fake, data):
    """The frame of the Payment Element."""
    fields = (STATIC / "fields.html").read_text()
    return html("element.html", fields=fields, secret=data["secret"], origin=data["origin"])


def element_session(fake, data):
    """What Stripe.js reads when it starts: is the key ours, and of the session's mode?"""
    session = session_by_secret(fake, data["secret"])
    if fake.publishable_keys.get(data.get("key")) is not session["livemode"]:
        raise NotFound("no such publishable key in this mode")
    return as_json(paying.browser_session(session))


def element_confirm(fake, data):
    session = session_by_secret(fake, data["secret"])
    if "answer" in data:
        result = paying.answer(fake, session, data["answer"] == "complete")
    else:
        result = paying.submit(fake, session, data)
    facts = {"session": paying.browser_session(session), "return_url": paying.return_url(session)}
    return as_json({**asdict(result), **facts})


def hosted(fake, reference, data):
    """The page on which a payer pays without ours; it needs no script."""
    return hosted_page(fake.store.objects[reference])


def hosted_page(session, message="", last4=""):
    closed = session["status"] != "open"
    amount = paying.written(session["amount_total"], session["currency"])
    name = "closed.html" if closed else "challenge.html" if last4 else "hosted.html"
    return html(
        name,
        fields=(STATIC / "fields.html").read_text(),
        amount=amount,
        description=session["_items"][0]["description"],
        message=message,
        last4=last4,
        cancel_url=session["cancel_url"] or paying.return_url(session),
    )


def hosted_submit(fake, reference, data):
    session = fake.store.objects[reference]
    if "answer" in data:
        result = paying.answer(fake, session, data["answer"] == "complete")
    else:
        result = paying.submit(fake, session, data)
    if result.type == "paid":
        return see(paying.return_url(session))
    if result.type == "redirect":
        return see(result.url)
    return hosted_page(session, result.message, result.last4)


def bank(fake, reference, word="", data=None):
    """The page of a bank, with two links back."""
    session = fake.store.objects[reference]
    if word:
        paying.answer(fake, session, word == "authorize")
        return see(paying.return_url(session))
    amount = paying.written(session["amount_total"], session["currency"])
    return html("bank.html", amount=amount, reference=reference)


PAGES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", "element"): element,
    ("GET", "element-session"): element_session,
    ("POST", "element-confirm"): element_confirm,
    ("GET", "pay"): hosted,
    ("POST", "pay"): hosted_submit,
    ("GET", "bank"): bank,
}
