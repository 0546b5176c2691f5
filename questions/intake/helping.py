"""Who helps right now: crisis services as data, chosen by country, nation and age. One country's never stand in for
another's: somebody who is elsewhere gets none of them, and a sentence that names no number.

Where no nation is said, the country is that of the page's language; for the service's own language, its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from askpeer.models import ServiceCalendar
from questions import states
from questions.intake import kept, languages
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
YOUNG = 25  # a service that stops here or sooner is made for the young
# On whose clock a country's services are awake; for a country that is not here it is the service's own.
ZONES = {"BE": ZoneInfo("Europe/Brussels"), "GB": ZoneInfo("Europe/London")}
EVERY_AGE = 99  # a service that goes this far asks nobody for their age


class Awake(NamedTuple):
    """Hours in which somebody answers; days counts from Monday, 0, and is empty for all of them."""

    start: int
    end: int
    days: tuple[int, ...] = ()

    def holds(self, local: datetime) -> bool:
        return self.start <= local.hour < self.end and (not self.days or local.weekday() in self.days)


@dataclass(frozen=True)
class Way:
    """One way to get through: its icon, what it says, and where it leads."""

    kind: str
    value: str
    href: str
    hours: str
    awake: tuple["Awake", ...]

    @property
    def said(self) -> str:
        """In the language of whoever reads it now: the rows are kept for readers of every language."""
        return {"chat": _("Chat online"), "web": _("Open their website")}.get(self.kind, self.value)

    def is_awake(self, local: datetime) -> bool:
        """Whether somebody answers at this wall time, on this day of the week."""
        return not self.awake or any(span.holds(local) for span in self.awake)


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
    """Who is awake now for this age there, by text, chat or phone; elsewhere gets an empty list."""
    awake = [_awake(helper, now) for helper in _fitting(_all(), nation, age_band)]
    return sorted((helper for helper in awake if helper.ways), key=lambda helper: ORDER.index(helper.ways[0].kind))


def crisis(question: Question, *, now: datetime) -> list[Helper]:
    """The crisis services for a question's asker; none for a green one, unless it is about somebody who works here."""
    if question.level == states.GREEN and not question.about_staff:
        return []
    nation, age_band = place_and_age(question)
    return services(nation=nation, age_band=age_band, now=now)


def place_and_age(question: Question) -> tuple[str, str]:
    """The nation and the age band that services are chosen by."""
    return question.nation or "", question.age_band or "rather-not-say"


def beside(question: Question, *, now: datetime) -> list[Helper]:
    """Who to name on a question's page: crisis services unless it is green, its topic's own as well for a redirect."""
    found = crisis(question, now=now)
    if question.status != states.REDIRECTED or question.topic_id is None:
        return found
    nation, age_band = place_and_age(question)
    rows = Signpost.objects.filter(topics=question.topic_id).prefetch_related("channels")
    return with_others(found, among(rows, nation=nation, age_band=age_band))


def among(rows: Iterable[Signpost], *, nation: str, age_band: str, awake_at: datetime | None = None) -> list[Helper]:
    """Of these entries of the directory those for this age there; with awake_at, as somebody answers there then."""
    found = _fitting([helper_of(row) for row in rows], nation, age_band, known=_all())
    return [helper for helper in (_awake(one, awake_at) for one in found) if helper.ways] if awake_at else found


def with_others(first: list[Helper], others: list[Helper]) -> list[Helper]:
    """The others after the first, none twice."""
    named = {helper.name for helper in first}
    return first + [helper for helper in others if helper.name not in named]


def one_of_each(*, now: datetime) -> dict[str, tuple[str, Way]]:
    """For each live kind the name and way of one service that is awake, made for the young where there is one."""
    found: dict[str, tuple[str, Way]] = {}
    for helper in sorted(services(nation="", age_band="rather-not-say", now=now), key=lambda one: one.ages[1] > YOUNG):
        for way in helper.ways:
            found.setdefault(way.kind, (helper.name, way))
    return found


def _fitting(helpers: list[Helper], nation: str, age_band: str, *, known: list[Helper] | None = None) -> list[Helper]:
    """Those for this age there. What a whole country is, the nations of all that are known of it say."""
    here = country(nation)
    everyone = [helper for helper in helpers if helper.country == here]
    whole = frozenset().union(*(helper.nations for helper in known or helpers if helper.country == here))
    return [helper for helper in everyone if suits(helper.ages, age_band) and _reaches(helper.nations, nation, whole)]


def reaching(helpers: list[Helper], nation: str, age_band: str) -> list[Helper]:
    """Of these crisis services those for this age there, were they all there are; nation may be a country alone."""
    whole = frozenset().union(*(one.nations for one in helpers if one.country == nation[:2]))
    return [
        one
        for one in helpers
        if one.country == nation[:2]
        and suits(one.ages, age_band)
        and _reaches(one.nations, nation if "-" in nation else "", whole)
    ]


def is_emergency(helper: Helper) -> bool:
    """Whether it is one that a page can name to ring in danger."""
    return _is_for_all(helper) and helper.way("phone") is not None


def for_children(nation: str = "") -> list[Helper]:
    """Services made for children there, and the emergency number after them; none for elsewhere."""
    here = [helper for helper in _fitting(_all(), nation, "under-11") if helper.way("phone")]
    young = [helper for helper in here if helper.ages[1] <= YOUNG]
    return young + [helper for helper in here if helper.way("phone") == _emergency(nation)]


