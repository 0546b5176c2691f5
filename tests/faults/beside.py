"""The environment of a process that works on the tests' own database, beside the test."""

import os

from django.db import connection


def environment(*, mail_port, ledger):
    if connection.vendor == "sqlite":
        url = f"sqlite:///{connection.settings_dict['NAME']}"
    else:
        url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    mine = {"DATABASE_URL": url, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "ASKPEER_LEDGER": str(ledger)}
    return {**os.environ, **mine, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONWARNINGS": "ignore"}
