import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models, transaction

from advisors.drafting.models import Draft, DraftVersion
from advisors.safeguarding.models import BrokenGlass
from askpeer import checks, ledger
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions import erasing, moves, states
from questions.models import Contact, Feedback, LockedNote, Message, Question, Reminder, Round, SafetyReport
from questions.moves import ASKER, SERVICE, Actor
from questions.publication.models import Publication
from tests.factories import PersonFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db
ADVISOR = Actor(states.ADVISOR, "person:a")
OUTLIVING = (LockedNote, BrokenGlass)


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    """The ledger of this test alone."""
    settings.LEDGER = tmp_path / "kept" / "erased.txt"
    return settings.LEDGER


def test_everything_that_hangs_on_a_question_goes_and_its_moments_stay(calendar, now):
    topic, writer = TopicFactory(), PersonFactory()
    question = make_question(now=now, email="someone@example.org", topic=topic, summary="New at school")
    turn = question.round
    Message.objects.create(round=turn, kind="reply", text="And one more thing.", sent_at=now)
    Feedback.objects.create(round=turn, words="Thank you", sent_at=now)
    SafetyReport.objects.create(round=turn, words="This is wrong", sent_at=now)
    draft = Draft.objects.create(round=turn)
    DraftVersion.objects.create(draft=draft, number=1, writer=writer, text="Hello", saved_at=now)
    Reminder.objects.create(question=question, round_number=1, stage=1, kind="half", due_at=now, made_at=now)
    erasing.erase(question, by=ASKER, now=now)
    left = [Message, Feedback, SafetyReport, Draft, DraftVersion, Reminder, Contact]
    assert [model.objects.count() for model in left] == [0] * len(left)
    row = Question.objects.get()
    assert (row.status, row.topic, row.level, row.asked_at, row.summary) == ("withdrawn", topic, "green", now, None)
    assert Round.objects.get().promised_at == turn.promised_at


def test_no_column_of_the_husk_still_tells_who_asked(calendar, now):
    question = make_question(now=now, wants=["listening"], content_notes=["grief"], nation="BE-VLG")
    question.offered_to = PersonFactory()
    question.save()
    erasing.erase(question, by=ASKER, now=now)
    row = Question.objects.get()
    assert [getattr(row, name) for name in erasing.GONE] == list(erasing.GONE.values())
    assert (row.holder, row.alarm_at, row.alarm_kind) == (None, None, "")


def test_another_question_is_left_alone(calendar, now):
    question, other = make_question(now=now), make_question(text="Mine stays.", now=now, email="b@example.org")
    erasing.erase(question, by=ASKER, now=now)
    assert [message.text for message in Message.objects.all()] == ["Mine stays."]
    assert Contact.objects.get().question == other


def test_what_was_published_from_it_stays_and_forgets_where_it_came_from(calendar, now):
    question = make_question(now=now)
    Publication.objects.create(question=question, slug="a-new-school", working='{"question_text": "I feel alone."}')
    erasing.erase(question, by=SERVICE, now=now)
    assert [(row.question, row.draft.question_text) for row in Publication.objects.all()] == [(None, "I feel alone.")]


def test_no_model_can_hang_on_a_question_in_a_way_that_erasing_does_not_know():
    ways = {
        relation.on_delete
        for parent in (Question, Round)
        for relation in parent._meta.related_objects
        if not relation.many_to_many and relation.related_model not in OUTLIVING
    }
    assert ways == {models.CASCADE, models.SET_NULL}


def test_what_outlives_an_erasure_is_known_and_keeps_its_question_from_being_deleted():
    for model in OUTLIVING:
        assert model._meta.get_field("about").remote_field.on_delete is models.PROTECT


def test_mail_that_waits_is_dropped_and_mail_on_its_way_is_not(calendar, now):
    question, other = make_question(now=now), make_question(now=now)
    for key, subject, state in (
        ("a", question.subject, "waiting"),
        ("b", question.subject, "leased"),
        ("c", other.subject, "waiting"),
    ):
        until = now if state == "leased" else None
        OutboxRow.objects.create(
            key=key, kind="late", refs={"subject": subject}, state=state, leased_until=until, due_at=now, created_at=now
        )
    erasing.erase(question, by=ASKER, now=now)
    assert sorted(OutboxRow.objects.values_list("key", flat=True)) == ["b", "c"]


def test_the_ledger_has_the_erasure_before_the_commit_and_keeps_it_through_a_rollback(calendar, now, kept):
    question = make_question(now=now)
    with transaction.atomic():
        erasing.erase(question, by=ASKER, now=now)
        assert kept.read_text() == f"{now.isoformat()} {question.subject}\n"
        transaction.set_rollback(True)
    assert Question.objects.get().status == "new"
    assert erasing.not_yet_erased() == [question.pk]
    assert erasing.replay_ledger(now=now) == 1
    assert (Question.objects.get().status, Message.objects.count()) == ("withdrawn", 0)
    assert erasing.replay_ledger(now=now) == 0


