"""What was written alone and should not have been: the advisor's buddy signs it, for half of the review's time."""

from datetime import date, timedelta

import pytest

from advisors.beside import presence, sitting
from advisors.drafting import claiming
from advisors.duty.models import Absence
from advisors.models import Person, Role
from advisors.signoff import escalating, reading, reviewing
from askpeer import calendars
from questions import deadlines, moves
from questions.models import Question
from tests.advisors.beside.conftest import read, send
from tests.factories import LeadFactory, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def buddy(sam):
    """Sam's buddy, a supervisor."""
    sam.buddy = SupervisorFactory(alias="Daniel")
    sam.save()
    return sam.buddy


@pytest.fixture
def sent(written, buddy, now):
    """Sam's fifth answer, written alone and sent."""
    return send(written(), now=now)


def test_the_buddy_alone_signs_what_was_written_alone(sent, buddy, now):
    assert sitting.buddy_for(sent, now=now) == buddy


def test_until_half_of_the_reviews_time_is_used(sent, buddy, now):
    calendar = calendars.current()
    whole = deadlines.budget(calendar, moves.course(sent, sent.round))
    half = calendar.add(sent.entered_at, whole / 2)
    assert sitting.buddy_for(sent, now=half - timedelta(seconds=1)) == buddy
    assert sitting.buddy_for(sent, now=half) is None


def test_anybody_signs_what_somebody_sat_beside(written, buddy, sam, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    for person in (ruth, sam):
        presence.beat(question=question, by=person, now=now)
    assert sitting.buddy_for(send(question, now=now), now=now) is None


def test_a_chair_that_nobody_sat_on_while_sam_was_there_does_not_count(written, buddy, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    presence.beat(question=question, by=ruth, now=now)
    assert sitting.buddy_for(send(question, now=now), now=now) == buddy


def test_anybody_signs_what_nobody_had_to_sit_beside(written, buddy, sam, now):
    Person.objects.filter(pk=sam.pk).update(answers_given=5)
    assert sitting.buddy_for(send(written(), now=now), now=now) is None


def test_amber_of_an_old_hand_goes_to_the_buddy_and_red_waits_for_nobody(written, buddy, sam, now):
    Person.objects.filter(pk=sam.pk).update(answers_given=5)
    question = send(written(), now=now)
    for level, whose in (("amber", buddy), ("red", None)):
        Question.objects.filter(pk=question.pk).update(level=level)
        assert sitting.buddy_for(read(question), now=now) == whose


def test_anybody_signs_where_there_is_no_buddy(written, sam, now):
    assert sitting.buddy_for(send(written(), now=now), now=now) is None


def test_nobody_is_named_before_it_was_sent(written, buddy, now):
    assert sitting.buddy_for(written(), now=now) is None


def not_active(question, buddy, now):
    Person.objects.filter(pk=buddy.pk).update(is_active=False)


def an_advisor(question, buddy, now):
    Person.objects.filter(pk=buddy.pk).update(role=Role.ADVISOR, born_on=date(2000, 1, 1))


def recused(question, buddy, now):
    claiming.recuse(question=question, by=buddy, now=now)


def no_reader_of_it(question, buddy, now):
    Person.objects.filter(pk=buddy.pk).update(languages=["nl"])


def away(question, buddy, now):
    Absence.objects.create(person=buddy, first_day=now.date(), last_day=now.date())


def wrote_some_of_it(question, buddy, now):
    draft = reading.draft_in_review(question)
    reviewing.edit(draft=draft, base=1, text="Hi there, you.", note="Warmer words.", by=buddy, now=now)


def escalated(question, buddy, now):
    LeadFactory()
    draft = reading.draft_in_review(question)
    escalating.escalate(draft=draft, number=1, reason="Is she safe?", by=SupervisorFactory(), now=now)


@pytest.mark.parametrize("act", [not_active, an_advisor, recused, no_reader_of_it, away, wrote_some_of_it, escalated])
def test_anybody_signs_where_the_buddy_could_not(sent, buddy, now, act):
    act(sent, buddy, now)
    assert sitting.buddy_for(read(sent), now=now) is None


def test_a_lead_can_be_somebodys_buddy(sent, buddy, now):
    Person.objects.filter(pk=buddy.pk).update(role=Role.LEAD)
    assert sitting.buddy_for(read(sent), now=now) == buddy


def test_away_until_yesterday_or_from_tomorrow_is_here_today(sent, buddy, now):
    for days in (-1, 1):
        day = now.date() + timedelta(days=days)
        Absence.objects.create(person=buddy, first_day=day, last_day=day)
    assert sitting.buddy_for(sent, now=now) == buddy


def test_who_is_kept_out_by_their_own_draft(written, now):
    """A supervisor who wrote an amber answer and is, by some slip, their own buddy."""
    ruth = SupervisorFactory()
    Person.objects.filter(pk=ruth.pk).update(buddy=ruth)
    question = written(by=Person.objects.get(pk=ruth.pk))
    question = send(question, now=now)
    Question.objects.filter(pk=question.pk).update(level="amber")
    assert sitting.buddy_for(read(question), now=now) is None


def test_the_next_advisors_buddy_counts_not_the_one_before(written, buddy, ruth, now):
    question, jaz = written(), PersonFactory(alias="Jaz", answers_given=0, buddy=SupervisorFactory(alias="Nadia"))
    claiming.assign(question=question, to=jaz, by=ruth, version=question.version, now=now)
    assert sitting.buddy_for(send(read(question), now=now), now=now).alias == "Nadia"
