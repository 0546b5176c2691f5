#!/usr/bin/env python3
"""The project's commands. `start`, `test` and `install` work where nothing is installed yet."""

import os
import sys

from config import bootstrap


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    bootstrap.ensure(command)
    if command == "install":
        # Without the settings, which are not there yet, and would make secrets of their own.
        print("Installed for " + sys.prefix)
        return
    if command in {"test", "faults"}:
        # Before Django: the settings make secrets in the data directory, and the tests keep away from yours.
        from config import testing

        sys.exit(testing.run(arguments=sys.argv[2:], faults=command == "faults"))
    run(sys.argv)


def run(arguments):
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config.paths import UnusableHome

    try:
        execute_from_command_line(arguments)
    except (ImproperlyConfigured, UnusableHome) as problem:
        if "--traceback" in arguments:
            raise
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
