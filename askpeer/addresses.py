"""Which addresses outside may be called: https only, and public ones only, whatever their name says.

What a partner gave us as an address could lead back into our own network. So an address is read strictly, its name is
looked up once, every answer has to be public, and the caller connects to one of exactly those answers: a name that
changes its mind between the look and the call changes nothing.
"""

import ipaddress
import re
import socket
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

from askpeer.errors import Refused

LONGEST = 400  # characters
HTTPS = 443
FIRST_OPEN_PORT = 1024
LONGEST_HOST = 253
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

# Global unicast (RFC 4291), and what in it stands for another address or for none: protocol assignments with Teredo,
# documentation, 6to4. All else of IPv6, with NAT64 and mapped addresses, is outside of it.
GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
NEVER_IPV6 = [ipaddress.ip_network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
# Protocol assignments and the relays of 6to4, some of which Python calls global.
NEVER_IPV4 = [ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24")]


class NotPublic(Exception):
    """A name led to an address that is not public. It says no more: the address is nobody's business."""


class Target(NamedTuple):
    """Whom to call: host is lower-case ASCII or an address without brackets, path begins with / and holds the query."""

    host: str
    port: int
    path: str


def read(url: str) -> Target:
    """Take an address apart, without looking its name up. Raises Refused with what is wrong."""
    if len(url) > LONGEST or not (url.isascii() and url.isprintable()) or set(url) & set(" \\"):
        raise Refused(f"Write the address in at most {LONGEST} plain characters, the host as xn--… where it needs it.")
    try:
        parts = urlsplit(url)
        port = HTTPS if parts.port is None else parts.port
    except ValueError:
        raise Refused("This is not an address.") from None
    if parts.scheme != "https" or "#" in url:
        raise Refused("The address has to begin with https:// and have no part after #.")
    if "@" in parts.netloc:
        raise Refused("The address must not hold a name or a password.")
    if port != HTTPS and port < FIRST_OPEN_PORT:
        raise Refused(f"The port has to be {HTTPS}, or {FIRST_OPEN_PORT} and above.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(_host(parts.hostname or "", bracketed="[" in parts.netloc), port, path)


def _host(host: str, *, bracketed: bool) -> str:
    host = host.removesuffix(".")
    if not (_is_ipv6(host) if bracketed else _is_ipv4(host) or _is_name(host)):
        raise Refused("The host has to be a full name, such as hooks.example.org, or a public IP address.")
    return host


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _is_name(host: str) -> bool:
    """Two labels at least, the last no number: resolvers take 0x7f.1, 0177.1 and 2130706433 for addresses."""
    labels = host.split(".")
    well_formed = len(host) <= LONGEST_HOST and all(LABEL.fullmatch(label) for label in labels)
    return well_formed and len(labels) > 1 and labels[-1] != "localhost" and not NUMBER.fullmatch(labels[-1])


def is_public(address: str) -> bool:
    """Whether this IP address belongs to somebody on the internet, and stands for no other."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not parsed.is_multicast and not any(parsed in net for net in NEVER_IPV4)
    return parsed in GLOBAL_IPV6 and not any(parsed in net for net in NEVER_IPV6)


def may_be_public(host: str) -> bool:
    """False for an IP address that is not public; of a name only looking it up tells."""
    return is_public(host) if _is_ipv4(host) or _is_ipv6(host) else True


def look_up(host: str, *, seconds: float, known: Mapping[str, str] | None = None) -> list[str]:
    """The IP addresses of a host, in the order to try them. known are hosts whose address is given, e.g. by a test.

    Raises NotPublic when one of them is not public, OSError when the name is not found in that many seconds.
    """
    if known and host in known:
        return [known[host]]
    found = _resolve(host, seconds)
    if not all(is_public(address) for address in found):
        raise NotPublic
    return found


def _resolve(host: str, seconds: float) -> list[str]:
    """The system's resolver knows no deadline, so it works in a thread that is left behind when it is over."""
    answers = SimpleQueue[list[str] | OSError]()
    Thread(target=_ask, args=(host, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _ask(host: str, answers: "SimpleQueue[list[str] | OSError]") -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        answers.put(list(dict.fromkeys(str(place[0]) for *_, place in found)))
    except OSError as failure:
        answers.put(failure)
