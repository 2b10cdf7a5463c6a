"""The processes of the demonstration, as children of this one: web server, queue consumer, front end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

SITE = Path(__file__).resolve().parents[1]
MANAGE = str(SITE / "manage.py")
HOST = "127.0.0.1"
PATIENCE = 60


class ProcessError(Exception):
    """A child didn't come up, or has gone; the message says where to look."""


class Child:
    """One run of Python in a process group of its own, with a log file."""

    def __init__(self, name: str, log: Path, port: int, *arguments: str) -> None:
        """Start it."""
        self.name, self.log = name, log
        environment = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        with log.open("ab") as output:
            # Ctrl-C reaches only us; we stop the children one after the other.
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ProcessError if it has gone."""
        if self.process.poll() is not None:
            raise ProcessError(f"The {self.name} has stopped; its last words are in {self.log}.")

    def stop(self) -> None:
        """End it, in a friendly way first."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def port_taken(port: int) -> bool:
    """Tell whether something listens on ``port`` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def web_server(port: int, logs: Path) -> Child:
    """Start the web server."""
    address = f"{HOST}:{port}"
    return Child("web server", logs / "web.log", port, MANAGE, "runserver", "--noreload", address)


def consumer(port: int, logs: Path) -> Child:
    """Start the queue's consumer."""
    return Child("queue consumer", logs / "consumer.log", port, MANAGE, "run_huey")


def frontend(port: int, logs: Path) -> Child:
    """Serve the front end, which is plain files, from another origin: another port."""
    files = ["-m", "http.server", str(port), "--bind", HOST, "--directory", str(SITE / "frontend")]
    return Child("front end", logs / "frontend.log", port, *files)


def wait_until_up(server: Child, url: str) -> None:
    """Return once the web server answers. Raises ProcessError when it doesn't."""
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        server.check()
        try:
            with opener.open(url, timeout=PATIENCE):
                return
        except URLError:
            time.sleep(0.1)
    raise ProcessError(f"The web server doesn't answer; see {server.log}.")
