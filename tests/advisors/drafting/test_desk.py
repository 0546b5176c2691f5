from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from advisors.drafting import claiming, desk, writing
from advisors.drafting.models import Claim, DraftVersion, Recusal
from advisors.signoff.models import Comment
from advisors.team import checking_in
from questions.models import Feedback, Question, Round
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
        seen = desk.look(advisor, now=now)
    with django_assert_num_queries(1):
        assert desk.why_not_more(advisor, seen, now=now) == []
    assert len(seen.cards) == count
    with django_assert_num_queries(2):
        assert len(desk.mine(advisor, now=now)) == count


def test_the_desk_reads_the_queue_by_its_index(triaged, advisor, now):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # it would read a table of three rows whole
    assert "question_queue" in desk._waiting(advisor, now).explain()


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_kept_for_others_costs_one_more_however_much_it_is(
    triaged, advisor, now, count, django_assert_num_queries
):
    for _ in range(count):
        Question.objects.filter(pk=triaged().pk).update(offered_to=PersonFactory(boundaries='{"grief": "never"}'))
    with django_assert_num_queries(4):  # red, all, their rounds, who is away
        assert desk.look(advisor, now=now).left_out["kept"] == count


def whys(person, now):
    return [card.why for card in desk.cards(person, now=now)]


def test_each_card_says_why_it_stands_where_it_does(triaged, advisor, now):
    red, _oldest, _next, offered, late, dropped = (triaged(level=level) for level in ("red", *["green"] * 5))
    Question.objects.filter(pk=offered.pk).update(offered_to=advisor)
    Round.objects.filter(question=late).update(reached="late", promised_at=now, due_at=now)
    Question.objects.filter(pk=dropped.pk).update(status="changes_requested")
    turn = dropped.round
    turn.due_at += timedelta(days=1)
    turn.save()
    assert whys(advisor, now) == [
        "Red: comes first",
        "They wrote back. You answered last time, so you go first.",
        "It is late",
        "Oldest promise that fits you",
        "Fits you",
        "Its advisor had to let it go",
    ]
    assert desk.cards(advisor, now=now)[0].question == red


@pytest.mark.parametrize(("after", "why"), [(0, "Oldest promise that fits you"), (80, "It is late")])
def test_a_promise_that_a_closure_moved_is_not_late_before_its_first_date(triaged, advisor, now, after, why):
    triaged()
    due = Round.objects.get().due_at
    Round.objects.update(redated_at=due + timedelta(days=1), redated_for="closed")
    assert whys(advisor, now + timedelta(hours=after)) == [why]


def test_a_promise_that_is_nearly_over_says_so(triaged, advisor, now):
    triaged()
    assert whys(advisor, datetime(2026, 11, 19, 17, tzinfo=UTC)) == ["Its promised time is nearly over"]


def why_not_more(person, now):
    return desk.why_not_more(person, desk.look(person, now=now), now=now)


def test_why_there_are_no_more_is_counted_for_each_reason(triaged, now):
    school = Partner.objects.create(name="Hill School", slug="hill", kind="school")
    grief = TopicFactory(slug="grief")
    for values in ({"topic": grief}, {"topic": grief}, {"partner": school}, {"language": "nl"}, {"writer": "expert"}):
        triaged(**values)
    kept = triaged()
    Question.objects.filter(pk=kept.pk).update(offered_to=PersonFactory())
    person = PersonFactory(partner=school)
    person.boundaries = '{"grief": "never"}'
    assert why_not_more(person, now) == [
        "2 are on topics you keep away from.",
        "1 came through your own school or club.",
        "1 is in a language you do not answer in.",
        "1 is for an expert: they asked for one.",
        "1 waits for the advisor who wrote last time.",
    ]


def test_those_under_18_read_how_many_are_for_adults_and_not_why(triaged, now):
    for values in ({"level": "amber"}, {"content_notes": ["abuse"]}, {"writer": "adult"}):
        triaged(**values)
    assert why_not_more(PersonFactory(born_on=date(2010, 3, 1)), now) == ["3 are for people who are 18 or over."]


