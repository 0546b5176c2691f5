"""Outbox handlers that do as their row's refs say."""

from dataclasses import dataclass

from askpeer.mail import Mail
from askpeer.outbox import Undeliverable

NAMES = ("letter", "nothing", "failing", "refused", "broken", "mail")
HANDLERS = {name: f"tests.askpeer.handlers.{name}" for name in NAMES}


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


def letter(refs, *, key, now):
    return Letter(refs["path"], key)


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
