"""``manage.py demo``: everything up, one payment taken, then ready."""

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
from example_site.demo.tables import tables_are_older, tables_remember
from example_site.local import VAR, forget, var_folder
from example_site.orchard.content.users import LOGINS
from example_site.settings import FRONTEND_PORT, PORT

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    """Set up and run the example site."""

    help = "Sets the example site up, takes one payment through it, and runs it until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Know ``--once`` and ``--reset``."""
        parser.add_argument(
            "--once", action="store_true", help="Stop after the payment, instead of running on."
        )
        parser.add_argument(
            "--reset", action="store_true", help="Forget everything that the site has kept, first."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM."""
        for number in ENDINGS:
            signal.signal(number, _interrupt)
        for port in (PORT, FRONTEND_PORT):
            if port_taken(port):
                raise CommandError(
                    f"Port {port} is taken: stop what uses it, or choose another with PORT=9000."
                )
        if options["reset"]:
            forget()
            # Begin anew: what is gone was read when the settings were.
            os.execv(
                sys.executable, [sys.executable, *(word for word in sys.argv if word != "--reset")]
            )
        if tables_are_older():
            raise CommandError(
                "This database is of an older version: start over with make demo-reset."
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
                f"The demonstration stopped: {reason}. The logs are in {VAR / 'log'}. If this is "
                "the demo of an older version, or you have changed “Plant a tree”, then "
                "make demo-reset starts over."
            ) from error
        finally:
            for child in reversed(children):
                child.stop()

    def _prepare(self) -> None:
        self.stdout.write("Database and content …")
        call_command("migrate", verbosity=0, interactive=False)
        tables_remember()
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
                f"Payments go to {provider} (last year's were the sandbox's). The first one is yours; "
                f"its events are expected at {url}/payments/webhooks/{provider}/."
            )
            return
        self.stdout.write("One payment, over HTTP:")
        receipt = Journey(url, var_folder("receipts"), self.stdout.write).travel()
        self.stdout.write(f"  the receipt is {receipt}")

    def _ready(self, url: str) -> None:
        lines = [
            "",
            f"Ready: {url}/ (the site) and {url}/admin/ (Wagtail). Ctrl-C stops it.",
            f"A front end on another origin, by the JSON API: http://{HOST}:{FRONTEND_PORT}/.",
            "Pay with the test card 4242 4242 4242 4242, any future date, any code.",
            "",
            *(f"  {login.username:<10} {login.password:<18} {login.may}" for login in LOGINS),
            "",
            f"Emails are written to {VAR / 'mail'}.",
        ]
        self.stdout.write("\n".join(lines))
        sys.stdout.flush()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Stop once: a second Ctrl-C does not skip waiting for the child processes."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt
