"""Which drafts want somebody beside them, and the list of those that have nobody."""

from datetime import date, datetime
from typing import NamedTuple, cast

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from advisors import roles
from advisors.beside import going_on, probation
from advisors.beside.models import AskedBeside, Sitting
from advisors.models import Person
from advisors.signoff import seeing
from questions import holding, states
from questions.models import Question, Round

MOST = 20
ADULT = 18
YOURS, ASKED, YOUNG, AMBER, NEWCOMER, NO = range(6)


class Offer(NamedTuple):
    """A draft that wants somebody beside it: who writes it, and why in words."""

    question: Question
    topic: str
    advisor: str
    why: str
    asked: bool


def wants(person: Person, question: Question, *, now: datetime) -> bool:
    """Whether this person's answer to this question is written side by side: an advisor's on probation, every amber
    one, and every one by somebody under 18.
    """
    return probation.is_on(person) or question.level == states.AMBER or person.is_under_18(now)


def offers(person: Person, *, now: datetime) -> list[Offer]:
    """Drafts that want a supervisor and have none, at most twenty: those asked for, then by who needs it most. 1 SQL.

    Those this person sits beside already lead the list.

    Raises Refused.
    """
    roles.check_review(person)
    rows = _being_written(person).annotate(place=_place(person, now), was_beside=Exists(_met())).filter(place__lt=NO)
    # Somebody who asks again after a sitting has something more to ask.
    rows = rows.filter(Q(place__lte=ASKED) | Q(was_beside=False)).select_related("question__topic", "question__holder")
    return [_offer(row) for row in rows.order_by("place", "question__entered_at", "pk")[:MOST]]


def _being_written(person: Person) -> QuerySet[Round]:
    return Round.objects.filter(
        seeing.visible(person, question="question"),
        ~Exists(_sittings().exclude(supervisor=person)),
        number=F("question__round_number"),
        question__status__in=going_on.BEING_WRITTEN,
        question__holder__isnull=False,
        question__language__in=person.languages,
    ).exclude(question__holder=person)


def _sittings() -> QuerySet[Sitting]:
    return going_on.sittings().filter(round=OuterRef("pk"))


def _met() -> QuerySet[Sitting]:
    return Sitting.objects.filter(round=OuterRef("pk"), advisor=OuterRef("question__holder"), met_at__isnull=False)


def _place(person: Person, now: datetime) -> Case:
    """wants(), as the database reads it, with a place in the list; whoever asked comes before those who did not."""
    asked = AskedBeside.objects.filter(round=OuterRef("pk"), person=OuterRef("question__holder"))
    return Case(
        When(Exists(_sittings().filter(supervisor=person)), then=Value(YOURS)),
        When(Exists(asked), then=Value(ASKED)),
        When(question__holder__born_on__gt=_youngest_adult(holding.today(now)), then=Value(YOUNG)),
        When(question__level=states.AMBER, then=Value(AMBER)),
        When(probation.those_on("question__holder__"), then=Value(NEWCOMER)),
        default=Value(NO),
        output_field=IntegerField(),
    )


def _youngest_adult(day: date) -> date:
    """Born on this day, somebody turns 18 today. On 29 February of a year whose 18th before had none: the 28th."""
    try:
        return day.replace(year=day.year - ADULT)
    except ValueError:
        return day.replace(year=day.year - ADULT, day=28)


def _offer(row: Round) -> Offer:
    question, place = row.question, row.place  # type: ignore[attr-defined]
    question.__dict__["_round"] = row
    advisor = cast(Person, question.holder)
    why = {
        YOURS: "has you beside them",
        ASKED: "asks for somebody",
        YOUNG: "is under 18",
        AMBER: "is writing on an amber question",
        NEWCOMER: _as_newcomer(advisor),
    }
    topic = question.topic.label if question.topic else "No topic yet"
    return Offer(question, topic, advisor.alias, why[place], place == ASKED)


def _as_newcomer(advisor: Person) -> str:
    still = advisor.answers_given < probation.FIRST
    return "is writing one of their first five" if still else "writes with company until one of you lifts it"
