"""Who is there: seen within ten seconds, kept by one upsert, and nothing left of it behind an erasure."""

from datetime import timedelta

import pytest

from advisors.beside import presence
from advisors.beside.models import Presence
from advisors.drafting import claiming
from askpeer.errors import Erased, Refused
from questions import erasing, moves
from questions.models import Question
from tests.advisors.beside.conftest import read, send
from tests.factories import ManagerFactory, PersonFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("later", "there"), [(0, ["Sam"]), (10, ["Sam"]), (11, [])])
def test_somebody_is_there_for_ten_seconds_after_a_beat(written, sam, ruth, now, later, there):
    question = written()
    presence.beat(question=question, by=sam, now=now)
    found = presence.here(question, than=ruth, now=now + timedelta(seconds=later))
    assert [person.alias for person in found] == there


def test_one_does_not_read_of_oneself(written, sam, now):
    question = written()
    presence.beat(question=question, by=sam, now=now)
    assert presence.here(question, than=sam, now=now) == []


def test_a_beat_moves_one_row_on(written, sam, now):
    question = written()
    for second in (0, 5, 10):
        presence.beat(question=question, by=sam, now=now + timedelta(seconds=second))
    assert Presence.objects.get().seen_at == now + timedelta(seconds=10)


def test_a_beat_costs_a_literal_few_statements(written, sam, ruth, now, django_assert_num_queries):
    question = written()
    with django_assert_num_queries(6):  # savepoint twice, the lock, its round, the upsert, the sitting
        presence.beat(question=question, by=sam, now=now)
    with django_assert_num_queries(7):  # and whether a reviewer is kept out
        presence.beat(question=question, by=ruth, now=now)


def test_readers_are_there_as_well_nobody_looks_unseen(written, sam, ruth, omar, now):
    question = written()
    for person in (ruth, omar):
        presence.beat(question=question, by=person, now=now)
    assert [person.alias for person in presence.here(question, than=sam, now=now)] == ["Omar", "Ruth"]


def test_a_beat_of_somebody_who_may_not_see_it_is_refused(written, ruth, now):
    question = written()
    claiming.recuse(question=question, by=ruth, now=now)
    with pytest.raises(Refused, match="You cannot open this question"):
        presence.beat(question=question, by=ruth, now=now)
    for person in (PersonFactory(), ManagerFactory()):
        with pytest.raises(Refused, match="You no longer hold this question"):
            presence.beat(question=question, by=person, now=now)
    assert not Presence.objects.exists()


def test_a_beat_after_the_claim_ended_or_the_draft_was_sent_is_refused(written, sam, ruth, now):
    question, other = written(), written()
    send(question, now=now)
    for person in (sam, ruth):
        with pytest.raises(Refused, match="This draft is being checked now"):
            presence.beat(question=question, by=person, now=now)
    claiming.hand_back(question=other, by=sam, version=other.version, note="", now=now)
    with pytest.raises(Refused, match="You no longer hold this question"):
        presence.beat(question=other, by=sam, now=now)
    with pytest.raises(Refused, match="Nobody is writing this answer"):
        presence.beat(question=other, by=ruth, now=now)


def test_an_advisor_under_18_is_not_there_at_night(written, young, now):
    question, nine = written(by=young), now.replace(hour=21)
    presence.beat(question=question, by=young, now=nine - timedelta(seconds=1))
    with pytest.raises(Refused, match="It's late"):
        presence.beat(question=question, by=young, now=nine)


def test_a_beat_on_its_way_while_the_question_is_erased_leaves_nothing(written, sam, now):
    question = written()
    copy = read(question)

    def erase():
        erasing.erase(question, by=moves.ASKER, now=now)

    with before("SAVEPOINT", "", erase), pytest.raises(Erased):
        presence.beat(question=copy, by=sam, now=now)
    assert Question.objects.get(pk=question.pk).status == "withdrawn"
    assert not Presence.objects.exists()
