"""Partners as the manager keeps them: made, ended and taken up again, with their rules and look."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from advisors.models import Person, Role
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import states
from questions.models import Question, Signpost
from questions.partners import ending, keys, looks, rules
from questions.partners.models import Hook, Partner, PartnerKey
from questions.publication.models import Publication

FEWEST = 10  # a smaller count could say who it was
NAME, SLUG = 80, 40  # characters
CHANGED = "Somebody changed this a moment ago. Nothing of yours is saved. Look at what holds now, then try again."


class Reach(NamedTuple):
    """What ending a partner would stop, and what goes on without it."""

    keys: int
    hooks: int
    questions: int | None  # None for fewer than ten


def listed(*, now: datetime) -> QuerySet[Partner]:
    """Every partner, those who have ended last, each with live_keys, hooks_there, paused, silent and resting. 1 SQL."""
    live = PartnerKey.objects.filter(keys.working(now), partner=OuterRef("pk"))
    hooks = Hook.objects.filter(partner=OuterRef("pk"))
    counts = {
        "live_keys": live,
        "hooks_there": hooks,
        "paused": hooks.exclude(paused_at=None),
        "silent": hooks.filter(paused_at=None, silent_since__isnull=False),
        "resting": hooks.filter(paused_at=None, silent_since=None, rests_until__gt=now),
    }
    said = {name: _count(rows) for name, rows in counts.items()}
    return Partner.objects.annotate(**said).order_by("-active", "name")


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("partner").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def reach(partner: Partner, *, now: datetime) -> Reach:
    """3 SQL. Cases about staff are not counted: beside what waits, which leaves them out, one more would tell of it."""
    going_on = Question.objects.filter(partner=partner, status__in=states.UNFINISHED, about_staff=False)
    return Reach(keys.live(partner, now=now).count(), partner.hooks.count(), _unless_few(going_on.count()))


def published(partner: Partner) -> int | None:
    """How many answers in the library came from questions asked through it; None for fewer than ten. 1 SQL."""
    theirs = Publication.objects.filter(status=Publication.Status.PUBLISHED, question__partner=partner)
    return _unless_few(theirs.count())


def _unless_few(count: int) -> int | None:
    return count if count >= FEWEST else None


def mark_of_rules(partner: Partner) -> str:
    """By this a page knows whether the rules it was made from still hold."""
    signposts = partner.signposts.values_list("pk", flat=True)
    return _mark(partner.clean_labels, sorted(partner.ages), partner.requests_a_minute, sorted(signposts))


def mark_of_look(partner: Partner) -> str:
    return _mark(partner.origins, partner.colour)


def mark_of_keys(partner: Partner) -> str:
    """One more key is another mark, so that a button pressed twice makes one."""
    return _mark(partner.keys.count())


def _mark(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def create(*, name: str, kind: str, slug: str, by: Person, now: datetime) -> Partner:
    """A new partner; without a slug it gets one made from its name. Raises Refused."""
    check(by)
    name = " ".join(prose.canonical(name).split())
    slug = (slug or slugify(name)[:SLUG]).strip("-")
    if not name or len(name) > NAME:
        raise Refused(f"Give the partner a name of up to {NAME} characters.")
    if kind not in Partner.Kind.values:
        raise Refused("Choose what kind of partner it is.")
    if slugify(slug) != slug or not slug or len(slug) > SLUG:
        raise Refused(f"Give it a short name for addresses: up to {SLUG} small letters, numbers and hyphens.")
    if Partner.objects.filter(name__iexact=name).exists():
        raise Refused(f"There is a partner called {name} already.")
    return _made(Partner(name=name, kind=kind, slug=slug), by, now)


@transaction.atomic
def _made(partner: Partner, by: Person, now: datetime) -> Partner:
    try:
        with transaction.atomic():
            partner.save(force_insert=True)
    except IntegrityError:
        raise Refused(f"Another partner has the short name {partner.slug}. Choose a different one.") from None
    record(partner, "made", by, now, {"kind": partner.kind})
    return partner


@transaction.atomic
def end(*, partner: Partner, by: Person, now: datetime) -> None:
    """Stop its keys and webhooks at once; its questions go on. Raises Refused, Stale when it has ended already."""
    check(by)
    if not ending.end(partner, now=now):
        raise Stale(f"{partner.name} has ended already.")
    record(partner, "ended", by, now)


@transaction.atomic
def take_up(*, partner: Partner, by: Person, now: datetime) -> None:
    """Let what it has work again. Raises Refused, Stale when it has not ended."""
    check(by)
    if not ending.take_up(partner, now=now):
        raise Stale(f"{partner.name} is active already.")
    record(partner, "taken up again", by, now)


@transaction.atomic
def set_rules(
    *,
    partner: Partner,
    seen: str,
    clean_labels: bool,
    ages: Collection[str],
    signposts: Collection[Signpost],
    requests_a_minute: int,
    by: Person,
    now: datetime,
) -> None:
    """Change its rules from those whose mark was seen; where they hold already, nothing. Raises Refused, Stale."""
    row = locked(partner, by)
    wanted = _mark(clean_labels, sorted(ages), requests_a_minute, sorted(one.pk for one in signposts))
    if _holds(wanted, mark_of_rules(row), seen):
        return
    rules.set_rules(
        partner=row,
        clean_labels=clean_labels,
        ages=ages,
        signposts=signposts,
        requests_a_minute=requests_a_minute,
        by=by,
        now=now,
    )


@transaction.atomic
def set_look(*, partner: Partner, seen: str, origins: Sequence[str], colour: str, by: Person, now: datetime) -> None:
    """Change its look from that whose mark was seen; where it holds already, nothing. Raises Refused, Stale."""
    row = locked(partner, by)
    places = list(dict.fromkeys(map(_as_kept, origins)))
    if _holds(_mark(places, colour.strip().lower()), mark_of_look(row), seen):
        return
    looks.set_look(partner=row, origins=origins, colour=colour, by=by, now=now)


def _as_kept(line: str) -> str:
    """The origin that a line says; what says more than one is none, and looks.set_look refuses it."""
    bare = line.strip().removesuffix("/")
    return looks.origin_of(bare) if bare.count("/") == 2 and not set(bare) & set("?#") else line


def _holds(wanted: str, present: str, seen: str) -> bool:
    """Whether nothing is left to do, as where a button was pressed twice. Raises Stale."""
    if wanted != present and present != seen:
        raise Stale(CHANGED)
    return wanted == present


def check(by: Person) -> None:
    if by.role != Role.MANAGER or not by.is_active:
        raise Refused("Only a manager can do this.")


def locked(partner: Partner, by: Person) -> Partner:
    """The partner's row, which two managers do not change at once."""
    check(by)
    return Partner.objects.select_for_update().get(pk=partner.pk)


def record(partner: Partner, kind: str, by: Person, now: datetime, facts: dict[str, Any] | None = None) -> None:
    history.record(subject=f"partner:{partner.pk}", kind=kind, actor=by.name, now=now, facts=facts)
