"""Pages for payers: Stripe.js, the Payment Element's frame, the hosted page, and a bank's page."""

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
    """Return the data of a form or of JSON."""
    return json.loads(text) if text.startswith("{") else dict(parse_qsl(text))


def asset(name):
    content = (STATIC / name).read_bytes()
    headers = {"Content-Type": f"{TYPES[name.partition('.')[2]]}; charset=utf-8", **OPEN_TO_ALL}
    return 200, headers, content


def html(name, **values):
    """Fill in a template. Values are escaped; ``fields`` are HTML already."""
    escaped = {key: value if key == "fields" else escape(value) for key, value in values.items()}
    return 200, HTML, Template((STATIC / name).read_text()).substitute(escaped).encode()


def as_json(data):
    return 200, {"Content-Type": "application/json", **OPEN_TO_ALL}, json.dumps(data).encode()


def redirect(url):
    return 303, {"Location": url}, b""


def session_by_secret(fake, secret):
    for session in fake.store.find("checkout.session", client_secret=secret):
        return session
    raise NotFound("no such client secret")


def element(fake, data):
    """Show the Payment Element's frame."""
    fields = (STATIC / "fields.html").read_text()
    return html("element.html", fields=fields, secret=data["secret"], origin=data["origin"])


def element_session(fake, data):
    """Return the session for Stripe.js, if the key belongs to its mode."""
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
    details = {"session": paying.browser_session(session), "return_url": paying.return_url(session)}
    return as_json({**asdict(result), **details})


def hosted(fake, reference, data):
    """Show the hosted page, which works without scripts."""
    return hosted_page(fake.store.objects[reference])


def hosted_page(session, message="", last4=""):
    closed = session["status"] != "open"
    amount = paying.format_amount(session["amount_total"], session["currency"])
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
        return redirect(paying.return_url(session))
    if result.type == "redirect":
        return redirect(result.url)
    return hosted_page(session, result.message, result.last4)


def bank(fake, reference, choice="", data=None):
    """Show a bank's page, or redirect back after a choice."""
    session = fake.store.objects[reference]
    if choice:
        paying.answer(fake, session, choice == "authorize")
        return redirect(paying.return_url(session))
    amount = paying.format_amount(session["amount_total"], session["currency"])
    return html("bank.html", amount=amount, reference=reference)


PAGES: dict[tuple[str, str], Callable[..., Any]] = {
    ("GET", "element"): element,
    ("GET", "element-session"): element_session,
    ("POST", "element-confirm"): element_confirm,
    ("GET", "pay"): hosted,
    ("POST", "pay"): hosted_submit,
    ("GET", "bank"): bank,
}
