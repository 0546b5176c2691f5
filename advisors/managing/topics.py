"""Topics: their words, their order, and how one goes: retired where anything has it, deleted where nothing does."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.text import slugify

from advisors import marks, roles
from advisors.models import Person
from advisors.team import locking
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions.intake import forms, kept
from questions.models import Question, Signpost, Topic
from questions.publication.models import Publication

LABEL, SLUG, KEYWORDS, MOST = 60, 40, 2000, 100
GONE = "This topic is not there any more."


class Row(NamedTuple):
    """A topic in the list, its place counted from 1, and what has it. How many questions do is said nowhere: a small
    number, or one more than yesterday, would tell of somebody.
    """

    topic: Topic
    place: int
    has_questions: bool
    answers: int
    signposts: int


class Uses(NamedTuple):
    """What has a topic. Of questions and of advisors' boundaries, which are theirs, all that is said is whether."""

    questions: bool
    answers: int
    signposts: int
    words: int
    boundaries: bool

    def said(self) -> str:
        """questions, 2 library answers and 4 signposts; "" where nothing has it."""
        counted = (
            (self.answers, "library answer"),
            (self.signposts, "signpost"),
            (self.words, "suggested word"),
        )
        parts = ["questions"] if self.questions else []
        parts += [f"{count} {name}{'s' if count > 1 else ''}" for count, name in counted if count]
        parts += ["what advisors keep away from"] if self.boundaries else []
        return prose.listed(parts)


def listed() -> list[Row]:
    """All in their order. 4 SQL."""
    asked = set(Question.objects.order_by().values_list("topic", flat=True).distinct())
    answers, signposts = (
        _counted(Publication.objects.all(), "topic"),
        _counted(Signpost.topics.through.objects.all(), "topic"),
    )
    return [
        Row(row, place, row.pk in asked, answers.get(row.pk, 0), signposts.get(row.pk, 0))
        for place, row in enumerate(Topic.objects.all(), 1)
    ]


def _counted(rows: QuerySet, by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))


def uses(topic: Topic) -> Uses:
    """5 SQL; people's boundaries are sealed, so each is opened."""
    people = Person.objects.filter(boundaries__isnull=False)
    return Uses(
        Question.objects.filter(topic=topic).exists(),
        Publication.objects.filter(topic=topic).count(),
        topic.signposts.count(),
        topic.suggested_words.count(),
        any(topic.slug in one.boundary_topics(choice) for one in people for choice in ("never", "ask")),
    )


def seen(topic: Topic) -> str:
    return marks.mark(*_as_it_is(topic))


def _as_it_is(topic: Topic) -> tuple:
    return topic.label, topic.clean_label, topic.keywords, topic.sensitive, topic.retired


@transaction.atomic
def add(
    *, label: str, clean_label: str, slug: str, keywords: Iterable[str], sensitive: bool, by: Person, now: datetime
) -> Topic:
    """Put a topic at the end of the list; slug "" makes it from the label, and it stays. Raises Refused."""
    _check(by)
    topic = Topic(label=_label(label), clean_label=_clean(clean_label), keywords=list(keywords), sensitive=sensitive)
    topic.slug = slug or slugify(topic.label)[:SLUG].strip("-")
    if not topic.slug:
        raise Refused("Write a short name for addresses: letters from a to z, numbers and hyphens.")
    rows = _locked()
    if len(rows) >= MOST:
        raise Refused(f"There are {MOST} topics, and nobody reads a longer list. Delete one that nothing has first.")
    _check_alone(topic, rows)
    topic.position = max((row.position for row in rows), default=-1) + 1
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError:
        raise Refused(f"There is a topic with the short name {topic.slug} already. Choose another.") from None
    _record(topic, "topic made", by, now)
    return topic


@transaction.atomic
def edit(
    *,
    topic: Topic,
    label: str,
    clean_label: str,
    keywords: Iterable[str],
    sensitive: bool,
    place: int,
    seen: str,
    by: Person,
    now: datetime,
) -> None:
    """Change its words, whether advisors under 18 get it, and its place, from 1. Raises Refused, Stale."""
    _check(by)
    rows = _locked()
    row = _find(rows, topic)
    marks.check(seen, *_as_it_is(row))
    row.label, row.clean_label = _label(label), _clean(clean_label)
    row.keywords, row.sensitive = list(keywords), sensitive
    _check_alone(row, rows)
    row.save(update_fields=["label", "clean_label", "keywords", "sensitive"])
    _put(rows, row, place)
    _record(row, "topic changed", by, now, sensitive=sensitive, keywords=len(row.keywords))


