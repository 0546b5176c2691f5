"""Plain-text mail through Django's back end, with an identity that a repeated send shares.

What a mail server says is about the address, about this mail, or about the server itself, and each is treated in its
own way: the first two are never tried again by themselves, the last lets all mail rest for a while.
"""

import hashlib
import os
import smtplib
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from threading import Timer
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from askpeer import outbox
from askpeer.outbox import Undeliverable
from askpeer.ways import Down

NEEDS_SIGN_IN = {530, 535}
CLOSING = 421


class AddressRefused(Undeliverable):
    """The server takes no mail for this address, now or later."""


@dataclass(frozen=True)
class Mail:
    """One e-mail. From key, as the outbox gives it to a handler, the Message-ID is made: a repeat is seen as one."""

    way: ClassVar[str] = "mail"

    to: str
    subject: str
    body: str
    key: str

    def message_id(self) -> str:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{hashlib.sha256(self.key.encode()).hexdigest()[:32]}@{domain}>"

    def send(self) -> None:
        """Send now. Raises AddressRefused, Undeliverable for a mail that can never be sent, and Down."""
        message = EmailMessage(self.subject, self.body, to=[self.to], headers={"Message-ID": self.message_id()})
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            _raise_of_address(refusal)
        except smtplib.SMTPDataError as refusal:
            _raise_of_mail(refusal)
        except OSError as failure:  # every other exception of smtplib too
            raise Down from failure
        except ValueError as failure:  # a header of two lines, an address that cannot be written down
            raise Undeliverable from failure


def _raise_of_address(refusal: smtplib.SMTPRecipientsRefused) -> None:
    answers = list(refusal.recipients.values())
    if any(_is_no_answer(code) for code, _ in answers):
        raise Down from refusal
    if all(_is_for_good(code, said) for code, said in answers):
        raise AddressRefused from refusal
    raise refusal


def _raise_of_mail(refusal: smtplib.SMTPDataError) -> None:
    if _is_no_answer(refusal.smtp_code):
        raise Down from refusal
    if _is_for_good(refusal.smtp_code, refusal.smtp_error):
        raise Undeliverable from refusal
    raise refusal


def _is_no_answer(code: int) -> bool:
    """Whether the server closes, or what came was no refusal at all: smtplib makes -1 of half a line."""
    return code == CLOSING or code < 400


def _is_for_good(code: int, said: bytes | str) -> bool:
    """Whether trying again is of no use. A refusal by policy (5.7, RFC 3463) is about us, and ends when we mend it."""
    text = said if isinstance(said, bytes) else said.encode()
    return code >= 500 and code not in NEEDS_SIGN_IN and not text.startswith(b"5.7.")


class Bounded(smtplib.SMTP):
    """A conversation that is over in outbox.send_seconds(), however slowly the server speaks.

    EMAIL_TIMEOUT bounds each of its steps but the last: whether a mail was taken only the answer to it tells, and
    giving up before that would send it again.
    """

    _watch: Timer | None = None
    _watched: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        ends = time.monotonic() + outbox.send_seconds()
        line: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        # A descriptor of its own: TLS puts another socket around the first one.
        self._watched = socket.socket(fileno=os.dup(line.fileno()))
        self._watch = Timer(max(0, ends - time.monotonic()), _hang_up, [self._watched])
        self._watch.daemon = True
        self._watch.start()
        return line

    def data(self, msg: Any) -> tuple[int, bytes]:
        if self.sock:
            self.sock.settimeout(None)
        try:
            return super().data(msg)
        finally:
            if self.sock:
                self.sock.settimeout(self.timeout)

    def close(self) -> None:
        super().close()
        if self._watch and self._watched:
            self._watch.cancel()
            self._watched.close()


class BoundedSSL(Bounded, smtplib.SMTP_SSL):
    """The same where TLS comes first."""


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # over already
        line.shutdown(socket.SHUT_RDWR)


class Server(EmailBackend):
    """Django's SMTP back end over a bounded conversation."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return BoundedSSL if self.use_ssl else Bounded

    def open(self) -> bool | None:
        try:
            return super().open()
        except OSError:
            self.close()  # a line on which signing in failed
            raise