def test_nothing_is_erased_when_the_ledger_cannot_be_written(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path
    question = make_question(now=now)
    with pytest.raises(OSError, match="Is a directory"), transaction.atomic():
        erasing.erase(question, by=ASKER, now=now)
    assert (Question.objects.get().status, Message.objects.count()) == ("new", 1)


def test_the_ledger_is_private(now, kept):
    ledger.record("question:1", now=now)
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_no_ledger_is_an_empty_one(kept):
    assert ledger.subjects() == set()


def test_a_line_cut_short_is_no_subject_and_does_not_hide_the_next(now, kept):
    ledger.record("question:1", now=now)
    with kept.open("a") as file:
        file.write(f"{now.isoformat()} question:2")
    assert ledger.subjects() == {"question:1"}
    ledger.record("question:3", now=now)
    assert ledger.subjects() == {"question:1", "question:3"}


def test_a_subject_that_is_no_question_of_ours_is_passed_over(calendar, now):
    make_question(now=now)
    for subject in ("person:1", "question:00000000-0000-0000-0000-000000000000"):
        ledger.record(subject, now=now)
    assert erasing.not_yet_erased() == []


def test_the_service_does_not_serve_a_database_behind_its_ledger(calendar, now):
    first, second = make_question(now=now), make_question(now=now)
    checks.refuse_to_serve_unfit()
    for question in (first, second):
        ledger.record(question.subject, now=now)
    with pytest.raises(ImproperlyConfigured) as refusal:
        checks.refuse_to_serve_unfit()
    assert str(refusal.value) == (
        "2 rows that were erased or ended are in this database again: questions, locked notes, publications, keys, "
        "partners or webhooks. "
        "Run manage.py restore --replay, which erases and ends them anew."
    )
    assert erasing.replay_ledger(now=now) == 2
    checks.refuse_to_serve_unfit()


def test_an_advisor_cannot_erase_and_nothing_reaches_the_ledger(calendar, now, kept):
    question = make_question(now=now)
    with pytest.raises(Refused):
        erasing.erase(question, by=ADVISOR, now=now)
    assert (Question.objects.get().status, kept.exists()) == ("new", False)


def test_erasing_twice_is_refused(calendar, now):
    question = make_question(now=now)
    erasing.erase(question, by=ASKER, now=now)
    with pytest.raises(Refused, match="moved on"):
        erasing.erase(Question.objects.get(), by=ASKER, now=now)


def test_who_comes_second_to_erase_is_stale(calendar, now):
    make_question(now=now)
    first, second = Question.objects.get(), Question.objects.get()
    erasing.erase(first, by=ASKER, now=now)
    with pytest.raises(Stale), transaction.atomic():
        erasing.erase(second, by=SERVICE, now=now)


@pytest.mark.parametrize("status", [status for status in states.STATUSES if status != states.WITHDRAWN])
def test_a_question_can_be_erased_in_every_status(calendar, now, status):
    question = make_question(now=now)
    moves.update(question, {"status": status})
    erasing.erase(question, by=ASKER, now=now)
    assert Question.objects.get().status == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_the_write_ahead_log_is_folded_after_the_commit(calendar, now, kept):
    question = make_question(now=now)
    with connection.execute_wrapper(seen := Statements()):
        erasing.erase(question, by=ASKER, now=now)
    folding = ["PRAGMA busy_timeout = 100", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA busy_timeout = 20000"]
    expected = folding if connection.vendor == "sqlite" else []
    assert [sql for sql in seen.all if sql.startswith("PRAGMA")] == expected


class Statements:
    """Notes every statement and runs it."""

    def __init__(self):
        self.all = []

    def __call__(self, execute, sql, params, many, context):
        self.all.append(sql)
        return execute(sql, params, many, context)


@pytest.mark.parametrize("fails", ["write", "fsync"])
def test_a_line_that_may_not_be_on_the_disk_is_taken_back(calendar, now, kept, monkeypatch, fails):
    first, second = make_question(now=now), make_question(now=now)
    erasing.erase(first, by=ASKER, now=now)
    before = kept.read_text()
    works = getattr(os, fails)
    monkeypatch.setattr(os, fails, full_disk(works))
    with pytest.raises(OSError, match="disk"):
        erasing.erase(second, by=ASKER, now=now)
    monkeypatch.setattr(os, fails, works)
    assert (kept.read_text(), erasing.replay_ledger(now=now)) == (before, 0)
    assert Question.objects.get(pk=second.pk).status == "new"
    erasing.erase(Question.objects.get(pk=second.pk), by=ASKER, now=now)
    assert len(kept.read_text().splitlines()) == 2


def full_disk(act):
    """The call as it is on a disk that has room for half a line, or that fails once the line is written."""

    def call(descriptor, *rest):
        if rest:
            act(descriptor, rest[0][:20])
        raise OSError("the disk failed")

    return call


def test_the_husk_tells_neither_whom_they_wanted_nor_whom_they_know(calendar, now):
    question = make_question(now=now, writer="adult", may_know_advisor=True)
    erasing.erase(question, by=ASKER, now=now)
    row = Question.objects.get()
    assert (row.writer, row.may_know_advisor) == ("anyone", False)
