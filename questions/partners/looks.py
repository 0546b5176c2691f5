"""A partner's button: where it stands, how our pages look to who comes by it, and the lines of HTML for its own page.

The button is a link and nothing else: its page asks nothing of us before somebody presses. Then the browser says from
which origin they come, and only where that one is on the partner's list do our pages show its name and colour.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html

from askpeer import history
from askpeer.addresses import LABEL, LONGEST_HOST
from askpeer.errors import Refused
from questions.partners.models import Partner

MOST_ORIGINS = 10
HERE = frozenset({"localhost", "127.0.0.1"})  # of somebody who tries it on their own machine
TEAL = "#0b5d5b"  # of our own buttons
# What links and buttons stand on or hold, in light colours (static/askpeer/app.css): paper, fields, tints and washes.
GROUNDS = ("#fffbf5", "#ffffff", "#e0f0ec", "#fcebe6", "#fff3d6", "#f4ecdf", "#cfe6e0")
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
DEEPER = 0.75  # of each part of a colour, under the pointer
NOT_AN_ORIGIN = (
    "Write each place as https:// and the host alone, such as https://www.example.org, one on a line. This is none: "
)


class Arrival(NamedTuple):
    """By whose button somebody came: a partner's slug, "" for nobody's. is_shown: the pages are in its look; is_clean:
    topics stand there under their clean labels.
    """

    slug: str = ""
    is_shown: bool = False
    is_clean: bool = False


class Snippet(NamedTuple):
    """A line of HTML for a partner's own page, and what it is."""

    title: str
    html: str


def arrived(slug: str, *, referer: str) -> Arrival:
    """Who came by the button of this slug. What it claims is enough to keep an advisor of that school away, also where
    it has ended and the button still stands there; the look needs an origin of the list. 1 SQL, 0 without a slug.
    """
    partner = known(slug)
    if partner is None:
        return Arrival()
    is_shown = partner.active and origin_of(referer) in partner.origins
    return Arrival(partner.slug, is_shown, partner.clean_labels)


def known(slug: str) -> Partner | None:
    """The partner of this slug, whether it goes on or has ended. 1 SQL, 0 without one."""
    if not re.fullmatch(r"[-\w]{1,40}", slug, re.ASCII):
        return None
    return Partner.objects.filter(slug=slug).first()


def find(slug: str) -> Partner | None:
    """The active partner of this slug. 1 SQL, 0 without one."""
    partner = known(slug)
    return partner if partner and partner.active else None


@transaction.atomic
def set_look(*, partner: Partner, origins: Sequence[str], colour: str, by: Any, now: datetime) -> None:
    """Say where the button stands and in which colour, "" for ours. by has a name. Raises Refused."""
    changes = {"origins": _origins(origins), "colour": _colour(colour)}
    Partner.objects.filter(pk=partner.pk).update(**changes)
    for name, value in changes.items():
        setattr(partner, name, value)
    history.record(subject=f"partner:{partner.pk}", kind="look set", actor=by.name, now=now)


def _origins(given: Sequence[str]) -> list[str]:
    written = [line.strip() for line in given if line.strip()]
    if len(written) > MOST_ORIGINS:
        raise Refused(f"There is room for {MOST_ORIGINS} places. These are {len(written)}.")
    for line in written:
        if not origin_of(line) or not re.fullmatch(r"[^/]+//[^/?#]+/?", line):
            raise Refused(NOT_AN_ORIGIN + line[:80])
    return list(dict.fromkeys(map(origin_of, written)))


def origin_of(address: str) -> str:
    """Scheme, host and port of an address (RFC 6454), as a browser says them: small letters, no port where it is the
    scheme's own. "" for anything but https, but for a machine's own http.
    """
    if len(address) > 2_000 or not (address.isprintable() and address.isascii()) or set(address) & set(" \\@"):
        return ""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(LABEL.fullmatch(label) for label in labels):
        return ""
    own = {"https": 443, "http": 80}.get(parts.scheme)
    if own is None or (parts.scheme == "http" and host not in HERE):
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, own} else "")


def _colour(given: str) -> str:
    """The colour in small letters. Raises Refused where a link in it, or white on it, could not be read."""
    colour = given.strip().lower()
    if not colour:
        return ""
    if not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise Refused("Write the colour as # and six digits from 0 to f, such as #0b5d5b.")
    least = min(_contrast(colour, ground) for ground in GROUNDS)
    if least < LEAST_CONTRAST:
        raise Refused(
            f"This colour is too light to read: it stands out {least:.1f} to 1 on our pages, and needs "
            f"{LEAST_CONTRAST} to 1. Choose a darker one."
        )
    return colour


def _contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def stylesheet(partner: Partner) -> str:
    """Its colour in place of our own, by day: in dark colours ours stays, which is chosen to be read on them."""
    if not partner.colour:
        return ""
    deep = "#" + "".join(f"{int(int(partner.colour[at : at + 2], 16) * DEEPER):02x}" for at in (1, 3, 5))
    return f"@media (prefers-color-scheme: light) {{ :root {{ --teal: {partner.colour}; --teal-deep: {deep}; }} }}\n"


def snippets(partner: Partner) -> list[Snippet]:
    """The lines of HTML for its page; nothing in them asks us for anything. A school gets the button alone."""
    ask, library = (settings.SITE_URL + reverse(name) for name in ("intake:ask", "library:library"))
    button = format_html(
        '<a href="{}?from={}" referrerpolicy="origin" style="display:inline-block;padding:12px 20px;'
        'border-radius:14px 14px 14px 4px;background:{};color:#ffffff">Ask a question</a>',
        ask,
        partner.slug,
        partner.colour or TEAL,
    )
    if partner.kind == Partner.Kind.SCHOOL:
        return [Snippet("The button", button)]
    search = format_html(
        '<form action="{}" method="get"><label>Search the answers <input type="search" name="q"></label> '
        "<button>Search</button></form>",
        library,
    )
    return [Snippet("The button", button), Snippet("The search box", search)]
