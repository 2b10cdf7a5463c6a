"""The demo's child processes: web server, queue consumer and front end."""

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
TIMEOUT = 60


class ProcessError(Exception):
    """A child process didn't start, or has stopped."""


class Child:
    """A Python process with its own process group and log file."""

    def __init__(self, name: str, log: Path, port: int, *arguments: str) -> None:
        self.name, self.log = name, log
        environment = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        with log.open("ab") as output:
            # A new session, so that Ctrl-C only reaches this process, which stops the children in order.
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ProcessError if the process has stopped."""
        if self.process.poll() is not None:
            raise ProcessError(f"The {self.name} has stopped; see {self.log}.")

    def stop(self) -> None:
        """Terminate the process, and kill it if it doesn't stop in time."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def port_taken(port: int) -> bool:
    """Return whether ``port`` is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def web_server(port: int, logs: Path) -> Child:
    address = f"{HOST}:{port}"
    return Child("web server", logs / "web.log", port, MANAGE, "runserver", "--noreload", address)


def consumer(port: int, logs: Path) -> Child:
    return Child("queue consumer", logs / "consumer.log", port, MANAGE, "run_huey")


def frontend(port: int, logs: Path) -> Child:
    """Serve the front end's static files on another port, which makes it another origin."""
    files = ["-m", "http.server", str(port), "--bind", HOST, "--directory", str(SITE / "frontend")]
    return Child("front end", logs / "frontend.log", port, *files)


def wait_until_up(server: Child, url: str) -> None:
    """Wait until the web server responds. Raises ProcessError if it doesn't."""
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        server.check()
        try:
            with opener.open(url, timeout=TIMEOUT):
                return
        except URLError:
            time.sleep(0.1)
    raise ProcessError(f"The web server doesn't respond; see {server.log}.")
