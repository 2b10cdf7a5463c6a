"""Sets up a part's database, queue, web server and consumer."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket

HOST = "127.0.0.1"
TIMEOUT = 60
DATABASES = {
    "postgres": "PostgreSQL, queue in Redis",
    "sqlite": "SQLite (WAL, synchronous=FULL), queue in SQLite",
    "sqlite-normal": "SQLite (WAL, synchronous=NORMAL), queue in SQLite",
}


@contextmanager
def stage(database: str, folder: Path) -> Iterator["Stage"]:
    """Set up the part in this process, and clean up at the end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ["BENCH_DATABASE"] = database
    os.environ["BENCH_NAME"] = f"wagtail_payments_bench_{os.getpid()}"
    import django

    django.setup()
    from django.db import connection
    from huey.contrib.djhuey import HUEY

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    # SQLite allows one writer: threads of one process can wait for each other.
    set_up = Stage(folder, workers=2 if database == "postgres" else 1)
    try:
        yield set_up
    finally:
        set_up.stop()
        HUEY.flush()
        connection.creation.destroy_test_db(name, verbosity=0)


class Stage:
    """The processes of a part. ``port`` is the web server's port."""

    def __init__(self, folder: Path, *, workers: int) -> None:
        self.folder = folder
        self.workers = workers
        self.port = _free_port()
        self.processes: list[subprocess.Popen[bytes]] = []

    def web_server(self) -> subprocess.Popen[bytes]:
        """Start gunicorn, with eight threads in total and connections that stay open."""
        bind = ["--bind", f"{HOST}:{self.port}", "--keep-alive", "600"]
        size = ["--workers", f"{self.workers}", "--threads", f"{8 // self.workers}"]
        application = "django.core.wsgi:get_wsgi_application()"
        server = self._start("web", "gunicorn", *bind, *size, "--log-level", "warning", application)
        _wait_for(server, self.port)
        return server

    def consumer(self) -> subprocess.Popen[bytes]:
        """Start Huey's consumer, with four workers."""
        return self._start("consumer", "django", "run_huey")

    def check(self) -> None:
        """Raise SystemExit if a process has stopped."""
        for process in self.processes:
            if process.poll() is not None:
                raise SystemExit(f"A process has stopped: {process.args}\n{self._logs()}")

    def stop(self) -> None:
        """Stop the processes, and wait for them."""
        while self.processes:
            process = self.processes.pop()
            process.send_signal(signal.SIGINT if "run_huey" in process.args else signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def _logs(self) -> str:
        return "\n".join(
            log.read_text(errors="replace")[-2000:] for log in self.folder.glob("*.log")
        )


def _free_port() -> int:
    with socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and server.poll() is None:
        try:
            create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The web server doesn't respond.")
