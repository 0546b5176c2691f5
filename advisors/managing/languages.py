"""Which languages people can ask in: switched on by a manager where people speak it, off again when they are gone."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from advisors import roles
from advisors.models import Person, Role
from advisors.signoff import signing
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from questions import states
from questions.intake import helping, kept, languages
from questions.intake.models import OfferedLanguage
from questions.models import Question

SERVICE = "service"
CHECKERS = 2  # one reads the answer, and a second what the first changes in it
COUNTED = ("nobody", "one")  # fewer than that


class Standing(NamedTuple):
    """A language as the manager sees it: who speaks it, how many questions wait in it (none about staff, of which a
    manager reads nothing), and what keeps it from being on.

    country is the one it was switched on for, "" before the first time.
    """

    code: str
    name: str
    is_on: bool
    country: str
    speakers: list[Person]
    waiting: int
    why_not: str


def standing(*, now: datetime) -> list[Standing]:
    """Every language our screens can speak besides the service's own. 3 SQL."""
    rows = {row.code: row for row in OfferedLanguage.objects.all()}
    people = list(Person.objects.filter(is_active=True).order_by("role", "alias"))
    unanswered = Question.objects.filter(status__in=states.UNFINISHED, about_staff=False)
    waiting = dict(unanswered.values_list("language").annotate(Count("pk")).order_by())
    return [
        Standing(
            code=code,
            name=languages.name_of(code),
            is_on=code in rows and rows[code].since is not None,
            country=rows[code].country if code in rows else "",
            speakers=_speaking(code, people),
            waiting=waiting.get(code, 0),
            why_not=_why_not(code, _speaking(code, people), now),
        )
        for code in others()
    ]


def others() -> list[str]:
    """The codes of the languages that can be switched on."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def why_not(code: str, *, now: datetime) -> str:
    """The sentence that keeps this language from being offered, or "".

    It takes an adult who may answer, two others who may check it, so that an edit finds its second signature too, and
    among these somebody who signs red.
    """
    return _why_not(code, _speaking(code, Person.objects.filter(is_active=True)), now)


def _speaking(code: str, people: Iterable[Person]) -> list[Person]:
    return [person for person in people if code in person.languages]


def _why_not(code: str, speakers: list[Person], now: datetime) -> str:
    name = languages.name_of(code)
    writers = [person for person in speakers if roles.may_write(person, now=now) and not person.is_under_18(now)]
    if not writers:
        return f"Nobody who is 18 or over and may answer questions speaks {name} now."
    beside = [[one for one in speakers if roles.may_review(one) and one.pk != writer.pk] for writer in writers]
    most = max(map(len, beside))
    if most < CHECKERS:
        return (
            f"Whoever answers in {name} needs two supervisors who read it beside them: one to check, and another where "
            f"the first changes something. So far there is {COUNTED[most]}."
        )
    if not any(len(checkers) >= CHECKERS and any(map(signing.signs_red, checkers)) for checkers in beside):
        return f"A red answer in {name} needs the safeguarding lead or a deputy who reads it, beside whoever wrote it."
    return ""


@transaction.atomic
def switch_on(*, code: str, country: str, by: Person, now: datetime) -> None:
    """Offer this language; country is the one whose crisis services stand on its pages. Raises Refused."""
    _check(code, by)
    if country not in helping.countries():
        raise Refused("Choose a country whose emergency number we have.")
    if reason := why_not(code, now=now):
        raise Refused(reason)
    OfferedLanguage.objects.update_or_create(code=code, defaults={"country": country, "since": now})
    _record(code, "switched on", by.name, now, {"country": country})


@transaction.atomic
def switch_off(*, code: str, by: Person, now: datetime) -> None:
    """Offer this language no more; the questions asked in it go on. Raises Refused, Stale when it is off already."""
    _check(code, by)
    if not _off(code):
        raise Stale(f"{languages.name_of(code)} is switched off already.")
    _record(code, "switched off", by.name, now, {})


@transaction.atomic
def settle(*, now: datetime) -> None:
    """Switch off what too few people speak by now, and tell the managers: somebody left, changed their role, or their
    training ran out.
    """
    for code in OfferedLanguage.objects.exclude(since=None).values_list("code", flat=True):
        if why_not(code, now=now) and _off(code):
            _record(code, "switched off", SERVICE, now, {})
            outbox.put("language-off", key=f"language-off:{code}:{now:%Y%m%d%H%M}", refs={"code": code}, now=now)


def _check(code: str, by: Person) -> None:
    if by.role != Role.MANAGER or not by.is_active:
        raise Refused("Only a manager can do this.")
    if code not in others():
        raise Refused("Our screens do not speak this language.")


def _off(code: str) -> bool:
    gone = OfferedLanguage.objects.filter(code=code, since__isnull=False).update(since=None)
    kept.forget()
    return bool(gone)


def _record(code: str, kind: str, actor: str, now: datetime, facts: dict[str, str]) -> None:
    history.record(subject=f"language:{code}", kind=kind, actor=actor, now=now, facts=facts)
