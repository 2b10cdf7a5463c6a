"""Runs the ``demo`` command with its own folder and port."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from example_site.demo.visitor import Visitor, attribute
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 120


class Demo:
    """A process of the ``demo`` command."""

    def __init__(self, var, port):
        self.var, self.port = Path(var), port
        self.url = f"http://127.0.0.1:{port}"
        self.frontend = f"http://127.0.0.1:{port + 1}"
        self.output = ""

    def command(self, *arguments):
        environment = {
            **os.environ,
            "EXAMPLE_SITE_VAR": str(self.var),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "example_site.settings",
            "PYTHONUNBUFFERED": "1",
        }
        return {
            "args": [sys.executable, str(ROOT / "example_site" / "manage.py"), *arguments],
            "env": environment,
            "text": True,
        }

    def run(self, *arguments):
        return subprocess.run(
            **self.command(*arguments), capture_output=True, timeout=TIMEOUT, check=False
        )

    def start(self):
        self.process = subprocess.Popen(
            **self.command("demo"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        watchdog = threading.Timer(TIMEOUT, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            self.output += line
            if line.startswith("Emails are written"):
                break
        watchdog.cancel()
        assert "Ready:" in self.output, self.output
        return self

    def stop(self, number):
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode

    def responds(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def children(self):
        """Return the process ids of this run, which have its folder in their environment."""
        marker = f"EXAMPLE_SITE_VAR={self.var}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if marker in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def log_in(self, username):
        visitor = Visitor(self.url)
        token = attribute(visitor.page("/login/"), r'csrfmiddlewaretoken" value="([^"]+)"')
        fields = {
            "csrfmiddlewaretoken": token,
            "username": username,
            "password": f"{username}-orchard",
        }
        visitor.post_form("/login/", fields)
        return visitor


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    demo = Demo(tmp_path_factory.mktemp("demo"), free_port()).start()
    yield demo
    assert demo.stop(signal.SIGINT) == 0
