"""One load in a process of its own: its arguments are JSON, and its figures come out as JSON. See running.py."""

import gc
import json
import os
import sys
from dataclasses import asdict

import django


def main(arguments: dict[str, int]) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    gc.set_threshold(50_000)  # many short-lived rows: a tenth less time
    from django.core.management import call_command

    from config.demo.month.simulating import simulate

    call_command("migrate", verbosity=0)
    print(json.dumps(asdict(simulate(**arguments))))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
