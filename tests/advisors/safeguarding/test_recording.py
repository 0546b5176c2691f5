"""The safeguarding log: entries that nobody changes, a case that outlives its question, and who reads which."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from advisors.drafting import claiming
from advisors.models import Person
from advisors.safeguarding import board, glass, raising, recording
from advisors.safeguarding.models import BrokenGlass, Check, Concern, Entry
from advisors.signoff import locking
from askpeer import checks, history, outbox, rotating
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions import erasing, holding, moves, replaying
from questions.models import LockedNote, Message, Question
from tests.advisors.safeguarding.conftest import ENTRY, SAID, signed_in
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db


def anew(question):
    return Question.objects.get(pk=question.pk)


def words(question, person, now):
    return [entry.words for entry in board.case(anew(question), person=person, now=now).entries]


def test_the_first_entry_opens_the_case_with_the_words_said_so_far(record, ruth, now):
    entry = record(by=ruth)
    note = LockedNote.objects.get()
    assert note.words == f"2026-11-16 11:00 UTC, question:\n{SAID}"
    assert (note.last_day, note.made_by, entry.note_id) == (date(2027, 2, 14), ruth, note.pk)
    assert rotating.waiting()["questions_lockednote"] == 0


def test_a_later_entry_only_adds(record, ruth, lead, question, now):
    record(by=ruth)
    note = LockedNote.objects.get()
    Message.objects.create(round=question.round, kind="reply", text="He is here.", sent_at=now + timedelta(hours=1))
    record(by=lead, words="She rang.", now=now + timedelta(hours=2))
    assert words(question, lead, now) == ["He has a key.", "She rang."]
    assert (LockedNote.objects.get().words, LockedNote.objects.get().made_at) == (note.words, note.made_at)


def test_where_a_locked_note_stands_its_words_and_day_stay(record, question, ruth, lead, now):
    locking.lock_away(question=question, reason="At risk.", last_day=date(2027, 1, 31), by=lead, now=now)
    record(by=ruth)
    kept = LockedNote.objects.get()
    assert (kept.reason, kept.last_day, kept.entries.count()) == ("At risk.", date(2027, 1, 31), 1)


def test_the_lead_is_told_at_once_and_only_of_the_opening(record, ruth, lead, now, mailoutbox):
    record(by=ruth)
    record(by=ruth)
    while outbox.relay(now=now):
        pass
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([lead.email], "A safeguarding case")
    assert ("/review/safeguarding/" in mail.body, SAID in mail.body, "key" in mail.body) == (True, False, False)


def test_a_lead_who_opens_it_tells_the_other_lead(record, lead, now, mailoutbox):
    other = LeadFactory()
    record(by=lead)
    while outbox.relay(now=now):
        pass
    assert [mail.to for mail in mailoutbox] == [[other.email]]


def test_the_only_lead_who_opens_it_tells_nobody(record, lead, now, mailoutbox):
    record(by=lead)
    outbox.relay(now=now)
    assert (mailoutbox, OutboxRow.objects.get().state) == ([], "dropped")


def test_where_no_lead_is_there_the_manager_finds_it_dead(record, ruth, now):
    record(by=ruth)
    outbox.relay(now=now)
    assert OutboxRow.objects.get().state == "dead"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"words": " "}, "Write what was said or seen."),
        ({"words": "x" * 3001}, "The words can have 3,000 characters at most. This has 3,001."),
        ({"nature": "rumour"}, "Say whether this is a fact or an opinion."),
        ({"level": "blue"}, "Choose green, amber or red."),
        ({"decision": ""}, "Write what was decided, and why."),
        ({"decision": "x" * 1001}, "The decision can have 1,000 characters at most. This has 1,001."),
        ({"ground": "a hunch"}, "Choose the ground."),
        ({"told": "x" * 501}, "Who was told can have 500 characters at most. This has 501."),
    ],
)
def test_what_will_not_do_is_refused_with_its_sentence(record, ruth, values, sentence):
    with pytest.raises(Refused) as refusal:
        record(by=ruth, **values)
    assert (str(refusal.value), LockedNote.objects.count(), OutboxRow.objects.count()) == (sentence, 0, 0)


def test_the_longest_of_everything_is_kept_to_the_letter(record, ruth, question, now):
    record(by=ruth, words="x" * 3000, decision="y" * 1000, told="z" * 500)
    [entry] = board.case(question, person=ruth, now=now).entries
    assert (len(entry.words), len(entry.decision), len(entry.told)) == (3000, 1000, 500)


def test_a_check_lies_ahead_and_before_the_case_goes(record, ruth, now):
    with pytest.raises(Refused, match="Choose a moment that is still ahead"):
        record(by=ruth, next_check_at=now)
    with pytest.raises(Refused, match="This case goes after 14 February 2027"):
        record(by=ruth, next_check_at=now.replace(year=2027, month=2, day=15, hour=0))
    record(by=ruth, next_check_at=now + timedelta(seconds=1))
    record(by=ruth, next_check_at=now.replace(year=2027, month=2, day=14, hour=23, minute=59))
    assert Check.objects.get().due_at.day == 14


def test_an_entry_without_a_check_ends_the_one_before(record, ruth, now):
    record(by=ruth, next_check_at=now + timedelta(days=1))
    record(by=ruth)
    assert Check.objects.count() == 0


@pytest.mark.parametrize("make", [PersonFactory, ManagerFactory])
def test_others_write_nothing(record, make):
    with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead"):
        record(by=make())


def test_whoever_was_recused_neither_writes_nor_reads(record, question, ruth, lead, now):
    other = LeadFactory()
    record(by=ruth)
    for person in (ruth, other):
        claiming.recuse(question=question, by=person, now=now)
        with pytest.raises(Refused, match="You cannot open this question"):
            record(by=person)
        with pytest.raises(Refused, match="You cannot open this question"):
            board.case(anew(question), person=person, now=now)
    assert board.cases(other, now=now).lines == []
    assert words(question, lead, now) == ["He has a key."]


def test_a_supervisor_reads_what_they_wrote_and_the_lead_all(record, question, ruth, lead, now):
    record(by=ruth)
    record(by=lead, words="She rang.", now=now + timedelta(seconds=1))
    assert words(question, ruth, now) == ["He has a key."]
    assert words(question, lead, now) == ["He has a key.", "She rang."]
    kept = board.case(question, person=ruth, now=now)
    assert (kept.note, kept.due, kept.began) == (None, None, True)


def test_a_manager_reads_the_log_but_not_of_staff(record, question, about_staff, lead, manager, now):
    record(by=lead)
    record(by=lead, question=about_staff)
    assert [line.note.about for line in board.cases(manager, now=now).lines] == [question]
    assert words(question, manager, now) == ["He has a key."]
    with pytest.raises(Refused):
        board.case(about_staff, person=manager, now=now)


def test_erasing_the_question_leaves_the_log_readable(record, question, ruth, lead, now):
    record(by=ruth, told="Her aunt, 11:20.")
    erasing.erase(anew(question), by=moves.ASKER, now=now)
    [entry] = board.case(anew(question), person=lead, now=now).entries
    assert (entry.words, entry.decision, entry.told) == ("He has a key.", "Look again tomorrow.", "Her aunt, 11:20.")


def test_after_an_erasure_the_lead_goes_on_with_it_and_a_supervisor_does_not(record, question, ruth, lead, now):
    record(by=ruth)
    erasing.erase(anew(question), by=moves.ASKER, now=now)
    record(by=lead, words="The police called.", now=now + timedelta(seconds=1))
    assert words(question, lead, now) == ["He has a key.", "The police called."]
    with pytest.raises(Refused, match="You cannot open this question"):
        record(by=ruth)


def test_a_lead_recused_before_the_erasure_stays_out_after_it(record, question, ruth, lead, now):
    other = LeadFactory()
    claiming.recuse(question=question, by=other, now=now)
    record(by=ruth)
    erasing.erase(anew(question), by=moves.ASKER, now=now)
    with pytest.raises(Refused, match="You cannot open this note"):
        record(by=other)
    assert (board.cases(other, now=now).lines, len(board.cases(lead, now=now).lines)) == ([], 1)


def test_an_erased_question_without_a_case_opens_none(record, question, lead, now):
    erasing.erase(anew(question), by=moves.ASKER, now=now)
    with pytest.raises(Refused):
        record(by=lead)
    assert LockedNote.objects.count() == 0


def test_the_trail_has_codes_and_no_words(record, ruth, question):
    record(by=ruth, level="red", ground="life")
    rows = history.of(question.subject)
    assert [row.kind for row in rows][-2:] == ["locked_note", "safeguarding_entry"]
    assert rows[-1].facts == {"level": "red", "nature": "fact", "ground": "life"}


def raw(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def as_stored(pk):
    return pk.hex if connection.vendor == "sqlite" else str(pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE safeguarding_entry SET level = 'green' WHERE id = %s",
        "UPDATE safeguarding_entry SET written_at = written_at WHERE id = %s",
        "DELETE FROM safeguarding_entry WHERE id = %s",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_an_entry(record, ruth, statement):
    entry = record(by=ruth)
    with pytest.raises(DatabaseError, match="the safeguarding log is append-only"):
        raw(statement, as_stored(entry.pk))
    assert Entry.objects.get().level == "amber"


def test_nor_can_a_note_that_has_its_key_take_its_log_along(record, ruth):
    record(by=ruth)
    with pytest.raises(DatabaseError, match="the safeguarding log is append-only"), transaction.atomic():
        LockedNote.objects.all().delete()
    assert Entry.objects.count() == 1


def test_once_the_key_is_taken_the_entries_go(record, ruth):
    entry = record(by=ruth)
    raw("UPDATE questions_lockednote SET wrapped_key = NULL")
    raw("DELETE FROM safeguarding_entry WHERE id = %s", as_stored(entry.pk))
    assert Entry.objects.count() == 0


def test_letting_go_takes_the_log_along(record, ruth, lead, now):
    note = record(by=ruth, next_check_at=now + timedelta(days=1)).note
    locking.let_go(note=note, reason="not_needed", by=lead, now=now)
    assert (LockedNote.objects.count(), Entry.objects.count(), Check.objects.count()) == (0, 0, 0)


def test_a_case_goes_with_its_log_after_its_last_day(record, ruth, lead, question, now):
    record(by=ruth)
    last = now.replace(year=2027, month=2, day=14, hour=23)
    assert (holding.drop_past(now=last), len(board.cases(lead, now=last).lines)) == (0, 1)
    over = last + timedelta(hours=1)
    assert (board.cases(lead, now=over).lines, words(question, lead, over)) == ([], [])
    assert (holding.drop_past(now=over), Entry.objects.count()) == (1, 0)


def test_a_new_entry_after_the_last_day_opens_it_anew(record, ruth, now):
    record(by=ruth)
    over = now.replace(year=2027, month=2, day=15)
    record(by=ruth, now=over)
    assert LockedNote.objects.get().last_day == date(2027, 5, 16)


def test_the_lead_says_how_long_it_stays(record, ruth, lead, now):
    note = record(by=ruth).note
    assert [line.to_confirm for line in board.cases(lead, now=now).lines] == [True]
    locking.stay(note=note, reason="Until the hearing.", last_day=date(2027, 4, 1), by=lead, now=now)
    [line] = board.cases(lead, now=now).lines
    assert (line.to_confirm, line.note.last_day, line.note.reason) == (False, date(2027, 4, 1), "Until the hearing.")
    assert SAID in line.note.words


def test_the_asker_who_erased_was_told_a_day_that_only_comes_nearer(record, question, ruth, lead, now):
    record(by=ruth)
    erasing.erase(anew(question), by=moves.ASKER, now=now)
    note = LockedNote.objects.get()
    with pytest.raises(Refused, match="it goes after 14 February 2027"):
        locking.stay(note=note, reason="Longer.", last_day=date(2027, 2, 15), by=lead, now=now)
    locking.stay(note=note, reason="Shorter.", last_day=date(2027, 2, 14), by=lead, now=now)
    assert LockedNote.objects.get().reason == "Shorter."


def test_a_day_said_twice_at_once_is_said_once(record, ruth, lead, now):
    note = record(by=ruth).note
    one, other = LockedNote.objects.get(pk=note.pk), LockedNote.objects.get(pk=note.pk)
    locking.stay(note=one, reason="One.", last_day=date(2027, 2, 1), by=lead, now=now + timedelta(seconds=1))
    with pytest.raises(Stale):
        locking.stay(note=other, reason="Other.", last_day=date(2027, 2, 2), by=lead, now=now)


@pytest.mark.parametrize("make", [SupervisorFactory, PersonFactory, ManagerFactory])
def test_only_the_lead_says_how_long(record, ruth, make, now):
    note = record(by=ruth).note
    with pytest.raises(Refused, match="Only the safeguarding lead can do this"):
        locking.stay(note=note, reason="Why.", last_day=date(2027, 2, 1), by=make(), now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_whatever_its_length(record, lead, now, count, django_assert_num_queries):
    for _ in range(count):
        record(by=lead, question=make_question(now=now), next_check_at=now + timedelta(days=1))
    with django_assert_num_queries(1):
        assert [line.level for line in board.cases(lead, now=now).lines] == ["amber"] * count


@pytest.mark.parametrize("count", [1, 3])
def test_a_case_costs_the_same_whatever_its_length(record, lead, question, now, count, django_assert_num_queries):
    for _ in range(count):
        record(by=lead)
    with django_assert_num_queries(4):
        assert [entry.words for entry in board.case(question, person=lead, now=now).entries] == [ENTRY["words"]] * count


def test_overdue_checks_lead_then_those_ahead_then_cases_without_one(record, lead, now):
    due = {"late": -1, "later": 48, "soon": 24, "never": None, "oldest": -5}
    for name, hours in due.items():
        values = {} if hours is None else {"next_check_at": now + timedelta(hours=hours)}
        record(by=lead, question=make_question(now=now), words=name, now=now - timedelta(hours=6), **values)
    read = [(line.overdue, line.note.entries.get().words) for line in board.cases(lead, now=now).lines]
    assert read == [(True, "oldest"), (True, "late"), (False, "soon"), (False, "later"), (False, "never")]


def test_a_page_goes_on_where_the_last_one_ended(record, lead, now, monkeypatch):
    monkeypatch.setattr(board, "SIZE", 2)
    for hours in (3, None, 1, None, 1):
        check = {"next_check_at": now + timedelta(hours=hours)} if hours else {}
        record(by=lead, question=make_question(now=now), **check)
    read, cursor = [], "begin"
    while cursor:
        page = board.cases(lead, now=now, cursor=cursor)
        read, cursor = read + [line.due and (line.due - now).seconds // 3600 for line in page.lines], page.cursor
    assert (read, len({line.note.pk for line in board.cases(lead, now=now).lines})) == ([1, 1, 3, None, None], 2)


@pytest.mark.parametrize("cursor", ["", "~", "soon~2027-01-01~x", "~2027-99-01~" + "0" * 32, "9" * 5000])
def test_a_cursor_that_was_tampered_with_begins_the_list_again(record, lead, now, cursor):
    record(by=lead)
    assert len(board.cases(lead, now=now, cursor=cursor).lines) == 1


@pytest.mark.parametrize("keeps", ["stay", "lock_away"])
def test_a_case_stays_until_somebody_has_looked_again(record, question, lead, now, keeps):
    note = record(by=lead, next_check_at=datetime(2026, 12, 1, 23, 30, tzinfo=UTC)).note
    what = {"stay": {"note": note}, "lock_away": {"question": anew(question)}}[keeps]
    verb = partial(getattr(locking, keeps), reason="Why.", by=lead, now=now, **what)
    with pytest.raises(Refused, match="It is looked at again on 1 December 2026"):
        verb(last_day=date(2026, 11, 30))
    verb(last_day=date(2026, 12, 1))
    assert (LockedNote.objects.get().last_day, Check.objects.count()) == (date(2026, 12, 1), 1)


def test_where_two_keep_it_both_say_that_it_goes(record, lead, now):
    other, note = LeadFactory(), record(by=lead).note
    assert not locking.let_go(note=note, reason="mistake", by=lead, now=now)
    with pytest.raises(Refused, match="You have said so already"):
        locking.let_go(note=note, reason="mistake", by=lead, now=now)
    assert (LockedNote.objects.get().let_go_by, Entry.objects.count()) == (lead, 1)
    assert locking.let_go(note=note, reason="mistake", by=other, now=now)
    assert (LockedNote.objects.count(), Entry.objects.count()) == (0, 0)
    told = [(row.kind, row.actor, row.facts) for row in history.of(note.about.subject)][-2:]
    assert told == [
        ("locked_note_unwanted", lead.name, {"reason": "mistake"}),
        ("locked_note_gone", other.name, {"reason": "mistake"}),
    ]


def test_who_is_kept_from_it_since_does_not_count_as_the_first(about_staff, record, lead, now):
    other, third = LeadFactory(), LeadFactory()
    note = record(by=lead, question=about_staff).note
    locking.let_go(note=note, reason="mistake", by=other, now=now)
    claiming.recuse(question=about_staff, by=other, now=now)
    assert not locking.let_go(note=note, reason="mistake", by=third, now=now)
    assert LockedNote.objects.get().let_go_by == third


def test_a_day_said_anew_takes_back_that_it_should_go(record, lead, now):
    other, note = LeadFactory(), record(by=lead).note
    locking.let_go(note=note, reason="day", by=lead, now=now)
    locking.stay(note=note, reason="Why.", last_day=date(2027, 1, 1), by=other, now=now + timedelta(seconds=1))
    assert LockedNote.objects.get().let_go_by is None


@pytest.mark.parametrize("reason", ["", "He has a key."])
def test_why_it_goes_is_one_of_a_few(record, lead, now, reason):
    note = record(by=lead).note
    with pytest.raises(Refused, match="Choose why it goes"):
        locking.let_go(note=note, reason=reason, by=lead, now=now)
    assert LockedNote.objects.exists()


def test_on_the_page_the_second_one_sees_who_wants_it_gone(record, question, lead, noon):
    other, where = LeadFactory(), f"/review/safeguarding/{question.pk}/"
    record(by=lead)
    first = signed_in(lead)
    assert first.post(f"{where}let-go/").status_code == 422
    assert first.post(f"{where}let-go/", {"reason": "mistake"}).url == where
    assert "Lena wants it gone." in signed_in(other).get(where).content.decode()
    assert first.post(f"{where}let-go/", {"reason": "mistake"}).status_code == 422
    assert signed_in(other).post(f"{where}let-go/", {"reason": "not_needed"}).url == "/review/safeguarding/"
    assert not LockedNote.objects.exists()


def test_no_backup_brings_back_what_was_let_go(record, question, lead, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    note = record(by=lead).note
    copy = LockedNote.objects.get()
    locking.let_go(note=note, reason="mistake", by=lead, now=now)
    copy.save(force_insert=True)
    with pytest.raises(ImproperlyConfigured, match="1 rows that were erased or ended are in this database again"):
        checks.refuse_to_serve_unfit()
    assert (replaying.replay(now=now), LockedNote.objects.count()) == (1, 0)
    checks.refuse_to_serve_unfit()


def test_an_entry_that_was_first_keeps_the_case_that_was_just_going(record, ruth, now):
    record(by=ruth)
    over = now.replace(year=2027, month=2, day=15)
    with before("SELECT", "questions_question", lambda: record(by=ruth, now=over)):
        assert holding.drop_past(now=over) == 0
    assert (LockedNote.objects.get().last_day, Entry.objects.count()) == (date(2027, 5, 16), 2)


def test_nor_is_the_log_emptied_at_once(record, ruth):
    record(by=ruth)
    connection.check_constraints()  # PostgreSQL empties no table that has some left to check
    acts = {"sqlite": ["DELETE FROM safeguarding_entry"], "postgresql": ["TRUNCATE safeguarding_entry CASCADE"]}
    for act in acts[connection.vendor]:
        with pytest.raises(DatabaseError, match="the safeguarding log is append-only"):
            raw(act)
    assert Entry.objects.count() == 1


def test_who_was_off_boarded_a_moment_ago_writes_holds_and_opens_nothing(question, lead, ruth, now):
    LeadFactory()  # who reads about colleagues, and can be told
    pages_from_before = [Person.objects.get(pk=person.pk) for person in (lead, ruth)]
    Person.objects.filter(pk__in=[lead.pk, ruth.pk]).update(is_active=False)
    late, later = pages_from_before
    acts = (
        lambda: recording.record(question=question, by=later, now=now, **ENTRY),
        lambda: locking.lock_away(
            question=question, reason="Why.", last_day=now.date() + timedelta(days=9), by=late, now=now
        ),
        lambda: glass.break_glass(question=question, what="contact", reason="Why.", by=late, now=now),
        lambda: raising.give_to_lead(question=question, version=1, by=later, now=now),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()
    counts = [model.objects.count() for model in (Entry, LockedNote, BrokenGlass, Concern)]
    assert (counts, Question.objects.get().about_staff) == ([0, 0, 0, 0], False)
