"""The mail server of strangers; on request it hangs with a letter in its hands."""

import threading
from contextlib import contextmanager, suppress
from email import message_from_bytes

from tests.askpeer import smtp


class _Talk(smtp._Talk):
    def handle(self):
        with suppress(OSError):  # the sender was killed
            super().handle()

    def say(self, line):
        if line != b"250 kept" or self.server.answers.is_set():
            super().say(line)
            return
        self.server.dropped.append(self.server.letters.pop())
        self.server.answers.wait()


class Mailbox(smtp.Server):
    """letters: what it took, as bytes; dropped: what it read to the end and never took."""

    daemon_threads = True

    def __init__(self):
        super().__init__()
        self.RequestHandlerClass = _Talk
        self.dropped, self.answers = [], threading.Event()
        self.answers.set()

    def to(self, address):
        """What came for this address, oldest first."""
        return [letter for letter in map(message_from_bytes, list(self.letters)) if letter["To"] == address]

    @contextmanager
    def hanging(self):
        """Within this, every letter is read to its end and gets no answer."""
        self.answers.clear()
        try:
            yield
        finally:
            self.answers.set()