@transaction.atomic
def move(*, topic: Topic, down: bool, by: Person, now: datetime) -> None:
    """One place up or down among those that can be chosen; the first goes no further up. Raises Refused."""
    _check(by)
    rows = _locked()
    row = _find(rows, topic)
    there = [one for one in rows if not one.retired or one == row]
    at = there.index(row) + (1 if down else -1)
    if 0 <= at < len(there):
        _put(rows, row, rows.index(there[at]) + 1)
    _record(row, "topic moved", by, now, down=down)


@transaction.atomic
def retire(*, topic: Topic, by: Person, now: datetime) -> None:
    """Nobody new can choose it; what has it keeps it. Raises Refused, Stale where it is retired already."""
    _turn(topic, by, now, retired=True)


@transaction.atomic
def bring_back(*, topic: Topic, by: Person, now: datetime) -> None:
    """Raises Refused, Stale where it is not retired."""
    _turn(topic, by, now, retired=False)


def _turn(topic: Topic, by: Person, now: datetime, *, retired: bool) -> None:
    _check(by)
    rows = _locked()
    row = _find(rows, topic)
    if row.retired == retired:
        raise Stale(f"{row.label} is {'retired' if retired else 'in the list'} already.")
    if retired:
        _check_another(row, rows)
    row.retired = retired
    row.save(update_fields=["retired"])
    _record(row, "topic retired" if retired else "topic brought back", by, now)


@transaction.atomic
def delete(*, topic: Topic, by: Person, now: datetime) -> None:
    """Raises Refused where anything has it, and says what that is, and where none would be left to choose."""
    _check(by)
    rows = _locked()
    row = _find(rows, topic)
    _check_another(row, rows)
    if said := uses(row).said():
        retire = "It is retired, and can stay so." if row.retired else "Retire it instead."
        raise Refused(f"{row.label} stays: deleting it would take it from {said}. {retire}")
    _record(row, "topic deleted", by, now)
    row.delete()


def _check(by: Person) -> None:
    roles.check_manager(locking.lock(by))


def _locked() -> list[Topic]:
    """All in their order, held: of two who move at once each starts from where the other left off."""
    list(Topic.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    transaction.on_commit(kept.forget)
    return list(Topic.objects.all())


def _check_another(row: Topic, rows: Iterable[Topic]) -> None:
    """Whether one is left to choose without it: who is not sure chooses none."""
    offered = {one.pk for one in rows if not one.retired and one.slug != forms.NOT_SURE}
    if offered == {row.pk}:
        raise Refused("This is the only topic in the list. Nobody could choose one then. Make another first.")


def _find(rows: list[Topic], topic: Topic) -> Topic:
    row = next((one for one in rows if one.pk == topic.pk), None)
    if row is None:
        raise Stale(GONE)
    return row


def _put(rows: list[Topic], row: Topic, place: int) -> None:
    rest = [one for one in rows if one.pk != row.pk]
    at = min(max(place, 1), len(rows)) - 1
    for position, one in enumerate([*rest[:at], row, *rest[at:]]):
        if one.position != position:
            Topic.objects.filter(pk=one.pk).update(position=position)


def _label(label: str) -> str:
    if not (typed := _clean(label)):
        raise Refused("Give the topic a label, in young people's own words.")
    return typed


def _clean(label: str) -> str:
    typed = " ".join(prose.canonical(label).split())
    if len(typed) > LABEL:
        raise Refused(f"A label can have {LABEL} characters at most. This one has {len(typed)}.")
    return typed


def _check_alone(topic: Topic, rows: Iterable[Topic]) -> None:
    if any(one.pk != topic.pk and one.label.casefold() == topic.label.casefold() for one in rows):
        raise Refused(f"There is a topic called {topic.label} already. Two of a name could not be told apart.")


def _record(topic: Topic, kind: str, by: Person, now: datetime, **facts: object) -> None:
    history.record(subject=f"topic:{topic.pk}", kind=kind, actor=by.name, now=now, facts={"topic": topic.slug, **facts})
