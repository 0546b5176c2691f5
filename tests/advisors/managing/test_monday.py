"""The manager's Monday: every line at its boundary, in its order, and what is quiet folded together."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from advisors.drafting import placing
from advisors.duty.models import Absence, Shift
from advisors.managing import gaps, monday, signposts, verifying
from advisors.models import Invitation, Person
from advisors.safeguarding.models import Check, Entry
from advisors.signoff import shelving
from advisors.signoff.models import OwnWords
from askpeer import calendars, outbox
from askpeer.models import Closure, OutboxRow, ServiceCalendar
from questions.intake.models import OnCall, SuggestedWord
from questions.models import LockedNote, Message, Question, Round, Signpost
from questions.partners import hooks, keys
from questions.partners.models import Hook, PartnerKey
from questions.publication.models import Publication
from tests.advisors.managing.reading import shown
from tests.factories import (
    NOW,
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TopicFactory,
    TrusteeFactory,
    make_question,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNUSED = "no partner's key lies unused for 30 days"
CALLS = "somebody is on call whenever we are closed"
QUIET = [
    "no red question came since Friday 13 November, 18:00",
    "nothing is late",
    "nothing is at risk",
    "every late question has a new date",
    "no red question waits",
    "every open hour has a shift",
    CALLS,
    "somebody checks every language, and red",
    "every kind of work has somebody who can open it",
    "no safeguarding check is overdue",
    "all training holds",
    "all checks hold",
    "every consent is there",
    "every young advisor has a buddy",
    "nobody leaves within 30 days",
    "every signpost is verified",
    "nothing failed to leave",
    UNUSED,
    "no webhook is paused",
    "no own words wait",
    "the library is up to date",
    "no suggested word waits",
    "no invitation is open",
]


@pytest.fixture
def quiet(calendar, now, tom):
    """A week in which nothing wants anybody: Lena is there all week, and on call all nights."""
    lena = LeadFactory(alias="Lena")
    Shift.objects.create(person=lena, starts_at=now - HOUR, ends_at=now + 8 * DAY)
    OnCall.objects.create(person=lena, starts_at=now - DAY, ends_at=now + 8 * DAY)
    return lena


def line(quiet_name, *, now):
    """(how many, which ones) of the line that the page calls this where there is none."""
    return next(((one.number, one.which) for one in monday.page(now=now).lines if one.quiet == quiet_name), (0, []))


def test_a_quiet_week_is_one_sentence(client, quiet, now, clock, tom):
    client.force_login(tom)
    assert monday.page(now=now)[:4] == ("Friday 13 November, 18:00", [], [], QUIET)
    words = shown(client.get("/manage/"))
    assert words.count("Nothing wants anybody today. That is a good Monday.") == 1
    assert (
        words.count("No red question came since Friday 13 November, 18:00; nothing is late; nothing is at risk;") == 1
    )


def test_of_a_case_about_staff_a_manager_counts_nothing(quiet, now):
    before = monday.page(now=now + 5 * DAY)
    for reached in ("at_risk", "undated"):
        question = make_question(now=now, level="red", about_staff=True)
        Round.objects.filter(question=question).update(reached=reached)
    assert monday.page(now=now + 5 * DAY) == before


def fill(number, now):
    """Something for every line."""
    question = make_question(now=now - DAY, level="red")
    Round.objects.filter(question=question).update(promised_at=now, due_at=now, reached="undated")
    risky = make_question(now=now)
    Round.objects.filter(question=risky).update(reached="at_risk")
    PersonFactory(trained_until=now.date(), vetted_until=now.date(), leaving_on=now.date())
    PersonFactory(born_on=date(2011, 5, 1), guardian_consent_on=None, buddy=None)
    note = LockedNote.objects.create(
        about=question,
        words="W.",
        reason="R.",
        made_by=Person.objects.first(),
        made_at=now,
        last_day=date(2027, 1, 1),
    )
    overdue(note, now)
    Signpost.objects.create(slug=f"s{number}", name="S", summary="S")
    partner(f"p{number}", now)
    OwnWords.objects.create(
        round=risky.round, kind="redirect", code="x", text="T.", writer=Person.objects.first(), written_at=now
    )
    SuggestedWord.objects.create(topic=TopicFactory(), word="meh", sent_on=now.date())
    invite(number, now + DAY)
    published(f"a{number}", now.date())
    OutboxRow.objects.create(
        key=f"k{number}", kind="invitation", state="dead", due_at=now, created_at=now, settled_at=now
    )


def overdue(note, at):
    values = {"nature": "fact", "level": "red", "decision": "D.", "ground": "life", "words": "W."}
    entry = Entry.objects.create(note=note, writer=Person.objects.first(), written_at=at, **values)
    return Check.objects.create(note=note, entry=entry, due_at=at)


def partner(slug, now):
    from questions.partners.models import Partner

    row = Partner.objects.create(name=slug, slug=slug)
    keys.issue(partner=row, scopes=["ask"], now=now - 30 * DAY)
    hooks.add(partner=row, url=f"https://{slug}.example.org/", now=now)
    Hook.objects.filter(partner=row).update(paused_at=now)
    return row


def invite(number, expires_at):
    Invitation.objects.create(
        email=f"{number}@askpeer.example",
        alias=f"New {number}",
        role="lead",
        digest=bytes([number]) * 32,
        invited_by=Person.objects.get(alias="Tom"),
        sent_at=expires_at - 7 * DAY,
        expires_at=expires_at,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(client, tom, calendar, now, clock, count, django_assert_num_queries):
    LeadFactory()
    client.force_login(tom)
    client.get("/manage/")
    for number in range(count):
        fill(number, now)
    with django_assert_num_queries(19):  # session, the manager, and 17 of the page
        page = client.get("/manage/").context["page"]
    assert len(page.reds) == count
    assert [line.number for line in page.lines if line.quiet in QUIET[9:15]] == [count] * 6
    assert page.quiet == ["somebody checks every language, and red", "every kind of work has somebody who can open it"]


def test_the_lines_stand_in_the_order_in_which_they_hurt(tom, calendar, now):
    fill(1, now)
    order = [QUIET.index(one.quiet) for one in monday.page(now=now).lines]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        (datetime(2026, 11, 13, 17, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 13, 18, tzinfo=UTC), 1),
        (datetime(2026, 11, 16, 10, 59, tzinfo=UTC), 1),
    ],
)
def test_a_weekends_reds_are_those_since_the_last_closing(quiet, now, asked, counts):
    make_question(now=asked, level="red")
    assert len(monday.page(now=now).reds) == counts


def test_a_red_says_when_it_was_first_read_and_how_it_stands(quiet, now):
    passed, held, alone = (make_question(now=now - DAY + hour * HOUR, level="red") for hour in range(3))
    Message.objects.filter(round__question=passed).update(passed_at=now - DAY + timedelta(minutes=35, seconds=59))
    Question.objects.filter(pk=passed.pk).update(status="open")
    Message.objects.create(
        round=held.round, kind="holding", text="T.", html="T.", digest=b"d", sent_at=now - DAY + 3 * HOUR
    )
    assert alone.status == "new"
    assert monday.page(now=now).reds == [
        ("Sunday 15 November, 11:00", "first read after 35 min", "Open, waiting for an advisor"),
        ("Sunday 15 November, 12:00", "first read after 2 h 0 min", "New, to be read first"),
        ("Sunday 15 November, 13:00", "not read yet", "New, to be read first"),
    ]


@pytest.mark.parametrize("about", [{"about_staff": True}, {"level": "amber"}])
def test_what_is_about_staff_or_not_red_is_not_among_them(quiet, now, about):
    make_question(now=now - DAY, **{"level": "red"} | about)
    assert monday.page(now=now).reds == []


def test_the_last_closing_is_found_past_closed_days(calendar, now):
    friday = datetime(2026, 11, 20, 18, tzinfo=UTC)
    assert monday.week_closed(calendar, friday - timedelta(seconds=1)) == datetime(2026, 11, 13, 18, tzinfo=UTC)
    assert [monday.week_closed(calendar, friday + days * DAY) for days in (0, 2)] == [friday, friday]
    shut = calendars.hours.Calendar(calendar.zone, {})
    assert monday.week_closed(shut, now) == datetime(2026, 11, 14, tzinfo=UTC)


def test_open_hours_without_a_shift_are_named(quiet, now):
    Shift.objects.all().delete()
    for start, end in ((0, 2), (3, 5), (20, 8 * 24)):
        Shift.objects.create(person=quiet, starts_at=now + start * HOUR, ends_at=now + end * HOUR)
    assert line("every open hour has a shift", now=now) == (
        2,
        ["Monday 16 November, 13:00 to 14:00", "Monday 16 November, 16:00 to 18:00"],
    )


@pytest.mark.parametrize("who", [{"is_active": False}, {"role": "trustee"}])
def test_a_shift_of_somebody_who_takes_none_covers_nothing(quiet, now, who):
    Person.objects.filter(pk=quiet.pk).update(**who)
    SupervisorFactory(deputy=True)
    assert line("every open hour has a shift", now=now)[0] == 6  # and a last hour of Monday in a week


def test_a_shift_of_somebody_who_is_away_that_day_covers_nothing(quiet, now):
    Absence.objects.create(person=quiet, first_day=date(2026, 11, 16), last_day=date(2026, 11, 16))
    assert line("every open hour has a shift", now=now)[0] == 6
    Shift.objects.update(starts_at=now + DAY)
    assert line("every open hour has a shift", now=now) == (
        2,
        ["Monday 16 November, 11:00 to 18:00", "Tuesday 17 November, 10:00 to 11:00"],
    )


def test_times_without_anybody_on_call_are_named_from_when_to_when(quiet, now):
    OnCall.objects.all().delete()
    OnCall.objects.create(person=quiet, starts_at=now, ends_at=now + 2 * DAY - HOUR)  # until Wednesday, 10:00
    assert line(CALLS, now=now) == (
        3,
        [
            "Wednesday 18 November, 18:00 to Thursday 19 November, 10:00",
            "Thursday 19 November, 18:00 to Friday 20 November, 10:00",
            "Friday 20 November, 18:00 to Monday 23 November, 10:00",
        ],
    )


def test_closed_days_are_one_time_with_the_nights_around_them(quiet, now):
    """Whoever is on call at night alone leaves the day open, which is not cut at noon."""
    Closure.objects.create(
        calendar=ServiceCalendar.objects.get(), first_day=date(2026, 11, 18), last_day=date(2026, 11, 19)
    )
    calendars.forget()
    OnCall.objects.update(ends_at=datetime(2026, 11, 18, 10, tzinfo=UTC))
    OnCall.objects.create(
        person=quiet, starts_at=datetime(2026, 11, 18, 18, tzinfo=UTC), ends_at=datetime(2026, 11, 19, 10, tzinfo=UTC)
    )
    OnCall.objects.create(person=quiet, starts_at=datetime(2026, 11, 20, 10, tzinfo=UTC), ends_at=now + 8 * DAY)
    assert line(CALLS, now=now) == (
        2,
        ["Wednesday 18 November, 10:00 to 18:00", "Thursday 19 November, 10:00 to Friday 20 November, 10:00"],
    )


@pytest.mark.parametrize(("minutes", "times"), [(0, 0), (1, 1)])
def test_a_minute_alone_makes_it_a_time_alone(quiet, now, minutes, times):
    OnCall.objects.update(starts_at=datetime(2026, 11, 16, 18, minutes, tzinfo=UTC))
    assert line(CALLS, now=now)[0] == times


def test_a_language_or_red_that_nobody_checks_is_named_with_its_days(quiet, dutch_offered, now):
    ruth = SupervisorFactory(languages=["en", "nl"])
    for person in (quiet, ruth):
        Absence.objects.create(person=person, first_day=date(2026, 11, 18), last_day=date(2026, 11, 19))
    omar = SupervisorFactory()
    assert line("somebody checks every language, and red", now=now) == (
        2,
        ["Dutch: Wednesday 18, Thursday 19", "Red answers: Wednesday 18, Thursday 19"],
    )
    Person.objects.filter(pk=omar.pk).update(deputy=True, languages=["en", "nl"])
    assert line("somebody checks every language, and red", now=now) == (0, [])


NOT_READY = {
    "not agreed": {"agreed_on": None, "agreed_to": ""},
    "an older wording": {"agreed_to": "2025-01"},
    "not checked": {"vetted_on": None},
    "checks ran out": {"vetted_until": date(2026, 11, 15)},
}


@pytest.mark.parametrize("lacks", NOT_READY.values(), ids=NOT_READY)
def test_who_can_open_no_draft_covers_nothing(quiet, now, lacks):
    ruth = SupervisorFactory(deputy=True)
    Person.objects.filter(pk=quiet.pk).update(**lacks)
    names = ("every open hour has a shift", CALLS)
    assert [line(name, now=now)[0] for name in names] == [6, 5]
    assert line("somebody checks every language, and red", now=now) == (0, [])
    Person.objects.filter(pk=ruth.pk).update(**lacks)
    assert line("somebody checks every language, and red", now=now)[0] == 2


def test_work_that_nobody_can_open_is_named_with_what_is_missing(quiet, now):
    name = "every kind of work has somebody who can open it"
    ruth = SupervisorFactory(alias="Ruth")
    Person.objects.filter(pk=quiet.pk).update(agreed_to="2025-01")
    assert line(name, now=now) == (1, ["Safeguarding cases: Lena has not agreed to how we work here"])
    Person.objects.filter(pk=ruth.pk).update(vetted_on=None)
    TrusteeFactory(alias="Tara", agreed_on=None, agreed_to="", vetted_until=date(2026, 11, 15))
    assert line(name, now=now) == (
        3,
        [
            "Questions and drafts: Lena has not agreed to how we work here; the checks of Ruth: not recorded",
            "Safeguarding cases: Lena has not agreed to how we work here",
            "Cases about the lead: the checks of Tara: ran out on 15 November 2026",
        ],
    )


def test_work_that_nobody_is_there_for_is_named(calendar, tom, now):
    assert line("every kind of work has somebody who can open it", now=now) == (
        2,
        ["Questions and drafts: nobody is there", "Safeguarding cases: nobody is there"],
    )


def test_out_of_a_span_is_taken_what_lies_in_it():
    at = [datetime(2026, 11, 16, hour, tzinfo=UTC) for hour in range(12)]
    taken = [(at[3], at[5]), (at[0], at[2]), (at[4], at[6]), (at[9], at[11])]
    assert list(gaps.without((at[1], at[10]), taken)) == [(at[2], at[3]), (at[6], at[9])]
    assert list(gaps.without((at[1], at[2]), [(at[2], at[3]), (at[0], at[1])])) == [(at[1], at[2])]
    assert list(gaps.without((at[1], at[2]), [(at[1], at[2])])) == []


@pytest.mark.parametrize(("day", "counts"), [(date(2026, 12, 16), 1), (date(2026, 12, 17), 0)])
def test_what_ends_within_30_days_is_told_by_name(quiet, now, day, counts):
    PersonFactory(alias="Sam", trained_until=day, vetted_until=day, leaving_on=day)
    word = f"until {day.day} December 2026"
    assert line("all training holds", now=now) == (counts, [f"Sam: {word}"] * counts)
    assert line("all checks hold", now=now) == (counts, [f"Sam: {word}"] * counts)
    assert line("nobody leaves within 30 days", now=now) == (counts, [f"Sam: {word.removeprefix('until ')}"] * counts)


def test_who_has_left_wants_nothing(quiet, now):
    long_ago = date(2020, 1, 1)
    PersonFactory(is_active=False, trained_until=long_ago, vetted_on=None, leaving_on=long_ago)
    assert monday.page(now=now).lines == []


@pytest.mark.parametrize(("born", "counts"), [(date(2010, 11, 17), 1), (date(2010, 11, 16), 0)])
def test_a_consent_is_missing_until_they_are_16(quiet, now, born, counts):
    PersonFactory(alias="Kim", born_on=born, guardian_consent_on=None, vetted_on=None)
    assert line("every consent is there", now=now)[0] == counts
    assert line("all checks hold", now=now) == (0, [])


@pytest.mark.parametrize(("born", "counts"), [(date(2008, 11, 17), 1), (date(2008, 11, 16), 0)])
def test_under_18_somebody_without_a_buddy_is_told_by_name(quiet, now, born, counts):
    PersonFactory(alias="Kim", born_on=born, buddy=None)
    PersonFactory(born_on=born, buddy=quiet)
    assert line("every young advisor has a buddy", now=now) == (counts, ["Kim: no buddy yet"] * counts)


@pytest.mark.parametrize(("born", "counts"), [(date(2008, 11, 17), 0), (date(2008, 11, 16), 1)])
def test_checks_are_missing_from_18_on(quiet, now, born, counts):
    PersonFactory(alias="Kim", born_on=born, vetted_on=None)
    assert line("all checks hold", now=now) == (counts, ["Kim: not recorded"] * counts)


@pytest.mark.parametrize(("about", "counts"), [({}, 1), ({"about_staff": True}, 0)])
def test_an_overdue_check_counts_to_the_second_and_one_about_staff_never(quiet, now, about, counts):
    note = LockedNote.objects.create(
        about=make_question(now=now - 9 * DAY, **about),
        words="W.",
        reason="R.",
        made_by=quiet,
        made_at=now,
        last_day=date(2027, 1, 1),
    )
    overdue(note, now)
    assert line("no safeguarding check is overdue", now=now - timedelta(seconds=1))[0] == 0
    assert line("no safeguarding check is overdue", now=now)[0] == counts


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, 1),
        ({"made_at": datetime(2026, 10, 17, 11, 0, 1, tzinfo=UTC)}, 0),
        ({"last_used_on": date(2026, 10, 17)}, 0),
        ({"last_used_on": date(2026, 10, 16)}, 1),
        ({"revoked_at": datetime(2026, 11, 1, tzinfo=UTC)}, 0),
    ],
)
def test_a_key_that_was_not_used_in_30_days_counts_while_it_works(quiet, now, changes, counts):
    row = partner("p", now)
    PartnerKey.objects.update(**changes)
    assert line(UNUSED, now=now)[0] == counts
    assert line("no webhook is paused", now=now)[0] == 1
    row.active = False
    row.save()
    assert (line(UNUSED, now=now)[0], line("no webhook is paused", now=now)[0]) == (
        0,
        0,
    )


def published(slug, review_by, **more):
    values = {"title": "T", "question_text": "Q", "answer_text": "A", "answer_html": "A", "age_group": "13-15"}
    return Publication.objects.create(
        slug=slug,
        status="published",
        review_by=review_by,
        published_at=NOW,
        checked_on=NOW.date(),
        **editors(),
        **values,
        **more,
    )


def editors():
    return {"edited_by": SupervisorFactory(), "checked_by": SupervisorFactory()}


@pytest.mark.parametrize(
    ("day", "more", "counts"),
    [
        (date(2026, 11, 16), {}, 1),
        (date(2026, 11, 17), {}, 0),
        (date(2026, 11, 16), {"hidden_at": datetime(2026, 11, 16, tzinfo=UTC)}, 0),
    ],
)
def test_a_published_answer_is_due_on_its_day(quiet, now, day, more, counts):
    published("a", day, **more)
    assert line("the library is up to date", now=now)[0] == counts


def test_the_answers_due_are_those_that_reviewers_find_under_read_it_again(quiet, now):
    """Whoever wrote one does not read it again, so what each of them finds is counted together."""
    writer = SupervisorFactory(alias="Ruth")
    for slug, day in (("a", now.date()), ("b", now.date()), ("c", now.date() + DAY)):
        published(slug, day)
    Publication.objects.filter(slug="a").update(edited_by=writer)
    found = {
        row.slug
        for person in (writer, quiet)
        for row, _ in shelving.waiting(person, now=now, only=shelving.AGAIN).items
    }
    assert (line("the library is up to date", now=now)[0], found) == (2, {"a", "b"})
    assert shelving.counts(writer, now=now)[1] == "1"


def test_each_line_leads_where_a_manager_does_it_or_says_who_does(client, tom, calendar, now, clock):
    fill(1, now)
    published("b", now.date())
    client.force_login(tom)
    lines = monday.page(now=now).lines
    assert all(bool(one.url) != bool(one.who) for one in lines)
    for one in lines:
        if one.url:
            path, _, part = one.url.partition("#")
            page = client.get(path)
            assert (page.status_code, path.startswith("/manage/")) == (200, True)
            assert not part or page.content.decode().count(f'id="{part}"') == 1
    said = {one.quiet: one.who for one in lines if one.who}
    assert set(said) == {
        "nothing is late",
        "nothing is at risk",
        "every late question has a new date",
        "no red question waits",
        "no own words wait",
        "the library is up to date",
    }
    page = client.get("/manage/")
    words = shown(page)
    assert all(words.count(who) >= 1 for who in said.values())
    assert (page.content.decode().count('href="/library/"'), words.count("Who is on shift")) == (0, 0)


@pytest.mark.parametrize(("expires", "counts"), [(0, 0), (1, 1)])
def test_an_invitation_is_open_until_its_last_second(quiet, now, expires, counts):
    invite(1, now + timedelta(seconds=expires))
    assert line("no invitation is open", now=now)[0] == counts


def test_own_words_about_staff_do_not_tell(quiet, now):
    for about in ({}, {"about_staff": True}):
        OwnWords.objects.create(
            round=make_question(now=now - 9 * DAY, **about).round,
            kind="redirect",
            code="x",
            text="T.",
            writer=quiet,
            written_at=now,
        )
    assert line("no own words wait", now=now)[0] == 1


# Signposts that nobody has looked at.


def signpost(slug, day):
    return Signpost.objects.create(slug=slug, name=slug, summary="S", last_verified=day)


@pytest.mark.parametrize(("day", "counts"), [(date(2026, 8, 19), 0), (date(2026, 8, 18), 1), (None, 1)])
def test_a_signpost_is_stale_after_90_days(quiet, now, day, counts):
    signpost("a", day)
    assert line("every signpost is verified", now=now)[0] == counts


def test_the_managers_are_told_once_of_each_that_becomes_stale_in_one_mail_a_day(calendar, tom, now):
    mia, _ = ManagerFactory(alias="Mia"), SupervisorFactory()
    for number in range(2):
        signpost(f"a{number}", date(2026, 8, 18))
    signpost("b", date(2026, 8, 19))
    told = [verifying.alert_stale(now=now + hours * HOUR) for hours in (0, 1, 24, 25, 48)]
    assert told == [2, 0, 2, 0, 0]
    outbox.relay(now=now)
    assert sorted((message.to[0], message.subject) for message in mail.outbox) == sorted(
        (person.email, "2 signposts need a look") for person in (tom, mia)
    )
    assert mail.outbox[0].body.count("/manage/signposts/") == 1


def test_a_service_that_was_off_tells_of_what_became_stale_meanwhile(calendar, tom, now):
    signpost("a", date(2026, 8, 18))
    signpost("b", date(2026, 8, 20))
    assert [verifying.alert_stale(now=now + days * DAY) for days in (0, 7, 8)] == [1, 1, 0]


@pytest.mark.parametrize("day", [None, date(2026, 1, 5)])
def test_one_that_is_stale_when_it_is_made_is_told_once_too_on_the_next_day(calendar, tom, now, day):
    signpost("a", date(2026, 8, 1))
    assert verifying.alert_stale(now=now) == 1
    signpost("b", day)
    assert [verifying.alert_stale(now=now + hours * HOUR) for hours in (1, 24, 48)] == [0, 1, 0]
    outbox.relay(now=now + 3 * DAY)
    assert [message.subject for message in mail.outbox] == ["2 signposts need a look"] * 2


def test_one_that_was_looked_at_is_told_of_again_when_it_is_stale_again(calendar, tom, now):
    row = signpost("a", None)
    assert verifying.alert_stale(now=now) == 1
    signposts.verify(signpost=row, seen=signposts.looked_at(row), by=tom, now=now)
    OutboxRow.objects.all().delete()
    assert [verifying.alert_stale(now=now + days * DAY) for days in (89, 90, 91)] == [0, 1, 0]


def test_with_no_manager_to_tell_it_waits_for_one(calendar, now):
    signpost("a", None)
    assert verifying.alert_stale(now=now) == 0
    ManagerFactory()
    assert verifying.alert_stale(now=now + HOUR) == 1


@pytest.mark.parametrize("days", [89, 90, 91])
def test_every_page_and_the_mail_call_the_same_ones_stale(calendar, now, days):
    row, today = signpost("a", now.date() - days * DAY), now.date()
    said = {
        placing.is_doubtful(row, today),
        bool(signposts.counts(today=today)[1]),
        bool(signposts.listed(today=today, stale=True)),
        placing.doubtful(today).exists(),
    }
    assert said == {days >= 90}


def test_looking_for_what_is_stale_costs_little(calendar, tom, now, django_assert_num_queries):
    signpost("a", now.date())
    with django_assert_num_queries(5):  # both ends of the transaction, today's mail, managers, the mark
        verifying.alert_stale(now=now)


def test_the_mail_waits_for_the_morning_and_is_dropped_where_all_are_looked_at(calendar, tom, now):
    signpost("a", date(2026, 8, 17))
    evening = now + 8 * HOUR
    verifying.alert_stale(now=evening)
    assert OutboxRow.objects.get().due_at == datetime(2026, 11, 17, 10, tzinfo=UTC)
    Signpost.objects.update(last_verified=date(2026, 11, 16))
    outbox.relay(now=evening + DAY)
    assert (OutboxRow.objects.get().state, mail.outbox) == ("dropped", [])
