"""One webhook, signed after the Standard Webhooks specification 1.0.0, to a public https address.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. A send is over in
WHOLE_SECONDS, however slowly the other side speaks; no redirect is followed, and nothing of an answer is kept but
its status.
"""

import base64
import hashlib
import hmac
import secrets
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.client import HTTPException, HTTPSConnection
from typing import Any

from askpeer import addresses
from askpeer.errors import Refused
from askpeer.outbox import Undeliverable

PREFIX = "whsec_"
SECRET_BYTES = 32
CONNECT_SECONDS = 5
WHOLE_SECONDS = 10
MOST_READ = 1024  # bytes of an answer, so that a small one is not cut off while it is sent
GONE = 410


class Gone(Undeliverable):
    """The other side says that this address wants no webhook any more."""


class Answered(Exception):
    """The other side answered with something else than success: http_status. It may be better the next time."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.http_status = status


UNANSWERED = (OSError, HTTPException)  # what a send raises where no answer came, or none that can be read


@dataclass(frozen=True)
class Post:
    """One POST. From key, as the outbox gives it to a handler, the webhook-id is made: a repeat is seen as one.

    former are secrets that sign too, while a receiver changes over from one of them to the other.
    at is the moment of this attempt, seconds the longest it may take. known and roots are for a server that is not on
    the internet: the address of a host, and the file of the certificates to trust.
    """

    url: str = field(repr=False)
    secret: str = field(repr=False)
    body: bytes = field(repr=False)
    key: str
    at: datetime
    former: Sequence[str] = field(default=(), repr=False, kw_only=True)
    seconds: float = field(default=WHOLE_SECONDS, kw_only=True)
    known: Mapping[str, str] = field(default_factory=dict, repr=False, kw_only=True)
    roots: str | None = field(default=None, kw_only=True)

    def headers(self) -> dict[str, str]:
        name, moment = identity(self.key), str(int(self.at.timestamp()))
        content = f"{name}.{moment}.".encode() + self.body
        return {
            "Content-Type": "application/json",
            "User-Agent": "askpeer",
            "Connection": "close",
            "webhook-id": name,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(sign(secret, content) for secret in (self.secret, *self.former)),
        }

    def send(self) -> None:
        """Send now. Raises Gone, Undeliverable for an address that may not be called, Answered, and UNANSWERED."""
        ends = time.monotonic() + self.seconds
        with closing(self._line(ends)) as line:
            line.request("POST", line.path, self.body, self.headers())
            status = _status(line)
        if status == GONE:
            raise Gone
        if not 200 <= status < 300:
            raise Answered(status)

    def _line(self, ends: float) -> "_Pinned":
        try:
            target = addresses.read(self.url)
            found = addresses.look_up(target.host, seconds=min(CONNECT_SECONDS, self.seconds), known=self.known)
        except (Refused, addresses.NotPublic) as refusal:
            raise Undeliverable from refusal
        return _Pinned(target, found, ends=ends, roots=self.roots)


def new_secret() -> str:
    """A secret for one receiver, as the specification writes it: whsec_ and base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, content: bytes) -> str:
    """The value of webhook-signature over id.timestamp.body: v1 and HMAC-SHA256 in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def identity(key: str) -> str:
    """The webhook-id that every attempt of an outbox row shares; it has no full stop, which the signature splits at."""
    return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _status(line: HTTPSConnection) -> int:
    answer = line.getresponse()
    with suppress(OSError, HTTPException):  # the status was said; what follows it changes nothing
        answer.read1(MOST_READ)
    answer.close()
    return answer.status


class _Bounded(ssl.SSLSocket):
    """Reads until one moment and no longer, where a timeout alone would begin anew with every byte."""

    ends: float

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_left(self.ends))
        return super().recv_into(*args, **kwargs)


class _Pinned(HTTPSConnection):
    """A connection to one of the addresses that were looked at, while Host header and certificate are the host's."""

    def __init__(self, target: addresses.Target, found: list[str], *, ends: float, roots: str | None) -> None:
        super().__init__(target.host, target.port, context=_context(roots))
        self.path, self.found, self.ends, self.tls = target.path, found, ends, _context(roots)

    def connect(self) -> None:
        line = _first_to_answer(self.found, self.port, self.ends)
        line.settimeout(_left(self.ends))
        self.sock = sealed = self.tls.wrap_socket(line, server_hostname=self.host)
        assert isinstance(sealed, _Bounded)
        sealed.ends = self.ends
        sealed.settimeout(_left(self.ends))


@cache
def _context(roots: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=roots)
    context.sslsocket_class = _Bounded
    return context


def _first_to_answer(found: list[str], port: int, ends: float) -> socket.socket:
    """A name may have an address that this machine has no way to: then the next one is tried."""
    for address in found[:-1]:
        with suppress(OSError):
            return _connect(address, port, ends)
    return _connect(found[-1], port, ends)


def _connect(address: str, port: int, ends: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=min(CONNECT_SECONDS, _left(ends)))


def _left(ends: float) -> float:
    """Seconds until ends. Raises TimeoutError when it is over."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
