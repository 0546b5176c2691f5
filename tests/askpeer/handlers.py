"""Outbox handlers that do as their row's refs say."""

from dataclasses import dataclass
from datetime import datetime

from askpeer.mail import Mail
from askpeer.outbox import Later, Undeliverable

NAMES = ("letter", "nothing", "failing", "refused", "broken", "mail", "resting", "named")
HANDLERS = {name: f"tests.askpeer.handlers.{name}" for name in NAMES} | {"mail-too": "tests.askpeer.handlers.mail"}


@dataclass
class Letter:
    """Appends its words to the file named in refs; that is all its sending is."""

    path: str
    words: str

    def send(self):
        with open(self.path, "a") as file:
            file.write(self.words + "\n")


class Failing:
    def send(self):
        raise TimeoutError("someone@example.org took too long")


class Refused:
    def send(self):
        raise Undeliverable from ConnectionRefusedError("someone@example.org")


class Resting:
    def __init__(self, until):
        self.until = until

    def send(self):
        raise Later(self.until)


def letter(refs, *, key, now):
    """Its words are the key that the row was put under."""
    return Letter(refs["path"], key.split()[0])


def named(refs, *, key, now):
    """Its words are the whole key that the outbox names it by."""
    return Letter(refs["path"], key)


def resting(refs, *, key, now):
    return Resting(datetime.fromisoformat(refs["until"]))


def nothing(refs, *, key, now):
    return None


def failing(refs, *, key, now):
    return Failing()


def refused(refs, *, key, now):
    return Refused()


def broken(refs, *, key, now):
    raise LookupError("no such row")


def mail(refs, *, key, now):
    return Mail(refs["to"], "Something new for you", "Open your page to read it.", key)
