"""Who helps right now: crisis services as data, chosen by country, nation and age. One country's never stand in for
another's: somebody who is elsewhere gets none of them, and a sentence that names no number.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from askpeer import calendars
from askpeer.models import ServiceCalendar
from questions import states
from questions.intake import kept
from questions.intake.asking import ELSEWHERE
from questions.models import Question, Signpost, SignpostChannel

ORDER = ("text", "chat", "phone", "email", "web")  # for somebody who can't talk out loud
LIVE = ORDER[:3]  # somebody answers while you wait
AGES = {
    "under-11": (5, 10),
    "11-12": (11, 12),
    "13-15": (13, 15),
    "16-17": (16, 17),
    "18-21": (18, 21),
    "22-25": (22, 25),
    "rather-not-say": (11, 17),
}
YOUNG = 18  # a service that stops here is made for children
EVERY_AGE = 99  # a service that goes this far asks nobody for their age


@dataclass(frozen=True)
class Way:
    """One way to get through: its icon, what it says, and where it leads."""

    kind: str
    value: str
    href: str
    hours: str
    awake: tuple[tuple[int, int], ...]

    @property
    def said(self) -> str:
        """In the language of whoever reads it now: the rows are kept for readers of every language."""
        return {"chat": _("Chat online"), "web": _("Open their website")}.get(self.kind, self.value)

    def is_awake(self, hour: int) -> bool:
        return not self.awake or any(start <= hour < end for start, end in self.awake)


@dataclass(frozen=True)
class Helper:
    """A crisis service with its ways, text and chat before calls."""

    name: str
    summary: str
    country: str
    nations: frozenset[str]
    ages: tuple[int, int]
    ways: tuple[Way, ...]

    @property
    def shown(self) -> tuple[Way, ...]:
        """The ways a list shows: a website only where there is nothing more direct."""
        return tuple(way for way in self.ways if way.kind != "web") or self.ways

    def way(self, kind: str) -> Way | None:
        return next((way for way in self.ways if way.kind == kind), None)


def services(*, nation: str, age_band: str, now: datetime) -> list[Helper]:
    """Who is awake now for this age there, by text, chat or phone; "" is the service's own country, and elsewhere gets
    an empty list.
    """
    hour = calendars.current().local(now).hour
    awake = [_awake(helper, hour) for helper in _fitting(_all(), nation, age_band)]
    return sorted((helper for helper in awake if helper.ways), key=lambda helper: ORDER.index(helper.ways[0].kind))


def beside(question: Question, *, now: datetime) -> list[Helper]:
    """Who to name on a question's page: crisis services unless it is green, its topic's own as well for a redirect."""
    nation, age_band = question.nation or "", question.age_band or "rather-not-say"
    found = []
    if question.level != states.GREEN or question.about_staff:
        found = services(nation=nation, age_band=age_band, now=now)
    if question.status != states.REDIRECTED or question.topic_id is None:
        return found
    rows = Signpost.objects.filter(topics=question.topic_id).prefetch_related("channels")
    own = _fitting([_helper(row) for row in rows], nation, age_band)
    return found + [helper for helper in own if helper.name not in {other.name for other in found}]


def one_of_each(*, now: datetime) -> dict[str, tuple[str, Way]]:
    """For each live kind the name and way of one service that is awake, made for children where there is one."""
    found: dict[str, tuple[str, Way]] = {}
    for helper in sorted(services(nation="", age_band="rather-not-say", now=now), key=lambda one: one.ages[1] > YOUNG):
        for way in helper.ways:
            found.setdefault(way.kind, (helper.name, way))
    return found


def _fitting(helpers: list[Helper], nation: str, age_band: str) -> list[Helper]:
    everyone = [helper for helper in helpers if helper.country == _country(nation)]
    whole = frozenset().union(*(helper.nations for helper in everyone))
    return [helper for helper in everyone if _suits(helper, age_band) and _reaches(helper.nations, nation, whole)]


def for_children() -> list[Helper]:
    """Services made for children, and the emergency number after them."""
    here = [helper for helper in _here() if helper.way("phone")]
    young = [helper for helper in here if helper.ages[1] <= YOUNG]
    return young + [helper for helper in here[:1] if helper not in young]


def danger() -> SafeString | str:
    """What to ring in danger, or "" where there is no data."""
    emergency = _emergency("")
    return format_html(_("If you're in danger, ring {number}."), number=_link(emergency)) if emergency else ""


def hurt(nation: str) -> SafeString | str:
    """What to do there before anything else, for somebody who may already be hurt."""
    emergency = _emergency(nation)
    if emergency is None:
        return _(
            "If you've taken something or you're badly hurt, ring your emergency number now, even if you feel okay."
        )
    sentence = _("If you've taken something or you're badly hurt, ring {number} now, even if you feel okay.")
    return format_html(sentence, number=_link(emergency))


def _emergency(nation: str) -> Way | None:
    """The country's emergency number: the first of its services that rings and is for every age."""
    country = _country(nation)
    here = [helper for helper in _all() if helper.country == country and _is_for_all(helper)]
    return next((way for helper in here if (way := helper.way("phone"))), None)


