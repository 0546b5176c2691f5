"""The outbox handler of webhooks, for partners whose servers are on this machine."""

from dataclasses import replace

from questions.partners import hooks
from tests.askpeer.https import HOST

ROOTS = {"pem": ""}


def told(refs, *, key, now):
    """What hooks.told makes, told where its host is and whom to trust; that is all that changes."""
    telling = hooks.told(refs, key=key, now=now)
    return telling and replace(telling, known={HOST: "127.0.0.1"}, roots=ROOTS["pem"], seconds=1)