def test_what_nobody_is_to_hear_of_is_not_among_the_reasons(triaged, advisor, now):
    recused = triaged()
    Recusal.objects.create(question=recused, person=advisor, at=now)
    for hidden in ("about_staff", "quarantined", "may_know_advisor"):
        triaged(**{hidden: True})
    claiming.claim(question=triaged(), by=PersonFactory(), version=2, now=now)
    assert (desk.cards(advisor, now=now), why_not_more(advisor, now)) == ([], [])


def test_a_hard_day_and_a_heavy_week_take_the_heavy_cards_away_and_say_so(triaged, advisor, now):
    for _ in range(2):
        triaged(level="amber")
    light = triaged()
    checking_in.check_in(person=advisor, mood="hard", now=now)
    assert shown(advisor, now) == {light.pk}
    assert why_not_more(advisor, now) == ["2 are heavy, and you said that today is hard."]
    checking_in.check_in(person=advisor, mood="fine", now=now)
    assert len(shown(advisor, now)) == 3
    for _ in range(3):
        question = triaged(level="red")
        claiming.claim(question=question, by=advisor, version=2, now=now)
    assert shown(advisor, now) == {light.pk}
    assert why_not_more(advisor, now) == ["2 are heavy, and you took three heavy ones in the last seven days."]


def test_the_reasons_are_read_of_those_that_waited_longest_alone(triaged, advisor, now, monkeypatch):
    monkeypatch.setattr(desk, "LOOKED_AT", 2)
    for _ in range(3):
        triaged(writer="expert")
    assert why_not_more(advisor, now) == ["2 are for an expert: they asked for one."]


@pytest.fixture
def answered(held, advisor, now):
    """A question that the advisor answered an hour ago."""
    held.round.answered_at = now - timedelta(hours=1)
    held.round.save()
    Claim.objects.update(claimed_at=now - timedelta(hours=3), released_at=now - timedelta(hours=1))
    Question.objects.update(status="answered")
    return Question.objects.get()


def thank(question, passed_at, words="Thank you, write to jo@example.org"):
    row = Feedback(round=question.round, sent_at=passed_at, passed_at=passed_at, words=words)
    row.save()


@pytest.mark.parametrize(("seconds", "number"), [(0, 0), (1, 1)])
def test_thanks_are_what_was_passed_on_since_they_left_with_its_details_hidden(
    answered, advisor, now, seconds, number, django_assert_num_queries
):
    thank(answered, now)
    with django_assert_num_queries(1):
        told = desk.thanks(advisor, since=now - timedelta(seconds=seconds), now=now)
    assert told == [("No topic yet", "Thank you, write to [e-mail address]", "")] * number
    assert desk.thanks(PersonFactory(), since=now - timedelta(days=1), now=now) == []


@pytest.mark.parametrize("why", ["not passed on", "about a colleague", "stepped back", "handed back before"])
def test_thanks_that_are_not_theirs_to_read(answered, advisor, now, why):
    thank(answered, now)
    assert len(desk.thanks(advisor, since=now - timedelta(hours=1), now=now)) == 1
    if why == "not passed on":
        Feedback.objects.update(passed_at=None)
    elif why == "about a colleague":
        Question.objects.update(about_staff=True)
    elif why == "stepped back":
        Recusal.objects.create(question=answered, person=advisor, at=now)
    else:
        Claim.objects.update(released_at=now - timedelta(hours=2))
    assert desk.thanks(advisor, since=now - timedelta(hours=1), now=now) == []


def test_remarks_of_others_since_they_left_are_counted_on_what_they_hold(held, advisor, supervisor, now):
    version = writing.save(question=held, kind="answer", text="Hi.", details=[], base=0, by=advisor, now=now)
    for writer, at in ((supervisor, now), (supervisor, now + timedelta(minutes=1)), (advisor, now)):
        Comment.objects.create(version=version, paragraph=0, text="Warmer.", writer=writer, written_at=at)

    def remarks(since):
        return [card.remarks for card in desk.mine(advisor, now=now, since=since)]

    assert [remarks(since) for since in (None, now - timedelta(seconds=1), now)] == [[0], [2], [1]]