def _is_for_all(helper: Helper) -> bool:
    return helper.ages[0] == 0 and helper.ages[1] >= EVERY_AGE


def line() -> SafeString | str:
    """The crisis line above every page, or "" where there is no data."""
    talk = next((helper for helper in _here() if helper.ages[1] <= YOUNG and helper.way("phone")), None)
    if talk is None:
        return danger()
    sentence = _("To talk to someone now, ring {name} on {number}.")
    return format_html("{} {}", danger(), format_html(sentence, name=talk.name, number=_link(talk.way("phone"))))


def elsewhere(nation: str) -> dict[str, str]:
    """Context that leaves our country's numbers out of the crisis line, for somebody who is not in it."""
    return {"crisis": ""} if nation == ELSEWHERE else {}


def _here() -> list[Helper]:
    country = _country("")
    return [helper for helper in _all() if helper.country == country]


def _link(way: Way | None) -> SafeString:
    return format_html('<a href="{}">{}</a>', way.href, way.said) if way else SafeString("")


def _country(nation: str) -> str:
    if nation == ELSEWHERE:
        return ""
    return nation[:2] or kept.value("home", _home)


def _home() -> str:
    row = ServiceCalendar.objects.order_by("pk").first()
    return row.country if row else ""


def _suits(helper: Helper, age_band: str) -> bool:
    youngest, oldest = AGES[age_band]
    return helper.ages[0] <= youngest and oldest <= helper.ages[1]


def _reaches(nations: frozenset[str], nation: str, whole: frozenset[str]) -> bool:
    """Whether it is there for this nation; for a nation not said, whether it is there for all of them."""
    return not nations or (nation in nations if nation else nations == whole)


def _awake(helper: Helper, hour: int) -> Helper:
    ways = tuple(way for way in helper.ways if way.kind in LIVE and way.is_awake(hour))
    return Helper(helper.name, helper.summary, helper.country, helper.nations, helper.ages, ways)


def _all() -> list[Helper]:
    return kept.value("helpers", _read)


def _read() -> list[Helper]:
    rows = Signpost.objects.filter(crisis=True).order_by("position", "name").prefetch_related("channels")
    return [_helper(row) for row in rows]


def _helper(row: Signpost) -> Helper:
    ways = sorted((_way(channel) for channel in row.channels.all()), key=lambda way: ORDER.index(way.kind))
    ages = (row.min_age, row.max_age)
    return Helper(row.name, row.summary, row.country, frozenset(row.nations), ages, tuple(ways))


def _way(channel: SignpostChannel) -> Way:
    awake = tuple((start, end) for start, end in channel.awake)
    return Way(channel.kind, channel.value, href(channel.kind, channel.value), channel.hours, awake)


def href(kind: str, value: str) -> str:
    """Where a channel leads: tel:, sms: (a capital word is what to send), mailto:, or the address itself."""
    if kind == "phone":
        return "tel:" + re.sub(r"[^\d+]", "", value)
    if kind == "text":
        number, word = re.findall(r"\+?\d[\d ]*", value), re.findall(r"\b[A-Z]{3,}\b", value)
        return f"sms:{number[-1].replace(' ', '')}" + (f"?body={quote(word[0])}" if word else "") if number else ""
    return f"mailto:{value}" if kind == "email" else value
