"""The ``demo`` command."""

import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from example_site.demo.journey import Journey, JourneyError
from example_site.demo.processes import (
    HOST,
    Child,
    ProcessError,
    consumer,
    frontend,
    port_taken,
    wait_until_up,
    web_server,
)
from example_site.demo.tables import tables_outdated, tables_record
from example_site.local import VAR, delete_data, var_folder
from example_site.orchard.content.users import LOGINS
from example_site.settings import FRONTEND_PORT, PORT

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "Set up the example site, make one payment, and run the site until Ctrl-C."
    requires_system_checks: list[str] = []

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Stop after the payment.")
        parser.add_argument(
            "--reset", action="store_true", help="Delete all data of the site first."
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        for number in SIGNALS:
            signal.signal(number, _interrupt)
        for port in (PORT, FRONTEND_PORT):
            if port_taken(port):
                raise CommandError(
                    f"Port {port} is in use. Stop its process, or choose another port with PORT=9000."
                )
        if options["reset"]:
            delete_data()
            # Restart, because the settings were loaded with the deleted secrets.
            os.execv(
                sys.executable,
                [sys.executable, *(arg for arg in sys.argv if arg != "--reset")],
            )
        if tables_outdated():
            raise CommandError(
                "An older version created this database. Run make demo-reset to start over."
            )
        children: list[Child] = []
        try:
            self._prepare()
            self._run(children, once=options["once"])
        except KeyboardInterrupt:
            with suppress(OSError):  # The terminal may be gone.
                self.stdout.write("\nStopping.")
        except (ProcessError, JourneyError, LookupError, URLError) as error:
            reason = str(error).rstrip(".")
            raise CommandError(
                f"The demo stopped: {reason}. See the logs in {VAR / 'log'}. If an older version "
                "created the demo, or if you changed “Plant a tree”, run make demo-reset to start over."
            ) from error
        finally:
            for child in reversed(children):
                child.stop()

    def _prepare(self) -> None:
        self.stdout.write("Setting up the database and content …")
        call_command("migrate", verbosity=0, interactive=False)
        tables_record()
        call_command("orchard_content", verbosity=0, stdout=self.stdout)

    def _run(self, children: list[Child], *, once: bool) -> None:
        logs = var_folder("log")
        url = f"http://{HOST}:{PORT}"
        children.append(web_server(PORT, logs))
        children.append(consumer(PORT, logs))
        children.append(frontend(FRONTEND_PORT, logs))
        wait_until_up(children[0], f"{url}/")
        wait_until_up(children[2], f"http://{HOST}:{FRONTEND_PORT}/")
        self._first_payment(url)
        if not once:
            self._ready(url)
            while True:
                time.sleep(0.5)
                for child in children:
                    child.check()

    def _first_payment(self, url: str) -> None:
        provider = settings.WAGTAIL_PAYMENTS["PROVIDER"]
        if provider != "sandbox":
            self.stdout.write(
                f"New payments use {provider}; last year's used the sandbox. You can make the first one. "
                f"Send its webhook events to {url}/payments/webhooks/{provider}/."
            )
            return
        self.stdout.write("Making one payment over HTTP:")
        receipt = Journey(url, var_folder("receipts"), self.stdout.write).run()
        self.stdout.write(f"  receipt: {receipt}")

    def _ready(self, url: str) -> None:
        lines = [
            "",
            f"Ready: {url}/ (site) and {url}/admin/ (Wagtail). Press Ctrl-C to stop.",
            f"Front end on another origin, with the JSON API: http://{HOST}:{FRONTEND_PORT}/.",
            "Pay with the test card 4242 4242 4242 4242, any future expiry date and any security code.",
            "",
            *(
                f"  {login.username:<10} {login.password:<18} {login.description}"
                for login in LOGINS
            ),
            "",
            f"Emails are written to {VAR / 'mail'}.",
        ]
        self.stdout.write("\n".join(lines))
        sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop once, so that a second Ctrl-C doesn't interrupt stopping the child processes."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
