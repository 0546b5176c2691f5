"""The manager changes the hours: what it would do is said before, and what moves is moved in the same transaction.

It is Monday 16 November 2026, 11:00 in London. Open Monday to Friday, 10:00 to 18:00; asked now, an answer is promised
for Thursday 18:00.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisors.duty import rota
from advisors.duty.models import Absence
from advisors.managing import gaps, hours, hours_said
from advisors.managing.hours import Changed, Line
from advisors.models import Person
from advisors.safeguarding import raising
from askpeer import calendars, history, scheduling
from askpeer.errors import Refused, Stale
from askpeer.hours import Calendar
from askpeer.models import CalendarVersion, OutboxRow
from questions import deadlines, moves, reckoning, redating
from questions.intake import helping, sentences
from questions.intake.models import IntakeLimits
from questions.models import Question, Round, Signpost, SignpostChannel
from tests.factories import (
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TopicFactory,
    TrusteeFactory,
    make_question,
)
from tests.interleaving import before

pytestmark = pytest.mark.django_db
WHY = Round.Why
MONDAY, THURSDAY, FRIDAY = date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 20)
WEEK = tuple((day, time(10), time(18)) for day in range(5))


@pytest.fixture
def tom(db):
    return ManagerFactory(alias="Tom")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def present():
    return scheduling.present()[1]


def closed(first, last=None, *, today=MONDAY, reason=""):
    return hours.closing(present(), first=first, last=last or first, reason=reason, today=today)


def change(plan, tom, now, *, version=None, why=WHY.CLOSED, redate=True):
    version = version or scheduling.present()[0]
    done = hours.change(plan, version=version, why=why, redate=redate, by=tom, now=now)
    calendars.forget()
    return done


def preview(plan, now):
    return hours.preview(plan, version=scheduling.present()[0], now=now)


def said(now):
    return sentences.status_text(Question.objects.get(), now=now, calendar=calendars.current())


def counts(found):
    return found.running, found.shorter, found.moved, found.twice, found.calm


def test_two_days_closed_unplanned_move_a_promise_and_who_asked_reads_why(calendar, now, tom):
    question = make_question(now=now, status="open", email="a@mail.example")
    assert change(closed(THURSDAY, FRIDAY), tom, now, why=WHY.ILL) == Changed(version=2, moved=1, left=0)
    turn = Round.objects.get()
    assert (turn.promised_at, turn.due_at) == (at("2026-11-19T18:00"), at("2026-11-19T18:00"))
    assert turn.redated_at == at("2026-11-23T18:00")
    assert said(now) == (
        "We said 6pm on Thursday 19 November. Too many of us are ill to keep that. That's our fault, not yours, and "
        "your question isn't lost. It'll be here by 6pm on Monday 23 November."
    )
    row = Question.objects.get()
    assert deadlines.lateness(calendars.current(), moves.course(row, row.round), now=now) == "late"
    assert list(OutboxRow.objects.values_list("key", flat=True)) == [f"redated:{question.pk}:1"]
    entry = history.of(question.subject)[-1]
    facts = {"round": 1, "until": "2026-11-23T18:00:00+00:00", "why": "ill"}
    assert (entry.kind, entry.actor, entry.facts) == ("redated", tom.name, facts)


def test_the_preview_says_the_same_and_changes_nothing(calendar, now, tom):
    make_question(now=now, status="open", level="amber", topic=TopicFactory(label="Lonely"))
    make_question(now=now - timedelta(days=3), status="in_review")
    found = preview(closed(THURSDAY, FRIDAY, reason="Training"), now)
    assert found.changes == ["Closed 19 to 20 November 2026 (Training)."]
    assert counts(found) == (2, 0, 1, 0, 1)
    assert found.lines == [
        Line("Lonely", "amber", "Open, waiting for an advisor", "Thu 19 Nov, 18:00", "Mon 23 Nov, 18:00")
    ]
    assert found.promises == ("6pm on Thursday 19 November", "6pm on Monday 23 November")
    assert (present().closures, CalendarVersion.objects.count()) == ((), 0)
    assert list(Round.objects.values_list("redated_at", flat=True)) == [None, None]


@pytest.mark.parametrize("level", ["green", "red"])
def test_red_is_moved_as_any_other(calendar, now, tom, level):
    make_question(now=now, status="open", level=level)
    assert change(closed(THURSDAY), tom, now).moved == 1
    assert Round.objects.get().redated_at == at("2026-11-20T18:00")


def test_a_closure_far_ahead_moves_nothing(calendar, now, tom):
    make_question(now=now, status="open")
    plan = closed(date(2026, 12, 21), date(2026, 12, 31))
    assert counts(preview(plan, now)) == (1, 0, 0, 0, 1)
    assert change(plan, tom, now) == Changed(2, 0, 0)
    assert Round.objects.get().redated_at is None


def test_without_the_tick_a_promise_stays_due_when_nobody_is_there(calendar, now, tom):
    make_question(now=now, status="open", email="a@mail.example")
    assert change(closed(THURSDAY), tom, now, redate=False) == Changed(2, 0, 1)
    assert (Round.objects.get().redated_at, OutboxRow.objects.count()) == (None, 0)


def test_what_had_its_one_new_date_gets_no_second_one(calendar, now, tom):
    make_question(now=now, status="open")
    change(closed(THURSDAY), tom, now)
    found = preview(closed(FRIDAY), now)
    assert counts(found) == (1, 0, 0, 1, 0)
    assert [(line.standing, line.until) for line in found.lines_twice] == [("Fri 20 Nov, 18:00", "Mon 23 Nov, 18:00")]
    assert change(closed(FRIDAY), tom, now) == Changed(3, 0, 1)
    assert Round.objects.get().redated_at == at("2026-11-20T18:00")


def test_opening_an_hour_earlier_brings_no_date_forward(calendar, now, tom):
    make_question(now=now, status="open")
    plan = replace(present(), windows=tuple((day, time(9), time(18)) for day in range(5)))
    found = preview(plan, now)
    assert counts(found) == (1, 0, 0, 0, 1)
    assert found.promises == ("6pm on Thursday 19 November",) * 2
    assert change(plan, tom, now) == Changed(2, 0, 0)


def test_more_hours_on_other_days_bring_no_moved_date_forward(calendar, now, tom):
    """Thursday is closed, the others are open all day long: as much time is there on Tuesday already."""
    make_question(now=now, status="open")
    plan = replace(present(), windows=tuple((day, time(0), time(0)) for day in (0, 1, 2, 4)))
    assert change(plan, tom, now).moved == 1
    assert Round.objects.get().redated_at == at("2026-11-21T00:00")


def test_a_zone_an_hour_ahead_costs_an_hour_of_today(calendar, now, tom):
    make_question(now=now, status="open")
    plan = replace(present(), time_zone="Europe/Brussels")
    found = preview(plan, now)
    assert counts(found) == (1, 1, 0, 0, 0)
    assert found.promises == ("6pm on Thursday 19 November",) * 2


def test_a_zone_in_which_that_day_has_not_opened_moves_the_promise(calendar, now, tom):
    """Thursday 18:00 in London is Friday 07:00 in Auckland; 31 staffed hours from now are over on its Friday, 18:00."""
    make_question(now=now, status="open")
    assert change(replace(present(), time_zone="Pacific/Auckland"), tom, now).moved == 1
    assert Round.objects.get().redated_at == at("2026-11-20T05:00")


@pytest.mark.parametrize(
    ("asked", "first", "last", "promised", "until"),
    [
        # Good Friday, the clocks going forward and Easter Monday lie between.
        ("2027-03-25T11:00", "2027-04-01", "2027-04-02", "2027-04-01T17:00", "2027-04-05T17:00"),
        # The clocks go back.
        ("2026-10-23T10:00", "2026-10-28", "2026-10-28", "2026-10-28T18:00", "2026-10-29T18:00"),
        # The year ends, and New Year's Day is none of the days.
        ("2026-12-30T11:00", "2026-12-31", "2027-01-05", "2027-01-05T18:00", "2027-01-08T18:00"),
        # There is a 29th of February.
        ("2028-02-25T11:00", "2028-03-01", "2028-03-01", "2028-03-01T18:00", "2028-03-02T18:00"),
    ],
)
def test_over_clock_changes_leap_days_and_year_ends(calendar, tom, asked, first, last, promised, until):
    now = at(asked)
    make_question(now=now, status="open")
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    assert change(closed(first, last, today=now.date()), tom, now).moved == 1
    turn = Round.objects.get()
    assert (turn.promised_at, turn.redated_at) == (at(promised), at(until))


def test_a_question_that_waits_for_its_asker_moves_too_and_says_so_when_the_wait_is_over(calendar, now, tom):
    make_question(now=now, status="pending_asker", email="a@mail.example")
    assert change(closed(THURSDAY), tom, now) == Changed(2, 1, 0)
    assert (Round.objects.get().redated_at, OutboxRow.objects.count()) == (at("2026-11-20T18:00"), 0)


@pytest.mark.parametrize("by", ["its advisor", "its reader"])
def test_a_concern_that_ends_the_wait_tells_of_the_date_that_moved(calendar, now, tom, by):
    advisor, ruth, _ = PersonFactory(), SupervisorFactory(), LeadFactory()
    make_question(now=now, status="pending_asker", email="a@mail.example", holder=advisor)
    change(closed(THURSDAY), tom, now)
    question = Question.objects.get()
    if by == "its advisor":
        who = {"kind": "staff", "words": "", "by": advisor}
        raising.raise_concern(question=question, version=question.version, now=now, **who)
    else:
        raising.give_to_lead(question=question, version=question.version, by=ruth, now=now)
    assert [key for key in keys() if key.startswith("redated")] == [f"redated:{question.pk}:1"]


def keys():
    return OutboxRow.objects.filter(kind="late").values_list("key", flat=True)


def test_what_is_in_quarantine_gets_its_date_and_no_mail(calendar, now, tom):
    make_question(now=now, status="new", quarantined=True, email="a@mail.example")
    assert change(closed(THURSDAY), tom, now).moved == 1
    assert (Round.objects.get().redated_at, OutboxRow.objects.count()) == (at("2026-11-20T18:00"), 0)


def test_alarms_follow_the_new_hours(calendar, now, tom):
    """Claiming may take 20 % of 31 hours: half of that is over at 14:06; open until 13:00 today, tomorrow at 11:06."""
    make_question(now=now, status="open")
    assert Question.objects.get().alarm_at == at("2026-11-16T14:06")
    change(replace(present(), windows=((0, time(10), time(13)), *WEEK[1:])), tom, now)
    assert reckoning.reckon_due(now=now + timedelta(seconds=60)) == 1
    assert Question.objects.get().alarm_at == at("2026-11-17T10:36")


def test_the_last_window_stays(calendar, now, tom):
    plan = replace(present(), windows=())
    for act in (lambda: preview(plan, now), lambda: change(plan, tom, now)):
        with pytest.raises(Refused, match="Keep at least one window"):
            act()
    assert present().windows == WEEK


def test_a_minute_a_week_keeps_no_promise(calendar, now, tom):
    make_question(now=now, status="open")
    plan = replace(present(), windows=((0, time(10), time(10, 1)),))
    for act in (lambda: preview(plan, now), lambda: change(plan, tom, now)):
        with pytest.raises(Refused) as refused:
            act()
        assert str(refused.value) == "With this there are too few staffed hours ahead to promise anything to anybody."
    assert (scheduling.present(), CalendarVersion.objects.count()) == ((1, replace(plan, windows=WEEK)), 0)


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, LeadFactory, TrusteeFactory])
def test_only_a_manager_changes_the_hours(calendar, now, make):
    with pytest.raises(Refused, match="Only a manager can do this"):
        change(closed(THURSDAY), make(), now)
    assert scheduling.present()[0] == 1


def test_who_has_left_meanwhile_changes_nothing(calendar, now, tom):
    Person.objects.update(is_active=False)
    with pytest.raises(Refused, match="Only a manager can do this"):
        change(closed(THURSDAY), tom, now)
    assert scheduling.present()[0] == 1


def test_the_second_of_two_managers_is_told_so(calendar, now, tom):
    make_question(now=now, status="open")
    change(closed(FRIDAY), ManagerFactory(), now)
    for act in (hours.preview, lambda plan, **values: change(plan, tom, **values)):
        with pytest.raises(Stale, match="Somebody changed the hours a moment ago"):
            act(closed(THURSDAY), version=1, now=now)
    assert Round.objects.get().redated_at is None


def test_of_two_in_the_same_moment_one_is_first(calendar, now, tom):
    """The other one's closure is saved between this one's look at the hours and its own UPDATE of them."""
    first = scheduling.ServiceCalendar.objects.filter(version=1)
    make_question(now=now, status="open")
    with (
        before("UPDATE", "askpeer_servicecalendar", lambda: first.update(version=2)),
        pytest.raises(Stale, match="Somebody changed the hours a moment ago"),
    ):
        change(closed(THURSDAY), tom, now)
    assert (present().closures, Round.objects.get().redated_at) == ((), None)


def test_what_is_so_already_is_no_change(calendar, now, tom):
    for act in (lambda: preview(present(), now), lambda: change(present(), tom, now)):
        with pytest.raises(Refused, match="This is how it is already"):
            act()


def test_what_was_asked_after_the_preview_moves_too(calendar, now, tom):
    assert preview(closed(THURSDAY), now).moved == 0
    make_question(now=now, status="new")
    assert change(closed(THURSDAY), tom, now).moved == 1


def test_no_case_about_staff_is_named_or_counted_though_it_moves_too(calendar, now, tom):
    """Four that move beside three that are listed would say that there is one."""
    rows = [make_question(now=now, status="open", about_staff=about) for about in (True, False)]
    make_question(now=now, status="new", level="red", about_staff=True)
    found = preview(closed(MONDAY, FRIDAY), now)
    assert (len(found.lines), found.lines_twice, found.red) == (1, [], [])
    assert counts(found) == (1, 0, 1, 0, 0)
    assert change(closed(MONDAY, FRIDAY), tom, now) == (2, 1, 0)
    assert [Question.objects.get(pk=row.pk).round.redated_at is None for row in rows] == [False, False]


def test_nor_is_one_counted_that_stays_due_on_a_closed_day(calendar, now, tom):
    make_question(now=now, status="open", about_staff=True)
    assert change(closed(MONDAY, FRIDAY), tom, now, redate=False) == (2, 0, 0)
    assert hours.move_stranded(why="closed", by=tom, now=now) == 0


def test_a_red_one_that_nobody_has_read_is_named_with_its_hour(calendar, now):
    make_question(now=now, status="new", level="red", topic=TopicFactory(label="Home"))
    make_question(now=now, status="open", level="red")
    [row] = preview(closed(MONDAY), now).red
    assert (row.topic, row.before, row.after) == ("Home", "Mon 16 Nov, 12:00", "Tue 17 Nov, 11:00")


def test_with_somebody_on_call_its_hour_runs_on(calendar, now, tom):
    make_question(now=now, status="new", level="red")
    ends = now + timedelta(hours=4)
    rota.add_on_call(person=SupervisorFactory(), starts_at=now, ends_at=ends, by=tom, now=now)
    [row] = preview(closed(MONDAY), now).red
    assert (row.before, row.after) == ("Mon 16 Nov, 12:00", "Mon 16 Nov, 12:00")


def test_who_has_a_shift_on_a_closed_day_is_named(calendar, now, tom):
    for person, day in (("Ruth", THURSDAY), ("Omar", FRIDAY)):
        starts = datetime.combine(day, time(10), UTC)
        ruth = SupervisorFactory(alias=person)
        rota.add_shift(person=ruth, starts_at=starts, ends_at=starts + timedelta(hours=4), by=tom, now=now)
    assert preview(closed(THURSDAY), now).shifts == [("Ruth", "Thu 19 Nov, 10:00 to 14:00")]


def test_hours_that_closing_leaves_without_anybody_on_call_are_named(calendar, now, tom):
    """Those of the days that would be closed: the nights around them want somebody as it is, too."""
    ruth = SupervisorFactory()
    rota.add_on_call(person=ruth, starts_at=at("2026-11-19T12:00"), ends_at=at("2026-11-20T10:00"), by=tom, now=now)
    found = preview(closed(THURSDAY, FRIDAY), now).unwatched
    assert found == ["Thu 19 Nov, 10:00 to 12:00", "Fri 20 Nov, 10:00 to 18:00"]


@pytest.mark.parametrize("keeps", ["checks", "absence"])
def test_hours_whose_only_call_is_of_somebody_kept_out_or_away_are_named(calendar, now, tom, keeps):
    """Monday would name them from the next look on, however long the hour of a red question runs."""
    ruth = SupervisorFactory()
    rota.add_on_call(person=ruth, starts_at=at("2026-11-19T09:00"), ends_at=at("2026-11-20T10:00"), by=tom, now=now)
    assert preview(closed(THURSDAY), now).unwatched == []
    if keeps == "checks":
        Person.objects.filter(pk=ruth.pk).update(vetted_until=date(2026, 11, 15))
    else:
        Absence.objects.create(person=ruth, first_day=THURSDAY, last_day=THURSDAY)
    found = preview(closed(THURSDAY), now).unwatched
    people, days = Person.objects.filter(is_active=True), closed(THURSDAY).calendar()
    assert found == ["Thu 19 Nov, 10:00 to 18:00"]
    assert (at("2026-11-18T18:00"), at("2026-11-20T10:00")) in gaps.week(days, people, now=now).unwatched


def test_no_end_of_a_day_cuts_the_hours_without_anybody_on_call(calendar, now, tom):
    nights = replace(present(), windows=tuple((day, time(0), time(0)) for day in range(7)))
    change(nights, tom, now)
    assert preview(closed(THURSDAY, FRIDAY), now).unwatched == ["Thu 19 Nov, 00:00 to Sat 21 Nov, 00:00"]
    found = preview(replace(present(), windows=WEEK), now).unwatched
    assert (found[0], len(found), found[-1]) == ("Mon 16 Nov, 18:00 to Tue 17 Nov, 10:00", 13, "and more")


def test_opening_leaves_no_more_hours_without_anybody_on_call(calendar, now, tom):
    change(closed(THURSDAY), tom, now)
    plan = hours.opening(present(), first=THURSDAY, last=THURSDAY, today=MONDAY)
    assert preview(plan, now).unwatched == []


def test_while_none_is_taken_no_promise_is_compared(calendar, now):
    IntakeLimits.objects.create(taking=False)
    assert preview(closed(THURSDAY), now).promises is None


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_costs_the_same_for_one_and_for_three(calendar, now, tom, count, django_assert_num_queries):
    for number in range(count):
        make_question(now=now, status="open", topic=TopicFactory())
        make_question(now=now, status="new", level="red", topic=TopicFactory())
        starts = at(f"2026-11-19T1{number}:00")
        rota.add_shift(
            person=SupervisorFactory(), starts_at=starts, ends_at=starts + timedelta(hours=1), by=tom, now=now
        )
    plan = closed(THURSDAY)
    with django_assert_num_queries(18):
        assert preview(plan, now).moved == 2 * count


@pytest.mark.parametrize(("count", "queries"), [(1, 37), (3, 37 + 2 * 6)])
def test_a_promise_that_moves_costs_six_queries(calendar, now, tom, count, queries, django_assert_num_queries):
    for _ in range(count):
        make_question(now=now, status="open")
    plan = closed(THURSDAY)
    with django_assert_num_queries(queries):
        assert change(plan, tom, now).moved == count


def test_a_closure_is_days_that_are_ahead_or_run_and_are_not_closed_yet(calendar, now):
    yesterday, party = date(2026, 11, 15), (THURSDAY, FRIDAY, "Party")
    plan = replace(present(), closures=(party,))
    later = {"reason": "", "today": MONDAY}
    with pytest.raises(Refused, match="These days are over already"):
        hours.closing(plan, first=yesterday, last=yesterday, **later)
    for first, last in ((THURSDAY, FRIDAY), (FRIDAY, FRIDAY)):
        with pytest.raises(Refused, match="We are closed on all of these days already"):
            hours.closing(plan, first=first, last=last, **later)
    running = (yesterday, MONDAY, "")
    assert hours.closing(plan, first=yesterday, last=MONDAY, **later).closures == (running, party)
    longer = (THURSDAY, date(2026, 11, 21), "")
    assert hours.closing(plan, first=longer[0], last=longer[1], **later).closures == (party, longer)


def test_opening_again_takes_a_closure_off_and_leaves_the_days_that_are_over(calendar):
    ahead, running = (THURSDAY, FRIDAY, "Party"), (date(2026, 11, 13), date(2026, 11, 18), "Ill")
    plan = replace(present(), closures=(running, ahead))
    assert hours.opening(plan, first=ahead[0], last=ahead[1], today=MONDAY).closures == (running,)
    cut = (date(2026, 11, 13), date(2026, 11, 15), "Ill")
    assert hours.opening(plan, first=running[0], last=running[1], today=MONDAY).closures == (cut, ahead)
    for first, last, today in ((THURSDAY, THURSDAY, MONDAY), (*running[:2], date(2026, 11, 19))):
        with pytest.raises(Stale, match="This closure is not ahead any more"):
            hours.opening(plan, first=first, last=last, today=today)


def test_a_closure_that_is_long_over_keeps_nobody_from_changing_the_hours(calendar, now, tom):
    old, recent = (date(2010, 1, 1), date(2010, 12, 31), "Old"), (date(2025, 11, 15), date(2025, 11, 16), "Recent")
    calendar = scheduling.ServiceCalendar.objects.get()
    for first, last, reason in (old, recent):
        calendar.closures.create(first_day=first, last_day=last, reason=reason)
    plan = closed(THURSDAY)
    assert preview(plan, now).changes == ["Closed 19 November 2026."]
    change(plan, tom, now)
    assert present().closures == (recent, (THURSDAY, THURSDAY, ""))


def test_the_versions_say_who_changed_what_the_newest_first(calendar, emergency_numbers, now, tom):
    kim = ManagerFactory(alias="Kim")
    change(closed(THURSDAY, FRIDAY, reason="Party"), tom, now)
    windows = ((0, time(10), time(12)), (0, time(13), time(0)), *WEEK[1:4], (5, time(9), time(10)))
    plan = scheduling.Plan("Europe/Brussels", "BE", "", windows, present().closures)
    change(plan, kim, now + timedelta(hours=1))
    change(hours.opening(present(), first=THURSDAY, last=FRIDAY, today=THURSDAY), tom, at("2026-11-19T09:00"))
    assert hours_said.versions() == [
        (4, "19 November 2026, 10:00", "Tom", ["Open again 19 to 20 November 2026."]),
        (
            3,
            "16 November 2026, 13:00",
            "Kim",
            [
                "Monday: 10:00–12:00 and 13:00–midnight, was 10:00–18:00.",
                "Friday: closed, was 10:00–18:00.",
                "Saturday: 09:00–10:00, was closed.",
                "The clock is that of Europe/Brussels, was Europe/London.",
                "Public holidays of Belgium, was United Kingdom (ENG).",
            ],
        ),
        (2, "16 November 2026, 12:00", "Tom", ["Closed 19 to 20 November 2026 (Party)."]),
        (1, "", "", []),
    ]


def test_a_running_closure_that_is_cut_opens_what_is_left_of_it(calendar, now):
    before = replace(present(), closures=((date(2026, 11, 13), FRIDAY, "Ill"),))
    after = hours.opening(before, first=date(2026, 11, 13), last=FRIDAY, today=MONDAY)
    assert hours_said.changes(before, after, today=MONDAY) == ["Open again 16 to 20 November 2026."]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-11-19", "2026-11-19", "19 November 2026"),
        ("2026-11-19", "2026-11-20", "19 to 20 November 2026"),
        ("2026-11-30", "2026-12-01", "30 November to 1 December 2026"),
        ("2026-12-28", "2027-01-03", "28 December 2026 to 3 January 2027"),
    ],
)
def test_days_are_said_as_people_say_them(first, last, words):
    assert hours_said.days(date.fromisoformat(first), date.fromisoformat(last)) == words


@pytest.mark.parametrize(
    ("country", "part", "names"),
    [
        ("GB", "ENG", ["Christmas Day", "Boxing Day", "Boxing Day (observed)"]),
        ("GB", "SCT", ["Saint Andrew's Day", "Christmas Day", "Boxing Day"]),
        ("BE", "", ["Christmas Day", "New Year's Day", "Easter Sunday"]),
        ("", "", []),
    ],
)
def test_the_next_public_holidays_are_named_in_english(calendar, country, part, names):
    plan = replace(present(), country=country, subdivision=part)
    assert [name for _, name in hours_said.holidays_ahead(plan, today=MONDAY)] == names


@pytest.fixture
def emergency_numbers(db):
    """999 of the United Kingdom and 112 of Belgium; none of Jamaica."""
    for country, number in (("GB", "999"), ("BE", "112")):
        row = Signpost.objects.create(slug=number, name=number, country=country, max_age=120, crisis=True)
        SignpostChannel.objects.create(signpost=row, kind="phone", value=number)


@pytest.mark.parametrize(
    ("country", "home", "change_said"),
    [
        ("", "GB", "Crisis services on our pages stay as they are: United Kingdom."),
        ("BE", "BE", "Crisis services on our pages change to: Belgium."),
    ],
)
def test_whoever_works_on_public_holidays_keeps_the_crisis_services_of_where_they_are(
    calendar, emergency_numbers, tom, now, country, home, change_said, django_capture_on_commit_callbacks
):
    plan = replace(present(), country=country, subdivision="")
    assert helping.danger() != ""
    assert preview(plan, now).changes[-1] == change_said
    with django_capture_on_commit_callbacks(execute=True):
        change(plan, tom, now)
    assert helping.home() == home
    assert {"GB": "999", "BE": "112"}[home] in helping.danger()


def test_no_change_of_country_leaves_the_pages_without_an_emergency_number(calendar, emergency_numbers, tom, now):
    plan = replace(present(), country="JM", subdivision="")
    refusal = (
        "Our pages name the crisis services of this country, and among the signposts is no emergency number of "
        "Jamaica. Add it there first."
    )
    for act in (preview, lambda plan, now: change(plan, tom, now)):
        with pytest.raises(Refused) as found:
            act(plan, now)
        assert str(found.value) == refusal
    assert (present().country, helping.home()) == ("GB", "GB")


windows = st.lists(
    st.sampled_from([(time(0), time(3)), (time(9), time(12)), (time(13), time(17)), (time(18), time(0))]),
    max_size=3,
    unique=True,
)
weeks = st.fixed_dictionaries({day: windows.map(tuple) for day in range(7)}).filter(lambda week: any(week.values()))


def test_whatever_the_week_and_the_closures_no_date_is_brought_forward_or_set_for_a_closed_day(calendar, now):
    make_question(now=now, status="open")
    seen = set()

    @given(weeks, weeks, st.sets(st.integers(0, 20), max_size=9), st.integers(1, 40_000))
    def holds(old, new, shut, minutes):
        standing = now + timedelta(minutes=minutes)
        Round.objects.update(promised_at=now, due_at=standing)
        spans = tuple(
            (at("2026-11-10T00:00") + timedelta(day), at("2026-11-11T00:00") + timedelta(day)) for day in shut
        )
        before, after = Calendar(calendar.zone, old), Calendar(calendar.zone, new, closures=spans)
        found = redating.effect(before, after, now=now)
        seen.add(len(found.moved))
        for row in found.moved:
            assert row.until > row.standing == standing
            assert row.until in {
                closes for _, closes in after.on_day(after.local(row.until - timedelta(seconds=1)).date())
            }
            assert after.staffed(now, row.until) >= before.staffed(now, standing)

    holds()
    assert seen == {0, 1}
