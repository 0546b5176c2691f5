from datetime import date, timedelta

import pytest
from django.db import connection

from advisors.drafting import claiming, desk, writing
from advisors.drafting.models import DraftVersion, Recusal
from questions.models import Question, Round
from questions.partners.models import Partner
from tests.factories import PersonFactory, SupervisorFactory, TopicFactory

pytestmark = pytest.mark.django_db


def shown(person, now):
    return {card.question.pk for card in desk.cards(person, now=now)}


def test_the_desk_shows_just_what_may_be_claimed(triaged, advisor, now):
    school = Partner.objects.create(name="Hill School", slug="hill", kind="school")
    never, sensitive = TopicFactory(slug="grief"), TopicFactory(sensitive=True)
    rows = [
        triaged(),
        triaged(level="amber"),
        triaged(topic=never),
        triaged(topic=sensitive),
        triaged(topic=TopicFactory()),
        triaged(partner=school),
        triaged(writer="adult"),
        triaged(writer="expert"),
        triaged(about_staff=True),
        triaged(quarantined=True),
        triaged(may_know_advisor=True),
        triaged(language="nl"),
    ]
    Recusal.objects.create(question=rows[1], person=advisor, at=now)
    claiming.claim(question=rows[0], by=PersonFactory(), version=2, now=now)
    young = PersonFactory(born_on=date(2010, 3, 1), partner=school)
    bound = PersonFactory()
    bound.boundaries = '{"grief": "never"}'
    both = PersonFactory(languages=["en", "nl"])
    for person in (advisor, young, bound, both, SupervisorFactory(), PersonFactory(trained_until=None)):
        may = {row.pk for row in rows if not desk.fitting.why_not(person, row, now)}
        assert shown(person, now) == may
    assert (len(shown(advisor, now)), len(shown(both, now))) == (5, 7)
    assert len(shown(young, now)) == 2


def test_a_card_holds_what_a_supervisor_wrote_and_none_of_the_askers_words(triaged, advisor, now):
    question = triaged(topic=TopicFactory(slug="lonely", label="Lonely"), content_notes=["bullying"])
    advisor.boundaries = '{"lonely": "ask"}'
    card = desk.cards(advisor, now=now)[0]
    assert (card.question, card.topic, card.summary, card.notes, card.ask_first, card.offered) == (
        question,
        "Lonely",
        "New school, eats alone.",
        ["bullying"],
        True,
        False,
    )
    assert card.time == ("31 staffed hours left", "on_time", "due Thu 19 Nov, 18:00")


def test_a_follow_up_is_offered_to_its_advisor_first(triaged, advisor, now):
    triaged()
    question = triaged()
    Question.objects.filter(pk=question.pk).update(offered_to=advisor)
    assert [(card.question.pk == question.pk, card.offered) for card in desk.cards(advisor, now=now)] == [
        (True, True),
        (False, False),
    ]
    other = PersonFactory()
    assert len(desk.cards(other, now=now)) == 1
    assert len(desk.cards(other, now=now + timedelta(hours=4))) == 2


def test_at_most_twenty_cards_the_soonest_due_first(triaged, advisor, now):
    rows = [triaged() for _ in range(22)]
    last = rows[-1].round
    last.promised_at -= timedelta(hours=1)
    last.due_at = last.promised_at
    last.save()
    cards = desk.cards(advisor, now=now)
    assert len(cards) == 20
    assert cards[0].question == rows[-1]


def test_a_red_question_leads_the_desk_however_many_have_waited_longer(triaged, advisor, now):
    for _ in range(desk.LOOKED_AT):
        triaged()
    red = triaged(level="red")
    Question.objects.filter(pk=red.pk).update(asked_at=now)
    Round.objects.filter(question=red).update(due_at=red.round.due_at + timedelta(days=7))
    assert [card.question.level for card in desk.cards(advisor, now=now)] == ["red"] + ["green"] * 19
    assert claiming.take_next(by=advisor, now=now) == red


def test_my_work_puts_what_waits_for_me_first(triaged, advisor, now):
    sent, mine = triaged(), triaged()
    for question in (sent, mine):
        claiming.claim(question=question, by=advisor, version=2, now=now)
    details = ["eat lunch alone", "My mum"]
    version = writing.save(question=sent, kind="answer", text="Hi.", details=details, base=0, by=advisor, now=now)
    writing.submit(question=sent, kind="answer", base=1, by=advisor, version=3, now=now)
    assert [(card.question, card.state, card.to_accept) for card in desk.mine(advisor, now=now)] == [
        (mine, "You are writing", False),
        (sent, "Being checked", False),
    ]
    writing.append(version.draft, text="Hello.", details=details, base=1, by=SupervisorFactory(), now=now)
    assert [card.to_accept for card in desk.mine(advisor, now=now)] == [False, True]
    assert DraftVersion.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_one_and_for_three(triaged, advisor, now, count, django_assert_num_queries):
    for _ in range(count):
        triaged(topic=TopicFactory())
        question = triaged(topic=TopicFactory())
        claiming.claim(question=question, by=advisor, version=2, now=now)
    with django_assert_num_queries(3):
        assert len(desk.cards(advisor, now=now)) == count
    with django_assert_num_queries(2):
        assert len(desk.mine(advisor, now=now)) == count


def test_the_desk_reads_the_queue_by_its_index(triaged, advisor, now):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # it would read a table of three rows whole
    assert "question_queue" in desk._waiting(advisor, now).explain()
