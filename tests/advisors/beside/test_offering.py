"""Which answers are written side by side, and what a duty board offers to sit beside."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advisors.beside import offering, presence, sitting
from advisors.drafting import claiming
from askpeer.errors import Refused
from questions.models import Question
from tests.advisors.beside.conftest import read, send
from tests.factories import LeadFactory, PersonFactory, SupervisorFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("given", "wanted"), [(0, True), (4, True), (5, False)])
def test_the_first_five_answers_of_an_advisor(calendar, now, given, wanted):
    assert offering.wants(PersonFactory(answers_given=given), make_question(now=now), now=now) is wanted


@pytest.mark.parametrize(("level", "wanted"), [("green", False), ("amber", True), ("red", False)])
def test_every_amber_one(calendar, now, level, wanted):
    for person in (PersonFactory(), SupervisorFactory()):
        assert offering.wants(person, make_question(now=now, level=level), now=now) is wanted


def test_a_supervisor_has_no_first_five(calendar, now):
    assert not offering.wants(SupervisorFactory(answers_given=0), make_question(now=now), now=now)


@pytest.mark.parametrize(("days", "wanted"), [(0, True), (1, False)])
def test_everyone_under_18_until_their_birthday(calendar, now, days, wanted):
    person = PersonFactory(born_on=date(2008, 11, 17))
    assert offering.wants(person, make_question(now=now), now=now + timedelta(days=days)) is wanted


def offered(person, now):
    return [(offer.advisor, offer.why) for offer in offering.offers(person, now=now)]


def test_who_asked_comes_first_then_under_18_then_amber_then_the_first_five(written, young, sam, ruth, omar, now):
    priya, jaz = PersonFactory(alias="Priya"), PersonFactory(alias="Jaz")
    written(by=sam, at=now - timedelta(minutes=4))
    written(by=priya, at=now - timedelta(minutes=3), level="amber")
    written(by=young, at=now - timedelta(minutes=2))
    sitting.ask(question=written(by=jaz, at=now - timedelta(minutes=1)), by=jaz, now=now)
    written(by=PersonFactory(alias="Old hand"))
    assert offered(omar, now) == [
        ("Jaz", "asks for somebody"),
        ("Callum", "is under 18"),
        ("Priya", "is writing on an amber question"),
        ("Sam", "is writing one of their first five"),
    ]


def test_within_one_kind_whoever_has_written_the_longest_comes_first(written, omar, now):
    for minutes, alias in ((1, "Late"), (9, "Early"), (5, "Between")):
        written(by=PersonFactory(alias=alias, answers_given=0), at=now - timedelta(minutes=minutes))
    assert [alias for alias, _ in offered(omar, now)] == ["Early", "Between", "Late"]


def test_what_somebody_sits_beside_is_not_offered_until_they_get_up_unmet(written, ruth, omar, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    assert offered(omar, now) == []
    sitting.get_up(question=question, by=ruth, now=now)
    assert len(offered(omar, now)) == 1


def test_who_was_sat_beside_is_offered_again_only_if_they_ask(written, sam, ruth, omar, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    for person in (ruth, sam):
        presence.beat(question=question, by=person, now=now)
    sitting.get_up(question=question, by=ruth, now=now)
    assert offered(omar, now) == []
    sitting.ask(question=question, by=sam, now=now)
    assert offered(omar, now) == [("Sam", "asks for somebody")]


def test_only_what_is_being_written_is_offered(written, sam, omar, now):
    question = written()
    send(question, now=now)
    other = written()
    claiming.hand_back(question=other, by=sam, version=other.version, note="", now=now)
    assert offered(omar, now) == []


def test_nobody_is_offered_their_own_or_what_they_may_not_see_or_cannot_read(written, omar, ruth, now):
    writers = [omar, *PersonFactory.create_batch(3)]
    ago = [now - timedelta(minutes=minutes) for minutes in (4, 3, 2, 1)]
    own, recused, dutch, staff = (
        written(level="amber", by=person, at=at) for person, at in zip(writers, ago, strict=True)
    )
    claiming.recuse(question=recused, by=omar, now=now)
    Question.objects.filter(pk=dutch.pk).update(language="nl")
    Question.objects.filter(pk=staff.pk).update(about_staff=True)
    assert offered(omar, now) == []
    assert [offer.question for offer in offering.offers(LeadFactory(), now=now)] == [own, recused, staff]


def test_a_call_of_the_advisor_before_is_not_this_ones(written, sam, ruth, omar, now):
    question = written()
    sitting.ask(question=question, by=sam, now=now)
    claiming.assign(question=question, to=PersonFactory(), by=ruth, version=question.version, now=now)
    assert offered(omar, now) == []


def test_at_most_twenty_are_offered(written, omar, now):
    for person in PersonFactory.create_batch(21, answers_given=0):
        written(by=person)
    assert len(offered(omar, now)) == 20


def test_only_reviewers_are_offered_anything(sam, now):
    with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead"):
        offering.offers(sam, now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(written, omar, now, count, django_assert_num_queries):
    for _ in range(count):
        question = written(by=PersonFactory(answers_given=0))
        Question.objects.filter(pk=question.pk).update(topic=TopicFactory())
    with django_assert_num_queries(1):
        assert len(offering.offers(omar, now=now)) == count


@pytest.mark.parametrize(
    ("today", "born", "young"),
    [
        (date(2026, 11, 16), date(2008, 11, 16), False),
        (date(2026, 11, 16), date(2008, 11, 17), True),
        (date(2028, 2, 29), date(2010, 2, 28), False),
        (date(2028, 2, 29), date(2010, 3, 1), True),
    ],
)
def test_the_list_reckons_an_age_as_the_person_does(written, omar, today, born, young):
    at = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    person = PersonFactory(born_on=born, trained_until=today)
    written(by=person, at=at)
    assert person.is_under_18(at) is young
    assert offered(omar, at) == ([(person.alias, "is under 18")] if young else [])


def test_a_birthday_begins_at_midnight_of_the_services_own_clock(written, omar):
    at = datetime(2027, 7, 6, 23, 30, tzinfo=UTC)  # half past midnight there
    person = PersonFactory(born_on=date(2009, 7, 7))
    written(by=person, at=at)
    assert (person.is_under_18(at), offered(omar, at)) == (False, [])


def test_an_offer_is_made_from_the_row_as_it_stands(written, omar, now):
    question = written()
    assert offering.offers(omar, now=now)[0].question == read(question)
