"""A site with its own database, web server and queue consumer."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.databases import copy_database, drop_database
from tests.support.ports import free_port

ROOT = Path(__file__).parents[3]
TIMEOUT = 90


class Site:
    """The processes of a site, and actions inside them."""

    settings = "tests.support.browser.settings"
    hosted = "**/payments-sandbox/**"
    """The URL pattern of the provider's hosted page."""
    unconfirmed = "Your bank could not"
    """A part of the message for a failed 3-D Secure challenge."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes = []
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": self.settings,
            "WAGTAIL_PAYMENTS_TEST_FOLDER": str(folder),
            "PYTHONPATH": str(ROOT),
        }

    def perform(self, action, **options):
        body = json.dumps({"action": action, **options}).encode()
        with urllib.request.urlopen(f"{self.url}/control/", body, timeout=TIMEOUT) as response:
            return json.load(response)["answer"]

    def fault(self, kind):
        """Make the next request to the provider fail."""
        self.perform("fault", kind=kind)

    def start(self):
        copy_database(self.folder)
        self.run("-m", "tests.support.browser.prepare", str(self.port))
        self.launch()
        self.wait()

    def launch(self):
        self.spawn("consumer", "-m", "django", "run_huey", "--workers", "2")
        server = ["runserver", "--noreload", "--insecure", f"127.0.0.1:{self.port}"]
        self.spawn("server", "-m", "django", *server)

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def spawn(self, name, *arguments):
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    def wait(self):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            assert all(process.poll() is None for process in self.processes), self.logs()
            with contextlib.suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{self.url}/ticket/", timeout=TIMEOUT).close()
                return
            time.sleep(0.1)
        raise AssertionError(self.logs())

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        drop_database(self.folder)

    def logs(self):
        return "\n".join(log.read_text(errors="replace") for log in self.folder.glob("*.log"))
