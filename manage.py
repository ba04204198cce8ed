#!/usr/bin/env python3
"""Django's command line. With the embedded engines use `python3 run.py manage …` instead."""

import os
import sys


def main() -> None:
    """Run one management command with the product's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
