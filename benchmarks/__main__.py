"""Runs the benchmarks, each part in its own process. The exit code is nonzero if a limit is exceeded.

``python -m benchmarks`` runs all parts, ``python -m benchmarks webhooks --database sqlite`` runs one.
``--full`` runs the memory part with all events; ``--payments`` sets the number of payments of the desk.
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
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--payments", type=int, default=1_000_000)
    options = parser.parse_args()
    # Exit normally on SIGTERM, so that the servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if options.part is None:
        return _all_parts(options.full, options.payments)
    with tempfile.TemporaryDirectory(prefix="wp-bench-") as folder:
        os.environ["EXAMPLE_SITE_VAR"] = folder
        if options.part == "site":
            return _site(Path(folder))
        return _part(options, Path(folder))


def _all_parts(full: bool, payments: int) -> int:
    from benchmarks.services import missing

    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {os.cpu_count()} cores,")
    print(f"Python {platform.python_version()}")
    absent = missing()
    if absent:
        print(
            f"{absent}. Webhooks and desk are only measured on SQLite, the consumer on SQLite without limit."
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
    print(f"\nLimits exceeded: {', '.join(failed)}." if failed else "\nAll limits are kept.")
    return 1 if failed else 0


def _part(options: argparse.Namespace, folder: Path) -> int:
    from benchmarks import consumer, memory, webhooks

    name, database = options.part, options.database
    print(f"\n{name.capitalize()}: {DATABASES[database]}", flush=True)
    with stage(database, folder) as set_up:
        if name == "webhooks":
            passed = webhooks.run(set_up, enforce=database != "sqlite-normal")
        elif name == "consumer":
            passed = consumer.run(set_up, enforce=database == "postgres")
        elif name == "memory":
            passed = memory.run(set_up, full=options.full)
        else:
            from benchmarks import desk

            passed = desk.run(payments=options.payments)
    return 0 if passed else 1


def _site(folder: Path) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "example_site.settings"
    import django
    from django.core.management import call_command

    sys.stderr.write("Setting up the example site …\n")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("orchard_content", verbosity=0)
    from benchmarks import blocks, journeys, receipts

    passed = receipts.run()
    blocks.run()
    journeys.run(folder)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
