"""What the first page of asking carries along, signed: the promise it showed, when, and by whose button they came."""

from datetime import datetime
from typing import NamedTuple

from django.core import signing
from django.http import HttpRequest

from questions.intake import promising, waiting
from questions.partners import looks
from questions.partners.looks import Arrival
from questions.partners.models import Partner

PROMISE = signing.Signer(salt="the promise shown")


class Shown(NamedTuple):
    """promised_at and shown_at as the page had them; came is kept however long it stood open."""

    promised_at: datetime
    shown_at: datetime
    came: Arrival = Arrival()


def sign(shown: Shown) -> str:
    """The value of the page's hidden field."""
    said = {"shown": shown.shown_at.isoformat(), "promised": shown.promised_at.isoformat(), "came": shown.came}
    return PROMISE.sign_object(said)


def read(field: str) -> Shown | None:
    """What such a field says; None where it is not ours."""
    try:
        said = PROMISE.unsign_object(field)
    except signing.BadSignature:
        return None
    shown_at, promised_at = (datetime.fromisoformat(said[name]) for name in ("shown", "promised"))
    return Shown(promised_at, shown_at, Arrival(*said.get("came", ())))


def held(field: str, now: datetime) -> Shown | None:
    """What a first page says that was shown within the hour."""
    shown = read(field)
    return shown if shown and now - shown.shown_at <= waiting.KEPT else None


def anew(now: datetime, came: Arrival) -> Shown:
    """What a page shown now says."""
    return Shown(promising.promise(now), now, came)


def going_on(field: str, now: datetime) -> Shown:
    """What the first page showed; with a new promise where that is over an hour ago, or not ours."""
    shown = read(field)
    return held(field, now) or anew(now, shown.came if shown else Arrival())


def came(request: HttpRequest) -> Arrival:
    """By whose button somebody opens this page now."""
    return looks.arrived(request.GET.get("from", ""), referer=request.headers.get("Referer", ""))


def partner_shown(came: Arrival) -> Partner | None:
    """The partner whose name and colour the page has. 1 SQL, 0 for a page in our own."""
    return looks.find(came.slug) if came.is_shown else None
