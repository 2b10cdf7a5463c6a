"""A site whose web workers and consumers can be killed, and whose queue and database can be lost."""

import contextlib
import os
import random
import shutil
import signal
import socket
import sqlite3
import time
from http.client import HTTPException

import pytest
from django.conf import settings

from tests.resilience.sizes import SETTLING
from tests.support.browser.server import Site
from tests.support.ports import free_port

CONSUMERS = 3
WORKERS = 2 * CONSUMERS
WEB_WORKERS = 2
TIMEOUT = 120
LOCALHOST = "127.0.0.1"


class Cluster(Site):
    """A site with several processes, and methods that kill or disconnect them."""

    settings = "tests.resilience.cluster.settings"

    def start(self):
        self.redis_port = self.start_redis() if "url" in settings.HUEY else None
        self.proxy = self.start_proxy() if settings.DATABASES["default"].get("PORT") else None
        super().start()

    def launch(self):
        self.start_web()
        self.consumers = [self.start_consumer() for _ in range(CONSUMERS)]

    def start_redis(self):
        binary = shutil.which("redis-server")
        if binary is None:
            pytest.skip(
                "needs redis-server: the tests empty the queue, so they start their own server"
            )
        port = free_port()
        options = ["--port", str(port), "--bind", LOCALHOST, "--save", "", "--dir", self.folder]
        self.spawn("redis", "-c", EXEC, binary, *options)
        wait_for_port(port)
        self.environment["WAGTAIL_PAYMENTS_TEST_REDIS"] = f"redis://{LOCALHOST}:{port}/0"
        return port

    def start_proxy(self):
        port, target = free_port(), str(settings.DATABASES["default"]["PORT"])
        proxy = self.spawn("proxy", "-m", "tests.resilience.cluster.proxy", str(port), target)
        wait_for_port(port)
        self.environment["WAGTAIL_PAYMENTS_TEST_DB_PORT"] = str(port)
        return proxy

    def start_web(self):
        workers = ["--workers", str(WEB_WORKERS), "--threads", "4", "--timeout", str(TIMEOUT)]
        address = ["--bind", f"{LOCALHOST}:{self.port}", "--graceful-timeout", "5"]
        application = ["--no-control-socket", "django.core.wsgi:get_wsgi_application()"]
        self.spawn("web", "-m", "gunicorn", *workers, *address, *application)

    def start_consumer(self):
        name = f"consumer-{time.monotonic_ns()}"
        return self.spawn(
            name, "-m", "django", "run_huey", "--workers", str(WORKERS // CONSUMERS), "--quiet"
        )

    def kill_any(self, chance=random):
        """SIGKILL a web worker, which its master replaces, or a consumer, which is restarted."""
        if chance.randrange(WEB_WORKERS + CONSUMERS) < WEB_WORKERS:
            os.kill(self.perform("pid"), signal.SIGKILL)
        else:
            self.kill_consumer(chance.choice(self.consumers))
            self.consumers.append(self.start_consumer())

    def kill_consumer(self, consumer):
        os.kill(consumer.pid, signal.SIGKILL)
        consumer.wait()
        self.consumers.remove(consumer)
        self.processes.remove(consumer)

    def empty_queue(self):
        if self.redis_port is None:
            return self.perform("flush")
        import redis

        with redis.Redis(port=self.redis_port) as client:
            return client.flushall()

    def lose_database(self, seconds):
        """Cut all connections to the database; on SQLite, lock its file instead."""
        if self.proxy is None:
            return self.lock_database(seconds)
        self.proxy.send_signal(signal.SIGUSR1)
        time.sleep(seconds)
        self.proxy.send_signal(signal.SIGUSR2)

    def lock_database(self, seconds):
        file = sqlite3.connect(self.perform("database"), 20, isolation_level=None)
        with contextlib.closing(file) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    def perform(self, action, **options):
        """Run an action in the site, and retry until it answers."""
        return retry(lambda: super(Cluster, self).perform(action, **options))

    def settle(self):
        """Wait until everything is processed, and return the audit."""
        wait_until(
            lambda: not any(self.waiting().values()),
            lambda: f"{self.waiting()} {self.logs()}",
        )
        return self.perform("audit")

    def waiting(self):
        """Run the periodic tasks; return how many rows are not processed yet."""
        self.perform("sweep")
        return self.perform("waiting")


EXEC = "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"


def retry(action):
    """Retry until the site answers: its process may be killed, or its database lost."""
    end = time.monotonic() + TIMEOUT
    while True:
        try:
            return action()
        except (OSError, HTTPException) as error:
            # HTTPError is an OSError too. Don't retry client errors.
            if getattr(error, "code", 500) < 500 or time.monotonic() > end:
                raise
            time.sleep(0.2)


def wait_until(condition, explain):
    end = time.monotonic() + SETTLING
    while not condition():
        assert time.monotonic() < end, explain()
        time.sleep(0.2)


def wait_for_port(port):
    retry(lambda: socket.create_connection((LOCALHOST, port)).close())
