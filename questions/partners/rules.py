"""What a partner's pages keep to: whom it may ask for, and which signposts it names. Never less than our own rules."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer import history
from askpeer.errors import Refused
from questions import states
from questions.intake import helping
from questions.models import Signpost
from questions.partners.models import Partner

MOST_A_MINUTE = 6000
TOO_YOUNG, UNSAID = "under-11", "rather-not-say"
ASKABLE = tuple(band for band in states.AGE_BANDS if band != TOO_YOUNG)


class NotForThisAge(Refused):
    """The partner does not ask for people of this age: nothing is stored, and they may still ask us themselves."""

    def __init__(self) -> None:
        super().__init__(_("This site can't send us a question from someone your age. You can still ask us yourself."))


def check_ages(partner: Partner, *, age_band: str) -> None:
    """Raises NotForThisAge. Under 11 is refused elsewhere, and who does not say how old they are never is."""
    if partner.ages and age_band not in {*partner.ages, TOO_YOUNG, UNSAID}:
        raise NotForThisAge


def notice(partner: Partner) -> str:
    """What a young person reads above every form on the partner's own side."""
    return _("{partner} can see what you write.").format(partner=partner.name)


def with_theirs(
    own: list[helping.Helper], partner: Partner, *, nation: str, age_band: str, awake_at: datetime | None = None
) -> list[helping.Helper]:
    """The service's own, then the partner's for this age there; with awake_at, as somebody answers there then.

    What is said beside them goes by the service's own alone: a partner's signpost need not be a help line.
    """
    rows = partner.signposts.prefetch_related("channels")
    return helping.with_others(own, helping.among(rows, nation=nation, age_band=age_band, awake_at=awake_at))


def signposts(partner: Partner) -> list[Signpost]:
    """The partner's own, but for those that suit nobody it may ask for."""
    bands = partner.ages or ASKABLE
    rows = partner.signposts.prefetch_related("channels")
    return [row for row in rows if any(helping.suits((row.min_age, row.max_age), band) for band in bands)]


@transaction.atomic
def set_rules(
    *,
    partner: Partner,
    clean_labels: bool,
    ages: Collection[str],
    signposts: Iterable[Signpost],
    requests_a_minute: int,
    by: Any,
    now: datetime,
) -> None:
    """Set a partner's rules anew, all of them; no ages are all of ours. by is the manager. Raises Refused."""
    _check(ages, requests_a_minute)
    partner.clean_labels, partner.requests_a_minute = clean_labels, requests_a_minute
    partner.ages = [band for band in ASKABLE if band in ages]
    partner.save(update_fields=["clean_labels", "requests_a_minute", "ages"])
    partner.signposts.set(signposts)
    facts = {
        "clean_labels": clean_labels,
        "ages": partner.ages,
        "signposts": sorted(partner.signposts.values_list("slug", flat=True)),
        "requests_a_minute": requests_a_minute,
    }
    history.record(subject=f"partner:{partner.pk}", kind="rules set", actor=by.name, now=now, facts=facts)


def _check(ages: Collection[str], requests_a_minute: int) -> None:
    if TOO_YOUNG in ages:
        raise Refused("Nobody under 11 can be asked for: they are always shown who talks to children.")
    if not set(ages) <= set(ASKABLE):
        raise Refused(f"Choose ages from these: {', '.join(ASKABLE)}.")
    if not 1 <= requests_a_minute <= MOST_A_MINUTE:
        raise Refused(f"A partner can make 1 to {MOST_A_MINUTE:,} requests a minute.")