def danger(nation: str = "") -> SafeString | str:
    """What to ring in danger, or "" where there is no data."""
    emergency = _emergency(nation)
    return format_html(_("If you're in danger, ring {number}."), number=_link(emergency)) if emergency else ""


def hurt(nation: str) -> SafeString | str:
    """What to do there before anything else, for somebody who may already be hurt."""
    emergency = _emergency(nation)
    if emergency is None:
        return _(
            "Have you taken something, or are you badly hurt? Ring your emergency number now. "
            "Do it even if you feel okay."
        )
    sentence = _("Have you taken something, or are you badly hurt? Ring {number} now. Do it even if you feel okay.")
    return format_html(sentence, number=_link(emergency))


def _emergency(nation: str) -> Way | None:
    """The country's emergency number: the first of its services that rings and is for every age."""
    here = [helper for helper in _all() if helper.country == country(nation) and _is_for_all(helper)]
    return next((way for helper in here if (way := helper.way("phone"))), None)


def _is_for_all(helper: Helper) -> bool:
    return helper.ages[0] == 0 and helper.ages[1] >= EVERY_AGE


def line(nation: str = "", *, now: datetime) -> SafeString | str:
    """The crisis line above every page, or "" where there is no data."""
    found = _to_talk_to(nation, now)
    if found is None:
        return danger(nation)
    sentence = _("To talk to someone now, ring {name} on {number}.")
    talk = format_html(sentence, name=found.name, number=_link(found.way("phone")))
    return format_html("{} {}", danger(nation), talk)


def _to_talk_to(nation: str, now: datetime) -> Helper | None:
    """Who can be rung now, made for the young where such a one is awake; never the emergency number."""
    emergency = _emergency(nation)
    awake = [_awake(helper, now) for helper in _fitting(_all(), nation, "rather-not-say")]
    ringing = [helper for helper in awake if helper.way("phone") not in {None, emergency}]
    return min(ringing, key=lambda helper: helper.ages[1] > YOUNG, default=None)


def _link(way: Way | None) -> SafeString:
    return format_html('<a href="{}">{}</a>', way.href, way.said) if way else SafeString("")


def country(nation: str) -> str:
    """Whose services stand on this page for somebody of this nation, "" for nobody's."""
    if nation == ELSEWHERE:
        return ""
    return nation[:2] or languages.country_of(languages.current()) or home()


def countries() -> list[str]:
    """The countries whose emergency number we have."""
    return sorted({helper.country for helper in _all() if is_emergency(helper)})


def home() -> str:
    """The country of the service itself."""
    return _place()[0]


def _place() -> tuple[str, str]:
    """Where the service is, and the time zone of its calendar."""
    return kept.value("place", _read_place)


def _read_place() -> tuple[str, str]:
    row = ServiceCalendar.objects.order_by("pk").first()
    return (row.home, row.time_zone) if row else ("", "UTC")


def suits(ages: tuple[int, int], age_band: str) -> bool:
    """Whether what is for these ages, in years, is there for everybody of this band."""
    youngest, oldest = AGES[age_band]
    return ages[0] <= youngest and oldest <= ages[1]


def _reaches(nations: frozenset[str], nation: str, whole: frozenset[str]) -> bool:
    """Whether it is there for this nation; for a nation not said, whether it is there for all of them."""
    return not nations or (nation in nations if nation else nations == whole)


def _awake(helper: Helper, now: datetime) -> Helper:
    local = now.astimezone(ZONES.get(helper.country) or ZoneInfo(_place()[1]))
    ways = tuple(way for way in helper.ways if way.kind in LIVE and way.is_awake(local))
    return Helper(helper.name, helper.summary, helper.country, helper.nations, helper.ages, ways)


def _all() -> list[Helper]:
    return kept.value("helpers", _read)


def _read() -> list[Helper]:
    rows = Signpost.objects.filter(crisis=True).order_by("position", "name").prefetch_related("channels")
    return [helper_of(row) for row in rows]


def helper_of(row: Signpost) -> Helper:
    """The entry of the directory as it is shown, its channels in the order for somebody who can't talk out loud."""
    ways = sorted((_way(channel) for channel in row.channels.all()), key=lambda way: ORDER.index(way.kind))
    ages = (row.min_age, row.max_age)
    return Helper(row.name, row.summary, row.country, frozenset(row.nations), ages, tuple(ways))


def _way(channel: SignpostChannel) -> Way:
    awake = tuple(Awake(span[0], span[1], tuple(span[2:] and span[2])) for span in channel.awake)
    return Way(channel.kind, channel.value, href(channel.kind, channel.value), channel.hours, awake)


def href(kind: str, value: str) -> str:
    """Where a channel leads: tel:, sms: (a capital word is what to send), mailto:, or the address itself."""
    if kind == "phone":
        return "tel:" + re.sub(r"[^\d+]", "", value)
    if kind == "text":
        number, word = re.findall(r"\+?\d[\d ]*", value), re.findall(r"\b[A-Z]{3,}\b", value)
        return f"sms:{number[-1].replace(' ', '')}" + (f"?body={quote(word[0])}" if word else "") if number else ""
    return f"mailto:{value}" if kind == "email" else value
