"""Limits that store no address.

A client is a 24-bit bucket of HMAC(secret, date, network): /24 of IPv4, /48 of IPv6. Thousands of networks share one,
so a bucket names nobody, and the date in it ends every link at midnight. Counts live at most an hour in a cache that
writes nothing to disk. When the cache is gone the limits fail open: a young person is never kept out by our trouble.
"""

import hmac
import ipaddress
import time
from datetime import date
from functools import cache

import redis
from django.conf import settings
from django.http import HttpRequest

LONGEST = 3600
BREAKER_SECONDS = 5
_opened_at = {"breaker": 0.0}


@cache
def _cache() -> redis.Redis:
    return redis.Redis.from_url(settings.CACHE_URL, socket_timeout=0.2, socket_connect_timeout=0.2)


def forget() -> None:
    """Connect anew at the next use, and believe again in a cache that was gone."""
    _cache.cache_clear()
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
    raw = f"{today.isoformat()}|{network(client_address(request))}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), b"throttle\0" + raw, "sha256").hex()[:6]


def within(name: str, client: str, *, limit: int, seconds: int) -> bool:
    """Count one act of this client; False once it has made more than limit in this window. One round trip."""
    return left(name, client, limit=limit, seconds=seconds) >= 0


def left(name: str, client: str, *, limit: int, seconds: int) -> int:
    """Count one act of this client and return how many more it may make in this window; negative once it is over."""
    if time.monotonic() < _opened_at["breaker"]:
        return limit
    seconds = min(seconds, LONGEST)
    slot = f"limit:{name}:{client}:{int(time.time()) // seconds}"
    try:
        trip = _cache().pipeline()
        trip.incr(slot)
        trip.expire(slot, seconds)
        count, _ = trip.execute()
    except redis.RedisError:
        _opened_at["breaker"] = time.monotonic() + BREAKER_SECONDS
        return limit
    return limit - int(count)


def answers() -> bool:
    """Whether the cache answers now."""
    try:
        return bool(_cache().ping())
    except redis.RedisError:
        return False
