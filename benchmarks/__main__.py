"""Measures, each part in a process of its own, prints, and tells by its exit code whether all bounds hold.

``python -m benchmarks`` runs everything, ``python -m benchmarks webhooks --database sqlite`` one part,
``--full`` the memory's part with all its events, ``--payments`` how many the desk has to do with.
"""

import argparse
import os
import platform
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.stage import DATABASES, stage

PARTS = ("site", "webhooks", "consumer", "memory", "desk")


def main() -> int:
    """Run one part here, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--payments", type=int, default=1_000_000)
    given = parser.parse_args()
    # Stopping the benchmarks also stops their servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if given.part is None:
        return _everything(given.full, given.payments)
    with tempfile.TemporaryDirectory(prefix="wp-bench-") as folder:
        os.environ["EXAMPLE_SITE_VAR"] = folder
        if given.part == "site":
            return _site(Path(folder))
        return _part(given, Path(folder))


def _everything(full: bool, payments: int) -> int:
    from benchmarks.services import missing

    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {os.cpu_count()} cores,")
    print(f"Python {platform.python_version()}")
    absent = missing()
    if absent:
        print(
            f"{absent}: webhooks and desk aren't measured there, and the consumer on SQLite, unbound."
        )
    best = "sqlite" if absent else "postgres"
    plan = [("site", "sqlite")]
    plan += [("webhooks", name) for name in DATABASES if not (absent and name == "postgres")]
    plan += [("consumer", best), ("memory", best)]
    plan += [
        ("desk", name) for name in ("sqlite", "postgres") if not (absent and name == "postgres")
    ]
    extra = [*(["--full"] if full else []), "--payments", str(payments)]
    command = [sys.executable, "-m", "benchmarks"]
    failed = [
        f"{part} on {name}"
        for part, name in plan
        if subprocess.call([*command, part, "--database", name, *extra], stdin=subprocess.DEVNULL)
    ]
    print(f"\nBounds missed: {', '.join(failed)}." if failed else "\nEvery bound is kept.")
    return 1 if failed else 0


def _part(given: argparse.Namespace, folder: Path) -> int:
    from benchmarks import consumer, memory, webhooks

    name, database = given.part, given.database
    print(f"\n{name.capitalize()}: {DATABASES[database]}", flush=True)
    with stage(database, folder) as set_up:
        if name == "webhooks":
            held = webhooks.run(set_up, bound=database != "sqlite-normal")
        elif name == "consumer":
            held = consumer.run(set_up, bound=database == "postgres")
        elif name == "memory":
            held = memory.run(set_up, full=given.full)
        else:
            from benchmarks import desk

            held = desk.run(payments=given.payments)
    return 0 if held else 1


def _site(folder: Path) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "example_site.settings"
    import django
    from django.core.management import call_command

    sys.stderr.write("Setting the example site up …\n")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("orchard_content", verbosity=0)
    from benchmarks import blocks, journeys, receipts

    held = receipts.run()
    blocks.run()
    journeys.run(folder)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
