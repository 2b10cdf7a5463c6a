"""Measures, each part in a process of its own, prints, and tells by its exit code whether all bounds hold.

``python -m benchmarks`` runs everything, ``python -m benchmarks webhooks --database sqlite`` one part,
``--full`` the memory's part with all its events.
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

PARTS = ("site", "webhooks", "consumer", "memory")


def main() -> int:
    """Run one part here, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args()
    # Whoever ends us wants the servers ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if given.part is None:
        return _everything(given.full)
    with tempfile.TemporaryDirectory(prefix="wp-bench-") as folder:
        os.environ["EXAMPLE_SITE_VAR"] = folder
        if given.part == "site":
            return _site(Path(folder))
        return _part(given.part, given.database, Path(folder), given.full)


def _everything(full: bool) -> int:
    from benchmarks.services import missing

    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {os.cpu_count()} cores,")
    print(f"Python {platform.python_version()}")
    absent = missing()
    if absent:
        print(f"{absent}: webhooks aren't measured there, and the consumer on SQLite, unbound.")
    best = "sqlite" if absent else "postgres"
    plan = [("site", "sqlite")]
    plan += [("webhooks", name) for name in DATABASES if not (absent and name == "postgres")]
    plan += [("consumer", best), ("memory", best)]
    extra = ["--full"] if full else []
    command = [sys.executable, "-m", "benchmarks"]
    failed = [
        f"{part} on {name}"
        for part, name in plan
        if subprocess.call([*command, part, "--database", name, *extra], stdin=subprocess.DEVNULL)
    ]
    print(f"\nBounds missed: {', '.join(failed)}." if failed else "\nEvery bound is kept.")
    return 1 if failed else 0


def _part(name: str, database: str, folder: Path, full: bool) -> int:
    from benchmarks import consumer, memory, webhooks

    print(f"\n{name.capitalize()}: {DATABASES[database]}", flush=True)
    with stage(database, folder) as set_up:
        if name == "webhooks":
            held = webhooks.run(set_up, bound=database != "sqlite-normal")
        elif name == "consumer":
            held = consumer.run(set_up, bound=database == "postgres")
        else:
            held = memory.run(set_up, full=full)
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
