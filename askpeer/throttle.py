"""Limits that store no address.

A client is a 24-bit bucket of HMAC(secret, date, network): /24 of IPv4, /48 of IPv6. Thousands of networks share one,
so a bucket names nobody, and the date in it ends every link at midnight. A count is gone an hour after its last act,
from a cache that writes nothing to disk. When the cache is gone the limits fail open: a young person is never kept out
by our trouble.
"""

import hmac
import ipaddress
import time
from collections.abc import Collection
from datetime import date
from functools import cache
from threading import Lock

import redis
from django.conf import settings
from django.http import HttpRequest

LONGEST = 3600
BREAKER_SECONDS = 5
_opened_at = {"breaker": 0.0}


_making = Lock()


def _cache() -> redis.Redis:
    """One client for the process. Of two that threads made at once the one let go of would close the connections that
    the first request of all is just using.
    """
    with _making:
        return _made()


@cache
def _made() -> redis.Redis:
    # Long enough for a machine that a flood keeps busy: giving up sooner would open the limits just then.
    return redis.Redis.from_url(settings.CACHE_URL, socket_timeout=1, socket_connect_timeout=0.5)


def forget() -> None:
    """Connect anew at the next use, and believe again in a cache that was gone."""
    _made.cache_clear()
    _opened_at["breaker"] = 0.0


def network(address: str) -> str:
    """The network an address belongs to, or "" where it is no address (a unix socket)."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))


def client_address(request: HttpRequest) -> str:
    """The peer's address, or the one our own proxies added; never one a client can write itself."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES and forwarded[0]:
        return forwarded[-settings.PROXIES]
    return request.META.get("REMOTE_ADDR", "")


def bucket(request: HttpRequest, *, today: date) -> str:
    """Six hex digits (24 bits) that stand for the client's network today."""
    return _bucket("throttle", network(client_address(request)), today)


def bucket_of_words(words: str, *, today: date) -> str:
    """The same for a text: many texts share one, and nobody without the secret can ask which."""
    return _bucket("words", words, today)


def _bucket(what: str, value: str, today: date) -> str:
    raw = f"{what}\0{today.isoformat()}|{value}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), raw, "sha256").hex()[:6]


def within(name: str, client: str, *, limit: int, seconds: int) -> bool:
    """Count one act of this client; False once it has made more than limit in this window. One round trip."""
    return left(name, client, limit=limit, seconds=seconds) >= 0


def left(name: str, client: str, *, limit: int, seconds: int) -> int:
    """Count one act of this client and return how many more it may make in this window; negative once it is over."""
    counts = _count([(name, client)], seconds=seconds)
    return limit - counts[0] if counts else limit


def within_all(limits: dict[tuple[str, str], int], *, seconds: int, running: Collection[str] = ()) -> bool:
    """Count one act under each (name, client); False once any was made more often than its limit. One round trip.

    The names in running have no window: they count on until for so many seconds there is no act.
    """
    counts = _count(list(limits), seconds=seconds, running=running)
    return all(count <= limit for count, limit in zip(counts, limits.values(), strict=False))


def _count(acts: list[tuple[str, str]], *, seconds: int, running: Collection[str] = ()) -> list[int]:
    """How often each act was made in this window, this time included; nothing where the cache is gone."""
    if time.monotonic() < _opened_at["breaker"]:
        return []
    seconds = min(seconds, LONGEST)
    window = int(time.time()) // seconds
    try:
        # Held until the trip is over: a client that nobody holds closes its connections.
        client_of_all = _cache()
        trip = client_of_all.pipeline()
        for name, client in acts:
            slot = f"limit:{name}:{client}" if name in running else f"limit:{name}:{client}:{window}"
            trip.incr(slot)
            trip.expire(slot, seconds)
        return [int(count) for count in trip.execute()[::2]]
    except redis.RedisError:
        _opened_at["breaker"] = time.monotonic() + BREAKER_SECONDS
        return []


def answers() -> bool:
    """Whether the cache answers now."""
    try:
        return bool(_cache().ping())
    except redis.RedisError:
        return False
