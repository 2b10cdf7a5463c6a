"""The provider of docs/how-to/new-provider.md on the bench, with the company that it speaks to."""

import json
import re
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from .bench import Bench, Webhook

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "new-provider.md"


def documented():
    """Run the page's first block of code and return its names."""
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict = {"__name__": "acorn"}
    exec(compile(code, PAGE, "exec"), names)
    return names


class Refused(Exception):
    """The company says no; the only argument is the HTTP status."""


class AcornPay:
    """The company: checkouts, refunds, idempotency keys."""

    def __init__(self):
        self.checkouts, self.keys = {}, {}

    def answer(self, method, path, key, order):
        place = [unquote(part) for part in path.split("/")[2:]]
        if key:
            return self.once(key, (path, order), lambda: self.perform(method, place, order))
        return self.perform(method, place, order)

    def once(self, key, request, action):
        if key not in self.keys:
            self.keys[key] = (request, action())
        before, answer = self.keys[key]
        if before != request:
            raise Refused(409)
        return answer

    def perform(self, method, place, order):
        if method == "POST" and not place:
            return dict(self.opened(order))
        reference, *rest = place
        if reference not in self.checkouts:
            raise Refused(404)
        checkout = self.checkouts[reference]
        if rest == ["expire"] and checkout["state"] == "open":
            checkout["state"] = "expired"
        if rest == ["refunds"]:
            return self.refunded(checkout, order)
        return checkout

    def opened(self, order):
        if order["amount"] < 1:
            raise Refused(400)
        number = f"ac_{len(self.checkouts) + 1}"
        facts = {"id": number, "url": f"https://pay.acorn.example/{number}", "state": "open"}
        self.checkouts[number] = {**order, **facts, "method": "", "refunds": []}
        return self.checkouts[number]

    def refunded(self, checkout, order):
        left = checkout["amount"] - sum(refund["amount"] for refund in checkout["refunds"])
        if checkout["state"] != "succeeded" or not 1 <= order["amount"] <= left:
            raise Refused(400)
        number = f"re_{checkout['id']}_{len(checkout['refunds'])}"
        facts = {"id": number, "state": "succeeded", "currency": checkout["currency"]}
        checkout["refunds"].append({**order, **facts})
        return checkout["refunds"][-1]


def served(company):
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            order = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "null")
            key = self.headers["Idempotency-Key"]
            try:
                status, said = 200, company.answer(self.command, self.path, key, order)
            except Refused as refused:
                status, said = refused.args[0], {}
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    return server


class AcornBench(Bench):
    """What the page's provider can do."""

    abilities = frozenset({"hosted", "state", "webhook", "refund"})
    secrets = ("acorn_first", "acorn_second")

    def __init__(self):
        self.page, self.company = documented(), AcornPay()
        self.server = served(self.company)
        self.provider = self.page["AcornProvider"](
            alias="acorn",
            api_key="test_acorn",
            webhook_secrets=self.secrets,
            api=f"http://127.0.0.1:{self.server.server_address[1]}",
        )

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def pay(self, reference: str) -> None:
        self.company.checkouts[reference].update(state="succeeded", method="nuts")

    def webhook(self, reference: str, *, at: datetime, secret: str | None = None) -> Webhook:
        event = {"id": f"ev_{reference}", "type": "paid", "live": False, "checkout": reference}
        return self.signed(json.dumps(event).encode(), at=at, secret=secret)

    def signed(self, body: bytes, *, at: datetime, secret: str | None = None) -> Webhook:
        time = str(int(at.timestamp()))
        signature = self.page["_signature"](secret or self.secrets[0], time, body)
        return Webhook(body, {"acorn-signature": f"t={time},v1={signature}"})
