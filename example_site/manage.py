#!/usr/bin/env python
"""The example site's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run a command with the example site's settings."""
    # The repository's folder, not this one: what is here is imported as ``example_site``.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
