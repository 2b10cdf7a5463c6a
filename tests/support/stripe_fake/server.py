"""The HTTP server: the API under ``/v1``, the payers' pages, and ``/_control`` for tests."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import api, pages
from .attempts import SessionClosed
from .errors import StripeError

if TYPE_CHECKING:
    from .fake import StripeFake

API = "/v1/"


class Server(ThreadingHTTPServer):
    fake: "StripeFake"
    daemon_threads = True
    request_queue_size = 64


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 30

    def do_GET(self):
        self.answer(urlsplit(self.path).query)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.answer(self.rfile.read(length).decode())

    def answer(self, text):
        fake, path = self.server.fake, urlsplit(self.path).path
        try:
            if path.startswith(API):
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = api.Request(self.command.lower(), path, text, headers)
                status, headers, body = api.answer(fake, request)
                self.send(status, {**headers, "Content-Type": "application/json"}, body)
            elif path == "/_control":
                body = json.dumps({"answer": fake.control(json.loads(text))}).encode()
                self.send(200, {"Content-Type": "application/json"}, body)
            else:
                self.send(*pages.answer(fake, self.command, path, text))
        except (SessionClosed, StripeError) as error:
            self.send(409, {"Content-Type": "text/plain"}, str(error).encode())
        except api.ConnectionCut:
            self.connection.shutdown(socket.SHUT_RDWR)
        except (BrokenPipeError, ConnectionResetError):
            # The client has disconnected.
            self.close_connection = True
        except Exception as error:
            # Don't let an error in the fake look like one of Stripe's.
            fake.violations.append(f"{self.command} {path}: {error!r}")
            self.send(500, {"Content-Type": "text/plain"}, repr(error).encode())

    def send(self, status, headers, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Disable logging."""


def serve(fake, port):
    """Start a server in a thread; return it and its URL."""
    server = Server(("127.0.0.1", port), Handler)
    server.fake = fake
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"
