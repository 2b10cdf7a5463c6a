"""Sets the example site up in a temporary folder, measures, prints, and removes it again."""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path


def main() -> None:
    """Run every benchmark."""
    with tempfile.TemporaryDirectory(prefix="wp-bench-") as folder:
        os.environ["EXAMPLE_SITE_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "example_site.settings"
        _prepare()
        from benchmarks import blocks, journeys, receipts

        print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {os.cpu_count()} cores,")
        print(f"Python {platform.python_version()}, SQLite (WAL), one web server, one consumer")
        receipts.run()
        blocks.run()
        journeys.run(Path(folder))


def _prepare() -> None:
    import django
    from django.core.management import call_command

    sys.stderr.write("Setting the example site up …\n")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("orchard_content", verbosity=0)


if __name__ == "__main__":
    main()
