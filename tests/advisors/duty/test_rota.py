"""The rota: turns in open hours, turns on call, days away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advisors.duty import rota
from advisors.duty.models import Absence, Shift
from advisors.models import Person
from advisors.signoff import leaving
from askpeer import calendars, history
from askpeer.errors import Refused, Stale
from questions import deadlines, moves, reckoning
from questions.intake.models import OnCall
from questions.models import Question
from tests.factories import SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
DAY, ON_TUESDAY = date(2026, 11, 20), datetime(2026, 11, 17, 10, 15, tzinfo=UTC)
ADD = {Shift: rota.add_shift, OnCall: rota.add_on_call}
BOTH = pytest.mark.parametrize("kind", [Shift, OnCall])


def add(kind, person, by, now, *, starts=timedelta(), ends=4 * HOUR):
    return ADD[kind](person=person, starts_at=now + starts, ends_at=now + ends, by=by, now=now)


def be_away(person, by, now, first, last):
    return rota.add_absence(person=person, first_day=first, last_day=last, by=by, now=now)


@pytest.mark.parametrize(
    ("after", "there"), [(-SECOND, False), (timedelta(), True), (4 * HOUR - SECOND, True), (4 * HOUR, False)]
)
def test_a_turn_holds_from_its_first_second_to_its_last(calendar, now, tom, ruth, lead, after, there):
    add(Shift, ruth, tom, now)
    add(OnCall, lead, tom, now)
    assert (rota.on_shift(now=now + after), rota.on_call(now=now + after)) == ([ruth] * there, [lead] * there)


@BOTH
def test_every_change_is_written_down(calendar, now, tom, ruth, kind):
    row = add(kind, ruth, tom, now)
    pk, name = row.pk, {Shift: "shift", OnCall: "on_call"}[kind]
    rota.remove(row, by=tom, now=now)
    moments = {"from": now.isoformat(), "to": (now + 4 * HOUR).isoformat()}
    assert [(entry.kind, entry.actor, entry.facts) for entry in history.of(ruth.name)] == [
        (f"{name}_added", tom.name, moments),
        (f"{name}_removed", tom.name, {"id": pk}),
    ]


@BOTH
@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [
        (4 * HOUR, 5 * HOUR, True),
        (-2 * HOUR, timedelta(), True),
        (4 * HOUR - SECOND, 5 * HOUR, False),
        (-2 * HOUR, SECOND, False),
        (HOUR, 2 * HOUR, False),
    ],
)
def test_two_turns_of_one_person_never_overlap(calendar, now, tom, ruth, lead, kind, starts, ends, fits):
    before = now - 3 * HOUR
    ADD[kind](person=ruth, starts_at=now, ends_at=now + 4 * HOUR, by=tom, now=before)
    turn = {"starts_at": now + starts, "ends_at": now + ends, "by": tom, "now": before}
    ADD[kind](person=lead, **turn)
    if fits:
        ADD[kind](person=ruth, **turn)
    else:
        with pytest.raises(Refused, match="Ruth has a turn then already"):
            ADD[kind](person=ruth, **turn)
    assert kind.objects.filter(person=ruth).count() == 1 + fits


@BOTH
@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        (HOUR, HOUR, "It has to end after it starts."),
        (2 * HOUR, HOUR, "It has to end after it starts."),
        (-2 * HOUR, timedelta(), "This is over already. Choose a time that is still ahead."),
    ],
)
def test_a_turn_that_is_backwards_or_over_is_refused(calendar, now, tom, ruth, kind, starts, ends, sentence):
    with pytest.raises(Refused) as refused:
        add(kind, ruth, tom, now, starts=starts, ends=ends)
    assert (str(refused.value), kind.objects.count()) == (sentence, 0)


@pytest.mark.parametrize(("kind", "longest"), [(Shift, timedelta(hours=24)), (OnCall, timedelta(days=14))])
def test_a_turn_has_a_longest(calendar, now, tom, ruth, kind, longest):
    with pytest.raises(Refused, match="at most"):
        add(kind, ruth, tom, now, ends=longest + SECOND)
    add(kind, ruth, tom, now, ends=longest)


@pytest.mark.parametrize(("kind", "days"), [(Shift, 1), (OnCall, 14)])
def test_days_are_those_of_the_clock_on_the_wall_also_where_one_has_25_hours_or_23(
    calendar, now, tom, ruth, kind, days
):
    for starts in (datetime(2027, 10, 30, 23, tzinfo=UTC), datetime(2028, 3, 26, tzinfo=UTC)):
        ends = starts + timedelta(days=days) + HOUR * (1 if starts.month == 10 else -1)
        with pytest.raises(Refused, match="at most"):
            ADD[kind](person=ruth, starts_at=starts, ends_at=ends + SECOND, by=tom, now=now)
        ADD[kind](person=ruth, starts_at=starts, ends_at=ends, by=tom, now=now)


@BOTH
def test_an_advisor_has_no_turn_and_is_never_on_call(calendar, now, tom, advisor, kind):
    with pytest.raises(Refused, match="An advisor is never on call"):
        add(kind, advisor, tom, now)


@BOTH
def test_somebody_who_left_has_none(calendar, now, tom, ruth, kind):
    add(kind, ruth, tom, now)
    Person.objects.filter(pk=ruth.pk).update(is_active=False)
    with pytest.raises(Refused, match="does not work here any more"):
        add(kind, ruth, tom, now, starts=5 * HOUR, ends=6 * HOUR)
    assert (rota.on_shift(now=now), rota.on_call(now=now)) == ([], [])


@BOTH
def test_somebody_who_is_away_has_none(calendar, now, tom, ruth, kind):
    be_away(ruth, tom, now, date(2026, 11, 17), date(2026, 11, 18))
    midnight = datetime(2026, 11, 17, tzinfo=UTC) - now
    with pytest.raises(Refused, match="Ruth is away then"):
        add(kind, ruth, tom, now, ends=midnight + SECOND)
    add(kind, ruth, tom, now, ends=midnight)


def test_an_absence_takes_in_its_first_and_its_last_day(calendar, now, tom, ruth, lead):
    be_away(ruth, tom, now, date(2026, 11, 17), date(2026, 11, 18))
    be_away(lead, tom, now, date(2026, 11, 18), date(2026, 11, 18))
    days = [date(2026, 11, day) for day in (16, 17, 18, 19)]
    assert [rota.is_away(ruth, day) for day in days] == [False, True, True, False]
    assert [rota.away(day) for day in days] == [[], [ruth], [lead, ruth], []]


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (date(2026, 11, 18), date(2026, 11, 17), "The last day comes before the first."),
        (date(2026, 11, 14), date(2026, 11, 15), "These days are over already."),
        (date(2026, 11, 16), date(2027, 11, 18), "An absence is a year at most."),
        (date(2026, 11, 20), date(2026, 11, 21), "Ruth is away on some of these days already."),
    ],
)
def test_an_absence_that_cannot_be_is_refused(calendar, now, tom, ruth, first, last, sentence):
    be_away(ruth, tom, now, date(2026, 11, 19), date(2026, 11, 20))
    with pytest.raises(Refused) as refused:
        be_away(ruth, tom, now, first, last)
    assert (str(refused.value), Absence.objects.count()) == (sentence, 1)


def test_an_advisor_may_be_away(calendar, now, tom, advisor):
    be_away(advisor, tom, now, now.date(), now.date())
    assert rota.away(now.date()) == [advisor]


def test_only_a_manager_plans(calendar, now, tom, ruth, lead):
    row = add(Shift, ruth, tom, now)
    for act in (
        lambda: add(Shift, ruth, lead, now, starts=5 * HOUR, ends=6 * HOUR),
        lambda: add(OnCall, ruth, lead, now),
        lambda: be_away(ruth, lead, now, now.date(), now.date()),
        lambda: rota.remove(row, by=lead, now=now),
    ):
        with pytest.raises(Refused, match="Only a manager can do this"):
            act()
    assert Shift.objects.count() == 1


def test_what_is_gone_already_is_a_sentence(calendar, now, tom, ruth):
    row = add(Shift, ruth, tom, now)
    rota.remove(row, by=tom, now=now)
    with pytest.raises(Stale, match="off the rota already"):
        rota.remove(row, by=tom, now=now)


@BOTH
def test_a_turn_that_is_taken_off_while_it_runs_ends_then(calendar, now, tom, ruth, kind):
    row = add(kind, ruth, tom, now)
    rota.remove(row, by=tom, now=now + SECOND)
    assert kind.objects.values_list("starts_at", "ends_at").get() == (now, now + SECOND)
    assert (rota.on_shift(now=now + SECOND), rota.on_call(now=now + SECOND)) == ([], [])
    assert [entry.kind.rpartition("_")[2] for entry in history.of(ruth.name)] == ["added", "removed"]
    add(kind, ruth, tom, now + 2 * SECOND, starts=-2 * SECOND)  # by mistake: on again as it was
    assert kind.objects.count() == 2


@BOTH
def test_a_turn_ends_within_two_years(calendar, now, tom, ruth, kind):
    far = timedelta(days=2 * 366)
    add(kind, ruth, tom, now, starts=far - 4 * HOUR, ends=far)
    with pytest.raises(Refused, match=r"^This is more than two years ahead\. Check the year\.$"):
        add(kind, ruth, tom, now, starts=far, ends=far + SECOND)


def test_an_absence_ends_within_two_years(calendar, now, tom, ruth):
    far = now.date() + timedelta(days=2 * 366)
    be_away(ruth, tom, now, far, far)
    with pytest.raises(Refused, match=r"^This is more than two years ahead\. Check the year\.$"):
        be_away(ruth, tom, now, far + timedelta(days=1), far + timedelta(days=1))


@BOTH
def test_a_turn_that_is_over_stays(calendar, now, tom, ruth, kind):
    row = add(kind, ruth, tom, now)
    with pytest.raises(Stale, match="off the rota already"):
        rota.remove(row, by=tom, now=now + 4 * HOUR)
    assert kind.objects.values_list("starts_at", "ends_at").get() == (now, now + 4 * HOUR)


@BOTH
def test_who_takes_no_turns_any_more_keeps_what_was_worked(calendar, now, tom, ruth, lead, kind):
    for person in (ruth, lead):
        for start in (0, 5, 10):
            add(kind, person, tom, now, starts=start * HOUR, ends=(start + 4) * HOUR)
    rota.end_turns(ruth, now=now + 6 * HOUR)
    left = kind.objects.filter(person=ruth).order_by("starts_at").values_list("starts_at", "ends_at")
    assert list(left) == [(now, now + 4 * HOUR), (now + 5 * HOUR, now + 6 * HOUR)]
    assert kind.objects.filter(person=lead).count() == 3


def test_the_next_turn_is_the_first_that_has_not_begun(calendar, now, tom, ruth, lead):
    add(Shift, ruth, tom, now)
    first = add(Shift, lead, tom, now, starts=HOUR, ends=2 * HOUR)
    call = add(OnCall, lead, tom, now, starts=SECOND, ends=2 * HOUR)
    assert (rota.next_shift(now=now), rota.next_on_call(now=now)) == (first, call)
    assert (rota.next_shift(now=now + HOUR), rota.next_on_call(now=now + SECOND)) == (None, None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_whatever_is_planned(calendar, now, tom, count, django_assert_num_queries):
    for person in [SupervisorFactory() for _ in range(count)]:
        add(Shift, person, tom, now)
        add(OnCall, person, tom, now)
        be_away(person, tom, now, now.date() + timedelta(days=1), now.date() + timedelta(days=1))
    with django_assert_num_queries(3):
        lists = rota.shifts_ahead(now=now), rota.calls_ahead(now=now), rota.absences_ahead(now=now)
        assert [len([row.person.alias for row in rows]) for rows in lists] == [count] * 3


def test_who_is_on_call_changes_the_hour_of_a_red_question_once_every_process_knows(calendar, now, tom, ruth):
    """Asked on Monday at 17:45: half its hour is over on Tuesday at 10:15, or at 18:15 where somebody is on call."""
    asked = now + timedelta(hours=6, minutes=45)
    question = make_question(now=asked, level="red")
    waits = question.alarm_at
    row = add(OnCall, ruth, tom, now, starts=7 * HOUR, ends=9 * HOUR)
    assert reckoning.reckon_due(now=asked) == 1
    assert (waits, Question.objects.get().alarm_at) == (ON_TUESDAY, asked + HOUR / 2)
    rota.remove(row, by=tom, now=asked)
    assert reckoning.reckon_due(now=asked + timedelta(seconds=59)) == 0
    assert reckoning.reckon_due(now=asked + timedelta(seconds=60)) == 1
    assert Question.objects.get().alarm_at == ON_TUESDAY


NIGHT = datetime(2026, 11, 16, 23, tzinfo=UTC)


def full_at(question):
    course = moves.course(question, question.round)
    return next(rung.at for rung in deadlines.ladder(calendars.current(), course) if rung.kind == "full")


def on_call_tonight(person, tom, now):
    return rota.add_on_call(person=person, starts_at=NIGHT - 5 * HOUR, ends_at=NIGHT + 11 * HOUR, by=tom, now=now)


def test_the_hour_of_a_red_question_goes_on_where_one_hands_the_turn_to_another(calendar, now, tom, ruth, lead):
    question, turn = make_question(now=NIGHT, level="red"), on_call_tonight(ruth, tom, now)
    swap = NIGHT + timedelta(minutes=40)
    rota.remove(turn, by=tom, now=swap)
    assert full_at(question) == datetime(2026, 11, 17, 10, 20, tzinfo=UTC)
    rota.add_on_call(person=lead, starts_at=swap, ends_at=NIGHT + 11 * HOUR, by=tom, now=swap)
    assert full_at(question) == NIGHT + HOUR


def test_what_was_worked_on_call_counts_when_its_worker_has_left(calendar, now, tom, ruth, lead):
    question = make_question(now=NIGHT, level="red")
    on_call_tonight(ruth, tom, now)
    assert full_at(question) == NIGHT + HOUR
    left = NIGHT + timedelta(minutes=40)
    leaving.leave(person=ruth, by=tom, now=left)
    assert full_at(question) == datetime(2026, 11, 17, 10, 20, tzinfo=UTC)
    assert [reckoning.reckon_due(now=left + wait) for wait in (59 * SECOND, 60 * SECOND)] == [0, 1]


@pytest.mark.parametrize("add_row", [lambda *who: add(Shift, *who), lambda *who: be_away(*who, DAY, DAY)])
def test_a_shift_or_an_absence_leaves_every_alarm_as_it_is(calendar, now, tom, ruth, add_row):
    make_question(now=now, level="red")
    rota.remove(add_row(ruth, tom, now), by=tom, now=now)
    assert reckoning.reckon_due(now=now + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("kind", "starts", "ends", "words"),
    [
        (Shift, 0, 4, ""),
        (Shift, 6, 12, ""),
        (Shift, 7, 12, "We are closed all that time"),
        (OnCall, 7, 12, ""),
        (OnCall, 6, 12, ""),
        (OnCall, 0, 4, "We are open all that time"),
    ],
)
def test_a_turn_outside_the_hours_of_its_kind_is_doubted(calendar, now, tom, ruth, kind, starts, ends, words):
    """It is eleven; we close at six."""
    row = add(kind, ruth, tom, now, starts=starts * HOUR, ends=ends * HOUR)
    assert rota.doubt(row).startswith(words)
    assert bool(rota.doubt(row)) == bool(words)


@pytest.mark.parametrize("lacking", [{"agreed_on": None, "agreed_to": ""}, {"vetted_until": date(2026, 11, 16)}])
def test_a_turn_of_somebody_who_will_be_able_to_open_nothing_is_doubted(calendar, now, tom, lacking):
    row = add(Shift, SupervisorFactory(alias="Noor", **lacking), tom, now, starts=24 * HOUR, ends=25 * HOUR)
    assert rota.doubt(row).startswith("Noor can't open any question then")
