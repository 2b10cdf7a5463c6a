"""The provider in docs/how-to/new-provider.md, with a fake of its company's API."""

import json
import re
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from .harness import Harness, Webhook

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "new-provider.md"


def documented_code():
    """Run the page's first code block and return its namespace."""
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict = {"__name__": "acorn"}
    exec(compile(code, PAGE, "exec"), names)
    return names


class Refused(Exception):
    """The company refuses a request; the only argument is the HTTP status."""


class AcornPay:
    """A fake of the company's API: checkouts, refunds and idempotency keys."""

    def __init__(self):
        self.checkouts, self.keys = {}, {}

    def respond(self, method, path, key, data):
        segments = [unquote(part) for part in path.split("/")[2:]]
        if key:
            return self.once(key, (path, data), lambda: self.perform(method, segments, data))
        return self.perform(method, segments, data)

    def once(self, key, request, action):
        if key not in self.keys:
            self.keys[key] = (request, action())
        first_request, response = self.keys[key]
        if request != first_request:
            raise Refused(409)
        return response

    def perform(self, method, segments, data):
        if method == "POST" and not segments:
            return dict(self.open_checkout(data))
        reference, *rest = segments
        if reference not in self.checkouts:
            raise Refused(404)
        checkout = self.checkouts[reference]
        if rest == ["expire"] and checkout["state"] == "open":
            checkout["state"] = "expired"
        if rest == ["refunds"]:
            return self.refund(checkout, data)
        return checkout

    def open_checkout(self, data):
        if data["amount"] < 1:
            raise Refused(400)
        number = f"ac_{len(self.checkouts) + 1}"
        fields = {"id": number, "url": f"https://pay.acorn.example/{number}", "state": "open"}
        self.checkouts[number] = {**data, **fields, "method": "", "refunds": []}
        return self.checkouts[number]

    def refund(self, checkout, data):
        left = checkout["amount"] - sum(refund["amount"] for refund in checkout["refunds"])
        if checkout["state"] != "succeeded" or not 1 <= data["amount"] <= left:
            raise Refused(400)
        number = f"re_{checkout['id']}_{len(checkout['refunds'])}"
        fields = {"id": number, "state": "succeeded", "currency": checkout["currency"]}
        checkout["refunds"].append({**data, **fields})
        return checkout["refunds"][-1]


def serve(company):
    class Handler(BaseHTTPRequestHandler):
        def respond(self):
            data = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "null")
            key = self.headers["Idempotency-Key"]
            try:
                status, result = 200, company.respond(self.command, self.path, key, data)
            except Refused as refused:
                status, result = refused.args[0], {}
            body = json.dumps(result).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = respond

        def log_message(self, *args):
            """Disable logging."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    return server


class AcornHarness(Harness):
    """Acorn Pay."""

    abilities = frozenset({"hosted", "state", "webhook", "refund"})
    secrets = ("acorn_first", "acorn_second")

    def __init__(self):
        self.page, self.company = documented_code(), AcornPay()
        self.server = serve(self.company)
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
