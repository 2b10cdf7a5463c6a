"""An HTTP server that receives the sandbox's webhooks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest


@dataclass
class Inbox:
    """Received requests. The responses are each of ``statuses`` once, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            inbox.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            inbox.headers.append({name.lower(): value for name, value in self.headers.items()})
            inbox.paths.append(self.path)
            self.send_response(inbox.statuses.pop(0) if inbox.statuses else 200)
            self.send_header("Location", f"{inbox.url}/elsewhere/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Disable logging."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield inbox
    server.shutdown()
    server.server_close()
    thread.join()
