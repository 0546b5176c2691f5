"""What is kept, and for how long: each kind to the second, with what has to stay beside it."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from advisors import consenting, inviting, sweeping
from advisors.duty import handing_over
from advisors.duty.models import ShiftNote
from advisors.models import GuardianRequest, Invitation
from advisors.team import checking_in, practising, supporting, teaching, wrapping_up
from advisors.team.models import Attempt, CheckIn, Debrief, Kudos, SupportCall, Turn, WrapUp
from askpeer.models import OutboxRow
from config.celery import app
from config.management.commands.sweep import WORK
from questions import moves, retaining, states
from questions.intake.models import LeftDraft, SuggestedWord, WaitingDraft
from questions.models import Contact, LockedNote, Message, Question
from questions.moves import Actor
from questions.partners.models import IdempotencyRecord, Partner
from questions.sweeping import ring
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
SUPERVISOR = Actor(states.SUPERVISOR, "person:a")


@pytest.fixture(autouse=True)
def ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "kept" / "erased.txt"


def draft(now, model, **values):
    model.objects.create(digest=b"d" * 32, expires_at=now + timedelta(minutes=60), **values)


def answer_of_the_api(now):
    partner = Partner.objects.create(name="Club", slug="club")
    question = make_question(now=now)
    IdempotencyRecord.objects.create(
        partner=partner, digest=b"d" * 32, body_digest=b"b" * 32, sealed=b"s", question=question, made_at=now
    )


def settled(now, state):
    OutboxRow.objects.create(
        key=state, kind="late", state=state, due_at=now, created_at=now, settled_at=None if state == "waiting" else now
    )


def locked_note(now, last_day):
    question = make_question(now=now)
    LockedNote.objects.create(
        about=question, words="Mine.", reason="Theirs.", made_by=LeadFactory(), made_at=now, last_day=last_day
    )


def answered_call(now):
    call = supporting.call(person=PersonFactory(), words="Hard day.", now=now)
    supporting.answer(call=call, by=SupervisorFactory(), now=now)


def session(now):
    Session.objects.create(session_key="k" * 32, session_data="-", expire_date=now + timedelta(minutes=30))


# What it is: the table, how one of it comes to be at `now`, and after how long it is gone, never a second earlier.
KEPT = {
    "a waiting draft": (
        WaitingDraft,
        lambda now: draft(now, WaitingDraft, sealed=b"s", promised_at=now),
        timedelta(minutes=60),
    ),
    "a left draft": (LeftDraft, lambda now: draft(now, LeftDraft, was_sent=False), timedelta(minutes=60)),
    "a session": (Session, session, timedelta(minutes=30)),
    "a replayable answer": (IdempotencyRecord, answer_of_the_api, timedelta(hours=72)),
    "a sent mail": (OutboxRow, lambda now: settled(now, "sent"), timedelta(days=30)),
    "a dropped mail": (OutboxRow, lambda now: settled(now, "dropped"), timedelta(days=30)),
    "a suggested word": (
        SuggestedWord,
        lambda now: SuggestedWord.objects.create(topic=TopicFactory(), word="meh", sent_on=now.date()),
        timedelta(days=89, hours=13),  # from 11:00 to the midnight that begins the ninetieth day
    ),
    "a locked note": (LockedNote, lambda now: locked_note(now, date(2026, 11, 20)), timedelta(days=4, hours=13)),
    "an answered call": (SupportCall, answered_call, timedelta(days=90, microseconds=1)),
    "an offer to talk": (
        Debrief,
        lambda now: Debrief.objects.create(person=PersonFactory(), offered_at=now),
        timedelta(days=14),
    ),
    "thanks": (
        Kudos,
        lambda now: Kudos.objects.create(person=PersonFactory(), giver=PersonFactory(), text="Well done.", at=now),
        timedelta(days=180),
    ),
    "a turn": (
        Turn,
        lambda now: Turn.objects.create(person=PersonFactory(), starts_at=now - SECOND, ends_at=now),
        timedelta(days=7),
    ),
    "a check-in": (
        CheckIn,
        lambda now: checking_in.check_in(person=PersonFactory(), mood="hard", now=now),
        timedelta(days=90, hours=13),
    ),
    "an attempt at a practice question": (
        Attempt,
        lambda now: practising.send(unit=teaching.course("craft").last, words="Hi.", by=PersonFactory(), now=now),
        timedelta(days=730),
    ),
    "a shift note": (
        ShiftNote,
        lambda now: handing_over.leave_note(text="Look at the new one.", by=SupervisorFactory(), now=now),
        timedelta(days=90),
    ),
    "a question to a guardian": (
        GuardianRequest,
        lambda now: consenting.ask(
            person=PersonFactory(born_on=date(2011, 5, 1)), email="mum@example.org", by="service", now=now
        ),
        timedelta(days=44),
    ),
    "an invitation": (
        Invitation,
        lambda now: inviting.invite(
            email="new@askpeer.example", alias="New", role="supervisor", born_on=None, by=ManagerFactory(), now=now
        ),
        timedelta(days=37),
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_each_kind_goes_when_its_time_is_over_and_no_second_earlier(calendar, now, what):
    model, make, kept = KEPT[what]
    make(now)
    OutboxRow.objects.exclude(state__in=["sent", "dropped"]).delete()
    sweeping.purge(now=now + kept - SECOND)
    assert model.objects.count() == 1
    sweeping.purge(now=now + kept)
    assert model.objects.count() == 0
    sweeping.purge(now=now + kept)
    assert model.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "days", "model", "make"),
    [
        ("IDEMPOTENCY_KEPT", 1, IdempotencyRecord, answer_of_the_api),
        ("CHECK_INS_KEPT", 2, CheckIn, KEPT["a check-in"][1]),
        ("CLOSE_AFTER", 3, OutboxRow, lambda now: settled(now, "sent")),
    ],
)
def test_how_long_is_a_setting(calendar, now, settings, name, days, model, make):
    setattr(settings, name, timedelta(days=days))
    make(now)
    sweeping.purge(now=now + timedelta(days=days) - SECOND)
    assert model.objects.count() == 1
    sweeping.purge(now=now + timedelta(days=days + 1))
    assert model.objects.count() == 0


def test_what_has_no_end_of_its_own_stays(calendar, now):
    person = PersonFactory()
    wrapping_up.wrap_up(person=person, hours=2, minutes=0, mood="hard", now=now)
    supporting.call(person=person, words="Hard day.", now=now)
    for state in ("waiting", "dead"):
        settled(now, state)
    question = make_question(now=now, text="Mine stays.", email="a@example.org")
    sweeping.purge(now=now + timedelta(days=3650))
    assert WrapUp.objects.values_list("minutes", "mood").get() == (120, None)
    assert SupportCall.objects.get(answered_at=None).words == "Hard day."
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"waiting", "dead"}
    assert (Message.objects.get(round__question=question).text, Contact.objects.count()) == ("Mine stays.", 1)


def state_of(question):
    contacts, words = Contact.objects.filter(question=question), Message.objects.filter(round__question=question)
    return (Question.objects.get(pk=question.pk).status, contacts.count(), words.count())


def test_a_question_closes_thirty_days_after_its_answer_and_is_erased_ninety_days_later(calendar, now):
    question = make_question(now=now, email="a@example.org")
    moves.move(question, states.REDIRECTED, by=SUPERVISOR, now=now)
    ring(now=now + timedelta(days=30) - SECOND)
    assert state_of(question) == ("redirected", 1, 1)
    closed = now + timedelta(days=30)
    assert ring(now=closed) == 1
    assert state_of(question) == ("closed", 0, 1)
    ring(now=closed + timedelta(days=90) - SECOND)
    assert state_of(question) == ("closed", 0, 1)
    assert [ring(now=closed + timedelta(days=90)) for _ in range(2)] == [1, 0]
    assert state_of(question) == ("withdrawn", 0, 0)


def test_the_command_does_both(calendar, now, clock, capsys):
    question = make_question(now=now)
    moves.move(question, states.REDIRECTED, by=SUPERVISOR, now=now)
    session(now)
    clock.move_to(now + timedelta(days=30))
    call_command("purge")
    assert capsys.readouterr().out == "1 questions were due; what was past its time is gone.\n"
    assert (Question.objects.get().status, Session.objects.count()) == ("closed", 0)


def test_beat_the_sweep_and_the_command_purge_the_same_and_once():
    assert [task["task"] for name, task in app.conf.beat_schedule.items() if "purge" in task["task"]] == [
        "advisors.tasks.purge"
    ]
    assert [verb for verb, *_ in WORK if verb.__name__ == "purge"] == [sweeping.purge]


def test_it_does_not_depend_on_the_service_having_hours(db, now):
    assert sweeping.purge(now=datetime(2026, 11, 16, 11, tzinfo=now.tzinfo)) is None


def test_a_sweep_by_hand_says_what_it_did(calendar, now, capsys):
    make_question(now=now - timedelta(days=9))
    call_command("sweep")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 questions rung"
    assert [line.partition(" ")[2] for line in lines] == [counted for _, _, counted in WORK if counted]


def test_a_longer_time_holds_also_for_what_was_answered_before(calendar, now, settings):
    question = make_question(now=now)
    moves.move(question, states.REDIRECTED, by=SUPERVISOR, now=now)
    settings.CLOSE_AFTER = timedelta(days=60)
    ring(now=now + timedelta(days=31))
    assert state_of(question)[0] == "redirected"
    ring(now=now + timedelta(days=60) - SECOND)
    assert state_of(question)[0] == "redirected"
    ring(now=now + timedelta(days=60))
    assert state_of(question)[0] == "closed"


@pytest.mark.parametrize("days", [10, 60])
def test_another_time_is_set_by_the_hour_and_once(calendar, now, settings, days, django_assert_num_queries):
    question = make_question(now=now)
    moves.move(question, states.REDIRECTED, by=SUPERVISOR, now=now)
    settings.CLOSE_AFTER = timedelta(days=days)
    sweeping.purge(now=now + SECOND)
    assert Question.objects.get().alarm_at == now + timedelta(days=days)
    with django_assert_num_queries(3):
        assert retaining.settle() == 0
    ring(now=now + timedelta(days=days))
    assert state_of(question)[0] == "closed"
