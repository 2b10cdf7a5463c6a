#!/usr/bin/env python
"""Runs Django commands with the example site's settings."""

import os
import sys
from pathlib import Path


def main() -> None:
    # The repository's folder, because this one is imported as ``example_site``.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
