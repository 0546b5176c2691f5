"""The settings read one environment and name, loudly, what is missing or malformed in it."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {
    "DATABASE_URL": "postgres://someone@localhost/askpeer",
    "SECRET_KEY": "x" * 50,
    "ASKPEER_KEKS": f"second:{KEY},first:{KEY}",
    "ASKPEER_RECEIPT_PEPPER": KEY,
    "ASKPEER_LEDGER": "/srv/askpeer/erased.txt",
    "ALLOWED_HOSTS": "askpeer.example",
}
KEKS = "one or more name:key pairs, comma separated, each key 32 bytes in base64, the one in use first"
PEPPER = "32 random bytes in base64"
MAIL = "an address like smtp+tls://user:password@host:587, with %23 and the like for special characters"
TOKEN = "at least 20 letters, digits or signs without a blank"
CASES = {
    "mail of another kind": ({"EMAIL_URL": "foo:s3cret"}, f"EMAIL_URL: expected {MAIL}. It is 'not one'."),
    "a password cut by its #": (
        {"EMAIL_URL": "smtp://u:s3cr#t/x@h:25"},
        f"EMAIL_URL: expected {MAIL}. It is 'not one'.",
    ),
    "mail to no host": ({"EMAIL_URL": "smtp://"}, f"EMAIL_URL: expected {MAIL}. It is 'without a host'."),
    "a sender without an address": (
        {"ASKPEER_FROM": "foo"},
        "ASKPEER_FROM: expected a sender like Notes <notes@example.org>. It is 'foo'.",
    ),
    "two senders": (
        {"ASKPEER_FROM": "notes@x.example, b@y.example"},
        ("ASKPEER_FROM: expected a sender like Notes <notes@example.org>. It is 'notes@x.example, b@y.example'."),
    ),
    "a sender of two lines": (
        {"ASKPEER_FROM": "Notes <n@x.example>\nBcc: a@x.example"},
        (
            "ASKPEER_FROM: expected a sender like Notes <notes@example.org>. "
            "It is 'Notes <n@x.example>\\nBcc: a@x.example'."
        ),
    ),
    "nothing wrong": ({}, "second first"),
    "no secret": ({"SECRET_KEY": None}, "SECRET_KEY: expected at least 50 random characters. It is not set."),
    "short secret": (
        {"SECRET_KEY": "x" * 49},
        "SECRET_KEY: expected at least 50 random characters. It is '49 characters long'.",
    ),
    "no keys": ({"ASKPEER_KEKS": None}, f"ASKPEER_KEKS: expected {KEKS}. It is not set."),
    "bad key": (
        {"ASKPEER_KEKS": "first:c2VjcmV0"},
        f"ASKPEER_KEKS: expected {KEKS}. It is '8 characters that do not decode to 32 bytes'.",
    ),
    "key named twice": (
        {"ASKPEER_KEKS": f"a:{KEY},a:{KEY}"},
        f"ASKPEER_KEKS: expected {KEKS}. It is 'a name that is empty, too long or twice there: a'.",
    ),
    "key without a name": (
        {"ASKPEER_KEKS": KEY},
        f"ASKPEER_KEKS: expected {KEKS}. It is 'a name that is empty, too long or twice there: {KEY[:16]}'.",
    ),
    "no pepper": ({"ASKPEER_RECEIPT_PEPPER": None}, f"ASKPEER_RECEIPT_PEPPER: expected {PEPPER}. It is not set."),
    "bad pepper": (
        {"ASKPEER_RECEIPT_PEPPER": "pepper"},
        f"ASKPEER_RECEIPT_PEPPER: expected {PEPPER}. It is '6 characters that do not decode to 32 bytes'.",
    ),
    "no ledger": (
        {"ASKPEER_LEDGER": None},
        "ASKPEER_LEDGER: expected the path of a file outside the database and its backups. It is not set.",
    ),
    "no hosts": (
        {"ALLOWED_HOSTS": None},
        "ALLOWED_HOSTS: expected the service's host names, separated by commas. It is not set.",
    ),
    "other database": (
        {"DATABASE_URL": "mysql://someone:word@db.example/askpeer"},
        (
            "DATABASE_URL: expected an address that starts with postgres: or postgresql: or sqlite:. "
            "It is 'db.example/askpeer'."
        ),
    ),
    "other broker": (
        {"REDIS_URL": "amqp://someone:word@mq.example"},
        (
            "REDIS_URL: expected an address that starts with redis: or rediss: or redis+socket: or unix:. "
            "It is 'mq.example'."
        ),
    ),
    "neither on nor off": ({"DEBUG": "maybe"}, "DEBUG: expected on or off. It is 'maybe'."),
    "a lease of no time": (
        {"ASKPEER_LEASE_SECONDS": "0"},
        "ASKPEER_LEASE_SECONDS: expected a whole number, 1 or more. It is '0'.",
    ),
    "a token to guess": (
        {"ASKPEER_METRICS_TOKEN": "m" * 19},
        f"ASKPEER_METRICS_TOKEN: expected {TOKEN}. It is '19 characters long'.",
    ),
    "a token of two words": (
        {"ASKPEER_METRICS_TOKEN": "m" * 19 + " n"},
        f"ASKPEER_METRICS_TOKEN: expected {TOKEN}. It is '21 characters long'.",
    ),
    "a token": ({"ASKPEER_METRICS_TOKEN": "m" * 20}, "second first"),
    "no token": ({"ASKPEER_METRICS_TOKEN": ""}, "second first"),
    "no number": ({"ASKPEER_PROXIES": "one"}, "ASKPEER_PROXIES: expected a whole number. It is 'one'."),
}
# One process reads every case: only settings.py itself is read anew for each.
READ = """
import importlib, json, os, sys
from django.core.exceptions import ImproperlyConfigured
base, said = dict(os.environ), {}
for name, environment in json.load(sys.stdin).items():
    os.environ.clear()
    os.environ.update(base | environment)
    sys.modules.pop("config.settings", None)
    try:
        said[name] = " ".join(importlib.import_module("config.settings").KEKS)
    except ImproperlyConfigured as problem:
        said[name] = str(problem)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What settings.py says in each case."""
    environments = {
        name: {key: value for key, value in (GOOD | changes).items() if value is not None}
        for name, (changes, _) in CASES.items()
    }
    home = {"PATH": os.environ["PATH"], "ASKPEER_HOME": str(tmp_path_factory.mktemp("home"))}
    done = subprocess.run(
        [sys.executable, "-c", READ],
        input=json.dumps(environments),
        env=home,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(("scheme", "prefix"), [("https", "__Host-"), ("http", "")])
def test_over_https_a_cookie_is_this_very_hosts(tmp_path, scheme, prefix):
    names = "SESSION_COOKIE_NAME, DRAFT_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME"
    code = f"from config import settings as s; print(*(getattr(s, n) for n in {names.split(', ')!r}))"
    home = {"PATH": os.environ["PATH"], "ASKPEER_HOME": str(tmp_path)}
    environment = home | GOOD | {"ASKPEER_URL": f"{scheme}://askpeer.example"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [f"{prefix}{name}" for name in ("s", "n", "csrftoken", "l")]


@pytest.mark.parametrize("case", CASES)
def test_what_is_missing_or_malformed_is_named_with_what_was_expected(said, case):
    assert said[case] == CASES[case][1]


def test_no_settings_message_repeats_a_secret(said):
    secrets = (KEY, "c2VjcmV0", "x" * 49, ":word@", "m" * 19)
    assert [message for message in said.values() if any(secret in message for secret in secrets)] == []
