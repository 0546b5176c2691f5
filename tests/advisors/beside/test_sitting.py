"""Sitting down beside an advisor: one supervisor a round, never oneself, over by itself when the draft moves on."""

from datetime import timedelta

import pytest

from advisors.beside import going_on, presence, sitting
from advisors.beside.models import AskedBeside, Presence, Sitting
from advisors.drafting import claiming
from advisors.signoff import leaving, reading, reviewing
from askpeer import history
from askpeer.errors import Erased, Refused
from questions import erasing, moves
from questions.models import Question
from tests.advisors.beside.conftest import read, send
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db


def told(question):
    """What the trail says of this question and sitting, in order."""
    kinds = ("sat_down", "got_up", "met_beside", "asked_beside")
    return [(row.kind, row.actor, row.facts) for row in history.of(question.subject) if row.kind in kinds]


def test_a_supervisor_sits_down_and_gets_up_and_the_trail_says_so_without_words(written, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    assert going_on.of(question).supervisor == ruth
    sitting.get_up(question=question, by=ruth, now=now)
    assert going_on.of(question) is None
    assert told(question) == [("sat_down", ruth.name, {"round": 1}), ("got_up", ruth.name, {"round": 1})]


def test_sitting_down_twice_is_sitting_down_once(written, ruth, now):
    question = written()
    first = sitting.sit_down(question=question, by=ruth, now=now)
    assert sitting.sit_down(question=question, by=ruth, now=now + timedelta(minutes=1)) == first
    assert (Sitting.objects.count(), len(told(question))) == (1, 1)


def test_a_second_supervisor_hears_who_sits_there(written, ruth, omar, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    with pytest.raises(Refused, match=r"^Ruth sits beside Sam already\. You can read along\.$"):
        sitting.sit_down(question=question, by=omar, now=now)
    with pytest.raises(Refused, match="You are not sitting beside anybody here"):
        sitting.get_up(question=question, by=omar, now=now)


def test_of_two_who_sit_down_in_the_same_moment_one_sits(written, ruth, omar, now):
    question = written()
    copy = read(question)

    def first():
        sitting.sit_down(question=copy, by=ruth, now=now)

    with before("SAVEPOINT", "", first), pytest.raises(Refused, match="Ruth sits beside Sam already"):
        sitting.sit_down(question=question, by=omar, now=now)
    assert Sitting.objects.get().supervisor == ruth


def test_nobody_sits_beside_themselves(written, ruth, now):
    question = written(by=ruth)
    with pytest.raises(Refused, match="You are writing this one yourself"):
        sitting.sit_down(question=question, by=ruth, now=now)


def test_only_reviewers_sit_down(written, now):
    question = written()
    for person in (PersonFactory(), ManagerFactory()):
        with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead"):
            sitting.sit_down(question=question, by=person, now=now)


def test_who_may_not_see_it_or_does_not_read_its_language_does_not_sit_down(written, ruth, now, dutch_offered):
    question, dutch = written(), written()
    claiming.recuse(question=question, by=ruth, now=now)
    with pytest.raises(Refused, match="You cannot open this question"):
        sitting.sit_down(question=question, by=ruth, now=now)
    Question.objects.filter(pk=dutch.pk).update(language="nl")
    with pytest.raises(Refused, match="This is in Dutch"):
        sitting.sit_down(question=dutch, by=ruth, now=now)


def test_there_is_nothing_to_sit_beside_before_a_claim_or_once_it_was_sent(written, ruth, now):
    question = written()
    send(question, now=now)
    with pytest.raises(Refused, match="This draft is being checked now"):
        sitting.sit_down(question=question, by=ruth, now=now)
    other = written()
    claiming.hand_back(question=other, by=other.holder, version=other.version, note="", now=now)
    with pytest.raises(Refused, match="Nobody is writing this answer right now"):
        sitting.sit_down(question=other, by=ruth, now=now)


def test_an_erased_question_says_so(written, ruth, sam, now):
    question = written()
    copy = read(question)
    erasing.erase(question, by=moves.ASKER, now=now)
    for verb, person in ((sitting.sit_down, ruth), (sitting.get_up, ruth), (sitting.ask, sam)):
        with pytest.raises(Erased):
            verb(question=copy, by=person, now=now)


def handed_back(question, ruth, now):
    claiming.hand_back(question=question, by=question.holder, version=question.version, note="", now=now)


def holder_recused(question, ruth, now):
    claiming.recuse(question=question, by=question.holder, now=now)


def supervisor_recused(question, ruth, now):
    claiming.recuse(question=question, by=ruth, now=now)


def sent(question, ruth, now):
    send(question, now=now)


def advisor_left(question, ruth, now):
    leaving.leave(person=question.holder, by=ManagerFactory(), now=now)


def supervisor_left(question, ruth, now):
    leaving.leave(person=ruth, by=ManagerFactory(), now=now)


def assigned(question, ruth, now):
    claiming.assign(question=question, to=PersonFactory(), by=SupervisorFactory(), version=question.version, now=now)


def about_a_colleague(question, ruth, now):
    Question.objects.filter(pk=question.pk).update(about_staff=True)


@pytest.mark.parametrize(
    "act",
    [
        handed_back,
        holder_recused,
        supervisor_recused,
        sent,
        advisor_left,
        supervisor_left,
        assigned,
        about_a_colleague,
    ],
)
def test_a_sitting_is_over_by_itself(written, ruth, now, act):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    act(read(question), ruth, now + timedelta(minutes=1))
    assert going_on.of(read(question)) is None


def test_a_sitting_from_before_a_review_does_not_come_back_with_the_draft(written, ruth, omar, now):
    question, later = written(), now + timedelta(minutes=5)
    sitting.sit_down(question=question, by=ruth, now=now)
    send(question, now=later)
    draft = reading.draft_in_review(read(question))
    reviewing.comment(draft=draft, number=1, paragraph=0, text="Warmer.", by=omar, now=later)
    reviewing.request_changes(draft=draft, number=1, by=omar, now=later)
    assert read(question).status == "changes_requested"
    assert going_on.of(read(question)) is None
    again = sitting.sit_down(question=read(question), by=omar, now=later)
    assert going_on.of(read(question)) == again
    assert Sitting.objects.get(supervisor=ruth).ended_at == later


def test_asking_for_somebody_is_written_down_once_and_answered_by_whoever_sits_down(written, sam, ruth, now):
    question = written()
    sitting.ask(question=question, by=sam, now=now)
    sitting.ask(question=question, by=sam, now=now + timedelta(minutes=1))
    assert told(question) == [("asked_beside", sam.name, {"round": 1})]
    sitting.sit_down(question=question, by=ruth, now=now)
    assert not AskedBeside.objects.exists()
    with pytest.raises(Refused, match="Ruth sits beside you already"):
        sitting.ask(question=question, by=sam, now=now)


def test_the_next_advisor_asks_anew(written, sam, ruth, now):
    question, jaz = written(), PersonFactory(alias="Jaz")
    sitting.ask(question=question, by=sam, now=now)
    claiming.assign(question=question, to=jaz, by=ruth, version=question.version, now=now)
    sitting.ask(question=question, by=jaz, now=now)
    assert AskedBeside.objects.get().person == jaz


def test_only_the_one_who_writes_asks_and_not_at_night(written, sam, young, ruth, now):
    question, late = written(), now.replace(hour=21)
    for person in (PersonFactory(), ruth):
        with pytest.raises(Refused, match="You no longer hold this question"):
            sitting.ask(question=question, by=person, now=now)
    theirs = written(by=young)
    with pytest.raises(Refused, match="It's late"):
        sitting.ask(question=theirs, by=young, now=late)
    sitting.ask(question=theirs, by=young, now=late - timedelta(seconds=1))
    assert AskedBeside.objects.get().round == theirs.round


def meet(question, ruth, sam, *, first, second):
    sitting.sit_down(question=question, by=ruth, now=first)
    presence.beat(question=question, by=ruth, now=first)
    presence.beat(question=question, by=sam, now=second)


@pytest.mark.parametrize(("apart", "together"), [(10, True), (11, False)])
def test_they_have_met_when_both_were_there_within_ten_seconds(written, sam, ruth, now, apart, together):
    question, second = written(), now + timedelta(seconds=apart)
    meet(question, ruth, sam, first=now, second=second)
    assert Sitting.objects.get().met_at == (second if together else None)
    assert sitting.was_beside(question.round) is together


def test_they_meet_once(written, sam, ruth, now):
    question = written()
    meet(question, ruth, sam, first=now, second=now)
    presence.beat(question=question, by=sam, now=now + timedelta(seconds=5))
    assert Sitting.objects.get().met_at == now
    assert [row[0] for row in told(question)] == ["sat_down", "met_beside"]


def test_whoever_only_reads_along_meets_nobody(written, sam, ruth, omar, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    presence.beat(question=question, by=omar, now=now)
    presence.beat(question=question, by=sam, now=now)
    assert not sitting.was_beside(question.round)


def test_a_sitting_with_the_advisor_before_says_nothing_of_the_next(written, sam, ruth, now):
    question, jaz = written(), PersonFactory(alias="Jaz")
    meet(question, ruth, sam, first=now, second=now)
    claiming.assign(question=question, to=jaz, by=ruth, version=question.version, now=now)
    assert not sitting.was_beside(read(question).round)


def test_all_of_it_is_gone_with_the_question(written, sam, ruth, now):
    question = written()
    sitting.ask(question=question, by=sam, now=now)
    meet(question, ruth, sam, first=now, second=now)
    erasing.erase(read(question), by=moves.ASKER, now=now)
    assert [kind.objects.count() for kind in (Sitting, Presence, AskedBeside)] == [0, 0, 0]
