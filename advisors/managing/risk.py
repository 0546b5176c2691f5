"""The phrases that raise a question: tried before they are saved, and none of the red ones gone by a slip.

The trail has numbers alone: a phrase is what somebody in danger says.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from advisors import marks, roles
from advisors.models import Person
from advisors.team import locking
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import states
from questions.intake import kept, languages
from questions.intake import risk as raising
from questions.intake.models import RiskRule

LABEL, LONGEST, MOST = 120, 120, 400  # characters, characters, phrases
SHORTEST = 3  # characters of a phrase
LEVELS = (states.RED, states.AMBER)
GONE = "This rule is not there any more."


class Reason(NamedTuple):
    """A phrase that was found, by which rule."""

    phrase: str
    label: str


class Tried(NamedTuple):
    """The level a text would get, and each phrase in it that says so; the most urgent first."""

    level: str
    reasons: list[Reason]


class Difference(NamedTuple):
    """Which phrases a change brings, and which go."""

    new: list[str]
    gone: list[str]


class NeedsSure(Refused):
    """With this something is red no more. gone are the phrases that would not raise to red by this rule."""

    def __init__(self, gone: Sequence[str]) -> None:
        super().__init__("With this something is red no more. Look at what goes, then say that you mean it.")
        self.gone = list(gone)


def listed() -> list[RiskRule]:
    """By language, the service's own first, and red before amber. 1 SQL."""
    order = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]

    def place(row: RiskRule) -> tuple:
        known = order.index(row.language) if row.language in order else len(order)
        return known, row.language, LEVELS.index(row.level), row.label, row.pk

    return sorted(RiskRule.objects.all(), key=place)


def seen(row: RiskRule) -> str:
    return marks.mark(*_as_it_is(row))


def _as_it_is(row: RiskRule) -> tuple:
    return row.label, row.level, row.language, row.phrases


def phrases_of(typed: str) -> list[str]:
    """One a line, as they match: lower case, no apostrophes, other punctuation a space. Raises Refused."""
    lines = [" ".join(raising.words(line)) for line in prose.canonical(typed).split("\n")]
    found = list(dict.fromkeys(line for line in lines if line))
    if not found:
        raise Refused("Write one phrase at least.")
    if len(found) > MOST:
        raise Refused(f"A rule can have {MOST} phrases at most. These are {len(found)}. Make a second rule.")
    if long := [line for line in found if len(line) > LONGEST]:
        raise Refused(f"A phrase can have {LONGEST} characters at most. This one is longer: {long[0][:40]} …")
    if short := [line for line in found if len(line) < SHORTEST]:
        raise Refused(f"“{short[0]}” is so short that everyday talk would match. Write {SHORTEST} letters or more.")
    return found


def label_of(typed: str) -> str:
    """As it is kept: what cannot be seen is taken out of it, and some letters become two. Raises Refused."""
    label = " ".join(prose.canonical(typed).split())
    if not label or len(label) > LABEL:
        raise Refused(f"Say in up to {LABEL} characters what these phrases mean.")
    return label


def tried(text: str, *, edited: RiskRule | None = None) -> tuple[Tried, Tried | None]:
    """What a text would get by the rules there are, and by them with this one edited or added. Kept nowhere. 1 SQL."""
    rules = list(RiskRule.objects.order_by("pk"))
    before = _tried(text, rules)
    if edited is None:
        return before, None
    return before, _tried(text, [*(rule for rule in rules if rule.pk != edited.pk), edited])


def _tried(text: str, rules: Iterable[RiskRule]) -> Tried:
    found = raising.level_by(text, rules)
    return Tried(found.level, [Reason(phrase, label) for label, phrase in found.reasons])


def difference(before: Sequence[str], after: Sequence[str]) -> Difference:
    return Difference([one for one in after if one not in before], [one for one in before if one not in after])


def sure_of(gone: Sequence[str]) -> str:
    """The mark of what somebody said they mean."""
    return marks.mark(list(gone))


def wanted(row: RiskRule | None, *, label: str, level: str, language: str, phrases: list[str]) -> RiskRule:
    """The rule with these, not saved. Raises Refused."""
    label = label_of(label)
    if level not in LEVELS or language not in dict(settings.LANGUAGES):
        raise Refused("Choose a level and a language from the list.")
    return RiskRule(pk=row.pk if row else None, label=label, level=level, language=language, phrases=phrases)


@transaction.atomic
def save(
    *,
    rule: RiskRule | None,
    label: str,
    level: str,
    language: str,
    phrases: list[str],
    seen: str = "",
    sure: str = "",
    by: Person,
    now: datetime,
) -> Difference:
    """Make a rule, or change one; other processes hear of it within 30 seconds. sure is sure_of() what may be red no
    more. Raises Refused, NeedsSure, Stale.
    """
    rules = _begin(by)
    before = _find(rules, rule) if rule else None
    after = wanted(before, label=label, level=level, language=language, phrases=phrases)
    if before:
        marks.check(seen, *_as_it_is(before))
    found = difference(before.phrases if before else [], phrases)
    _check_meant(before, after, sure)
    _check_red_stays([*(one for one in rules if one.pk != after.pk), after])
    after.save()
    facts = {"new": len(found.new), "gone": len(found.gone), "level": level, "language": language}
    _record(after, "risk rule changed" if before else "risk rule made", by, now, facts)
    return found


@transaction.atomic
def delete(*, rule: RiskRule, seen: str, sure: str = "", by: Person, now: datetime) -> Difference:
    """Raises Refused, NeedsSure, Stale."""
    rules = _begin(by)
    row = _find(rules, rule)
    marks.check(seen, *_as_it_is(row))
    _check_meant(row, None, sure)
    _check_red_stays([one for one in rules if one.pk != row.pk])
    found = difference(row.phrases, [])
    facts = {"new": 0, "gone": len(found.gone), "level": row.level, "language": row.language}
    _record(row, "risk rule deleted", by, now, facts)
    row.delete()
    return found


def _begin(by: Person) -> list[RiskRule]:
    """Every rule, held: of two who take out one red rule each, the second finds theirs the last."""
    roles.check_manager(locking.lock(by))
    transaction.on_commit(kept.forget)
    return list(RiskRule.objects.select_for_update(no_key=True).order_by("pk"))


def _find(rules: Iterable[RiskRule], rule: RiskRule) -> RiskRule:
    row = next((one for one in rules if one.pk == rule.pk), None)
    if row is None:
        raise Stale(GONE)
    return row


def red_no_more(before: RiskRule | None, after: RiskRule | None) -> list[str]:
    """The phrases that this rule would raise to red no more."""
    if before is None or before.level != states.RED:
        return []
    stays = after.phrases if after and after.level == states.RED else []
    return difference(before.phrases, stays).gone


def _check_meant(before: RiskRule | None, after: RiskRule | None, sure: str) -> None:
    gone = red_no_more(before, after)
    if gone and sure != sure_of(gone):
        raise NeedsSure(gone)


def _check_red_stays(rules: Iterable[RiskRule]) -> None:
    red = {rule.language for rule in rules if rule.level == states.RED and rule.phrases}
    for code in languages.offered():
        if code not in red:
            name = languages.name_of(code)
            raise Refused(
                f"There would be no red phrase in {name} any more: somebody in danger who writes in {name} would wait "
                "like everybody else. Keep one red rule."
            )


def _record(row: RiskRule, kind: str, by: Person, now: datetime, facts: dict[str, object]) -> None:
    history.record(subject=f"risk-rule:{row.pk}", kind=kind, actor=by.name, now=now, facts=facts)
