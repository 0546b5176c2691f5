"""The port that the web process listens on."""

import re
import socket

FIRST = 8000
TRIED = 100


class NoPort(RuntimeError):
    """There is no port to listen on; the message says what to set."""


def choose(wanted: str | None) -> int:
    """Return the wanted port or, where none is named, the first free one from 8000 up. Raises NoPort."""
    if wanted:
        return _exactly(wanted)
    for port in range(FIRST, FIRST + TRIED):
        if is_free(port):
            return port
    raise NoPort(f"Ports {FIRST} to {FIRST + TRIED - 1} are all in use. Set PORT to a free one.")


def is_free(port: int) -> bool:
    """Say whether 127.0.0.1 can be listened on at this port."""
    with socket.socket() as probe:
        # As the web server does: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _exactly(wanted: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", wanted) or not 1 <= int(wanted) <= 65535:
        raise NoPort(f"PORT: expected a number from 1 to 65535. It is {wanted!r}.")
    if not is_free(int(wanted)):
        raise NoPort(f"Port {wanted} is in use. Set PORT to a free one, or leave it out to take the next free one.")
    return int(wanted)
