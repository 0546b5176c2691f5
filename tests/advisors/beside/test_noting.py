"""Notes on the margin: between the two, read by the lead and by whoever sits down later. Gone with the question."""

from datetime import timedelta

import pytest
from django.db import connection

from advisors.beside import noting, sitting
from advisors.beside.models import MarginNote
from advisors.drafting import claiming
from askpeer import history
from askpeer.errors import Erased, Refused
from questions import erasing, moves
from tests.advisors.beside.conftest import read, send
from tests.factories import LeadFactory, PersonFactory

pytestmark = pytest.mark.django_db

HELLO, REPLY = "Start with what they said about lunch.", "Thank you, I will."


@pytest.fixture
def pair(written, sam, ruth, now):
    """A question with Ruth beside Sam, and a note each way, a minute apart."""
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    noting.write(question=question, note=HELLO, by=ruth, now=now)
    noting.write(question=question, note=REPLY, by=sam, now=now + timedelta(minutes=1))
    return read(question)


def texts(question, reader):
    return [note.text for note in noting.of(question, reader)]


def test_both_read_what_they_wrote_to_each_other_the_oldest_first(pair, sam, ruth):
    assert [(note.by, note.when, note.text, note.own) for note in noting.of(pair, sam)] == [
        ("Ruth", "Mon 16 Nov, 11:00", HELLO, False),
        ("Sam", "Mon 16 Nov, 11:01", REPLY, True),
    ]
    assert [note.own for note in noting.of(pair, ruth)] == [True, False]


def test_a_supervisor_who_only_looks_reads_none_until_they_sit_down_later(pair, omar, ruth, now):
    later = now + timedelta(minutes=2)
    assert texts(pair, omar) == []
    sitting.get_up(question=pair, by=ruth, now=later)
    sitting.sit_down(question=pair, by=omar, now=later)
    assert texts(pair, omar) == [HELLO, REPLY]


def test_whoever_got_up_keeps_what_was_theirs_and_reads_nothing_newer(pair, sam, ruth, omar, now):
    later = now + timedelta(minutes=2)
    sitting.get_up(question=pair, by=ruth, now=later)
    sitting.sit_down(question=pair, by=omar, now=later)
    noting.write(question=pair, note="Between us two.", by=omar, now=later + timedelta(seconds=1))
    assert texts(pair, ruth) == [HELLO, REPLY]
    assert texts(pair, omar) == texts(pair, sam) == [HELLO, REPLY, "Between us two."]


def test_the_next_advisor_does_not_read_what_was_written_to_the_one_before(pair, ruth, now):
    jaz, later = PersonFactory(alias="Jaz"), now + timedelta(minutes=2)
    claiming.assign(question=pair, to=jaz, by=ruth, version=pair.version, now=later)
    noting.write(question=pair, note="Where do I begin?", by=jaz, now=later)
    assert texts(read(pair), jaz) == ["Where do I begin?"]


def test_the_lead_reads_all_of_them_also_after_it_was_sent(pair, sam, lead, now):
    assert texts(pair, lead) == [HELLO, REPLY]
    assert texts(send(pair, now=now), lead) == [HELLO, REPLY]


def test_what_an_advisor_reads_is_masked(pair, sam, ruth, lead, now):
    pair.masked = '["Ellie"]'
    pair.save(update_fields=["masked"])
    noting.write(question=pair, note="Ellie left 07700 900123.", by=ruth, now=now + timedelta(minutes=3))
    assert texts(pair, sam)[-1] == "[name] left [phone number]."
    assert texts(pair, lead)[-1] == "Ellie left 07700 900123."


def test_an_advisor_may_write_before_anybody_came(written, sam, now):
    question = written()
    noting.write(question=question, note="Is this too long?", by=sam, now=now)
    assert texts(question, sam) == ["Is this too long?"]


def test_a_supervisor_sits_down_before_they_write(pair, omar, now):
    with pytest.raises(Refused, match="Sit down beside them first"):
        noting.write(question=pair, note="Hello.", by=omar, now=now)


def test_a_note_to_somebody_whose_claim_ended_is_refused(pair, sam, ruth, now):
    claiming.hand_back(question=pair, by=sam, version=pair.version, note="", now=now)
    with pytest.raises(Refused, match="Nobody is writing this answer right now"):
        noting.write(question=pair, note="Hello?", by=ruth, now=now)
    with pytest.raises(Refused, match="You no longer hold this question"):
        noting.write(question=pair, note="Hello?", by=sam, now=now)


def test_nothing_is_written_beside_a_draft_that_was_sent(pair, sam, ruth, now):
    send(pair, now=now)
    for person in (sam, ruth):
        with pytest.raises(Refused, match="This draft is being checked now"):
            noting.write(question=pair, note="One more thing.", by=person, now=now)


def test_a_note_on_a_question_erased_in_between_is_refused_and_all_are_gone(pair, sam, now):
    copy = read(pair)
    erasing.erase(pair, by=moves.ASKER, now=now)
    with pytest.raises(Erased):
        noting.write(question=copy, note="Hello?", by=sam, now=now)
    assert not MarginNote.objects.exists()


@pytest.mark.parametrize("length", [1000, 1001])
def test_a_note_has_a_thousand_characters_at_most(written, sam, now, length):
    question = written()
    if length > noting.LONGEST:
        with pytest.raises(Refused, match=r"1,000 characters at most\. This one has 1,001\."):
            noting.write(question=question, note="x" * length, by=sam, now=now)
    else:
        assert noting.write(question=question, note="x" * length, by=sam, now=now).text == "x" * length


@pytest.mark.parametrize("note", ["", " \n\t", "\u200b"])
def test_an_empty_note_is_refused(written, sam, now, note):
    with pytest.raises(Refused, match="Write your note first"):
        noting.write(question=written(), note=note, by=sam, now=now)


def test_a_character_that_no_database_keeps_is_refused(written, sam, now):
    with pytest.raises(Refused, match="a character in your text that we cannot store"):
        noting.write(question=written(), note="half\0", by=sam, now=now)


def test_notes_are_sealed_and_the_trail_has_none_of_their_words(pair):
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM beside_marginnote")
        kept = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(kept) == 2
    assert not any(b"lunch" in value or b"Thank" in value for value in kept)
    assert "lunch" not in str([(row.kind, row.facts) for row in history.of(pair.subject)])


@pytest.mark.parametrize("count", [1, 3])
def test_reading_costs_the_same_for_one_and_for_three(written, sam, ruth, now, count, django_assert_num_queries):
    question, grace = written(), LeadFactory()
    sitting.sit_down(question=question, by=ruth, now=now)
    for number in range(count):
        noting.write(question=question, note=f"Note {number}.", by=sam, now=now)
    for reader in (sam, ruth, grace):
        with django_assert_num_queries(1):
            assert len(noting.of(question, reader)) == count
