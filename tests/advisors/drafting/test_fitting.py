from datetime import UTC, date, datetime, timedelta

import pytest

from advisors.drafting import claiming, desk, fitting
from advisors.drafting.models import Claim, Recusal
from advisors.duty.models import Absence, OnDuty
from advisors.models import Person
from advisors.signoff import triaging
from advisors.team import checking_in, wrapping_up
from questions import states
from questions.models import Question
from questions.partners.models import Partner
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TopicFactory

pytestmark = pytest.mark.django_db
SIXTEEN = date(2010, 3, 1)
NOBODY = "Nobody is on duty right now, so nothing new can be taken. It opens again when a supervisor starts duty."
THREE_HEAVY = "You took 3 heavy questions in the last seven days. Leave this one for someone else."
TWELVE_HOURS = "You gave 12 hours in the last seven days. Thank you. Nothing new for now: have a rest."
HARD_DAY = "You said that today is hard, and this is a heavy one. Leave it for someone else today."
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


@pytest.fixture
def young(db):
    return PersonFactory(born_on=SIXTEEN)


def bounded(choice, topic, **values):
    person = PersonFactory(**values)
    person.boundaries = f'{{"{topic.slug}": "{choice}"}}'
    person.save()
    return Person.objects.get(pk=person.pk)


def test_a_trained_adult_may_claim_a_green_question(triaged, advisor, now):
    assert fitting.why_not(advisor, triaged(), now) == ""


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"about_staff": True}, "This question goes to the safeguarding lead alone."),
        ({"about_staff": True, "about_lead": True}, "You cannot open this question."),
        ({"quarantined": True}, "A supervisor still has to look at this question."),
        ({"may_know_advisor": True}, "They may know an advisor, so a supervisor chooses who writes."),
        ({"writer": "expert"}, "They asked for an expert."),
        ({"writer": "adult"}, ""),
        ({"level": "amber"}, ""),
        ({"level": "red"}, ""),
    ],
)
def test_what_keeps_an_adult_advisor_away(triaged, advisor, now, values, sentence):
    assert fitting.why_not(advisor, triaged(**values), now) == sentence


def test_a_question_is_for_people_who_answer_in_its_language(triaged, advisor, now):
    question, both = triaged(language="nl"), PersonFactory(languages=["en", "nl"])
    sentence = "This is in Dutch. It is for people who read and answer in Dutch."
    assert [fitting.why_not(person, question, now) for person in (advisor, both)] == [sentence, ""]
    assert fitting.why_not(both, triaged(), now) == ""


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, ""),
        ({"level": "amber"}, "Questions like this go to advisors who are 18 or over."),
        ({"level": "red"}, "Questions like this go to advisors who are 18 or over."),
        ({"writer": "adult"}, "They asked for someone who is 18 or over."),
    ],
)
def test_what_keeps_an_advisor_under_18_away(triaged, young, now, values, sentence):
    assert fitting.why_not(young, triaged(**values), now) == sentence


def test_a_sensitive_topic_is_kept_from_those_under_18(triaged, young, advisor, now):
    question = triaged(topic=TopicFactory(sensitive=True))
    assert fitting.why_not(young, question, now) == "Questions like this go to advisors who are 18 or over."
    assert fitting.why_not(advisor, question, now) == ""


@pytest.mark.parametrize("note", sorted(fitting.HEAVY))
def test_a_heavy_content_note_keeps_it_from_those_under_18_whatever_its_topic(triaged, young, advisor, now, note):
    question = triaged(content_notes=[note])
    assert fitting.why_not(young, question, now) == "Questions like this go to advisors who are 18 or over."
    assert fitting.why_not(advisor, question, now) == ""


def test_every_heavy_note_is_one_that_triage_can_choose():
    assert set(triaging.CONTENT_NOTES) > fitting.HEAVY


@pytest.mark.parametrize(
    ("hour", "minute", "curfew"),
    [(20, 44, ""), (20, 45, "warned"), (20, 59, "warned"), (21, 0, "locked"), (6, 59, "locked"), (7, 0, "")],
)
def test_the_evening_of_an_advisor_under_18(calendar, young, advisor, hour, minute, curfew):
    moment = datetime(2026, 11, 16, hour, minute, tzinfo=UTC)
    assert fitting.curfew(young, moment) == curfew
    assert fitting.curfew(advisor, moment) == ""


def test_the_evening_follows_the_clock_on_the_wall_in_summer(calendar, young):
    assert fitting.curfew(young, datetime(2026, 7, 1, 20, tzinfo=UTC)) == "locked"


def test_nobody_under_18_claims_after_nine(triaged, young):
    night = datetime(2026, 11, 16, 21, tzinfo=UTC)
    assert fitting.why_not(young, triaged(), night) == "It's late. Claiming opens again at 7 tomorrow morning."


def test_the_day_of_the_eighteenth_birthday_ends_the_rules_for_the_young(triaged, now):
    question = triaged(level="amber")
    assert fitting.why_not(PersonFactory(born_on=date(2008, 11, 16)), question, now) == ""
    assert fitting.why_not(PersonFactory(born_on=date(2008, 11, 17)), question, now) != ""


def test_a_topic_kept_away_from_is_refused_and_one_to_ask_about_is_marked(triaged, now):
    topic = TopicFactory()
    question = triaged(topic=topic)
    never, ask = bounded("never", topic), bounded("ask", topic)
    assert fitting.why_not(never, question, now) == "You keep away from this topic."
    assert fitting.why_not(ask, question, now) == ""
    assert (fitting.is_ask_first(ask, question), fitting.is_ask_first(never, question)) == (True, False)


def test_their_own_schools_questions_are_kept_from_them(triaged, now):
    school = Partner.objects.create(name="Hill School", slug="hill", kind="school")
    question = triaged(partner=school)
    sentence = "This question came through your own school or club."
    assert fitting.why_not(PersonFactory(partner=school), question, now) == sentence
    assert fitting.why_not(PersonFactory(), question, now) == ""


def test_who_stepped_back_never_gets_it_again(triaged, advisor, now):
    question = triaged()
    Recusal.objects.create(question=question, person=advisor, at=now)
    assert fitting.why_not(advisor, question, now) == "You stepped back from this question."


def test_training_and_role_are_asked_first(triaged, now):
    question = triaged()
    ran_out = PersonFactory(trained_until=date(2026, 11, 15))
    assert fitting.why_not(ran_out, question, now).startswith("Your training has run out.")
    assert fitting.why_not(ManagerFactory(), question, now) == "Your role does not answer questions."
    assert fitting.why_not(PersonFactory(is_active=False), question, now) == "This account is closed."


@pytest.mark.parametrize("factory", [SupervisorFactory, LeadFactory])
def test_supervisors_and_the_lead_write_where_an_expert_was_asked_for(triaged, now, factory):
    assert fitting.why_not(factory(), triaged(writer="expert"), now) == ""


@pytest.mark.parametrize(("born_on", "most"), [(date(2004, 5, 1), 3), (SIXTEEN, 2)])
def test_as_many_in_hand_as_the_rules_allow(triaged, now, born_on, most):
    person = PersonFactory(born_on=born_on)
    for _ in range(most):
        question = triaged()
        claiming.claim(question=question, by=person, version=question.version, now=now)
    sentence = f"You are writing {most} answers, and that is the most at once. Send or hand back one first."
    assert fitting.why_not(person, triaged(), now) == sentence


@pytest.mark.parametrize(
    ("status", "in_hand"), [("in_progress", 1), ("changes_requested", 1), ("pending_asker", 0), ("in_review", 0)]
)
def test_only_what_is_being_written_is_in_hand(held, advisor, status, in_hand):
    Question.objects.update(status=status)
    assert fitting.held(advisor) == in_hand


def test_a_reply_that_brings_one_too_many_back_is_named_with_the_limit(advisor, now):
    sentence = "You are writing 4 answers, and 3 is the most at once. Send or hand back one first."
    assert fitting.full_hands(advisor, 4, now) == sentence


def test_a_follow_up_waits_for_its_advisor_half_of_the_claim_budget(triaged, advisor, calendar, now):
    question, other = triaged(), PersonFactory()
    question.offered_to = advisor
    assert fitting.why_not(advisor, question, now) == ""
    assert fitting.why_not(other, question, now) == "It waits for the advisor who wrote last time."
    # Asked at 10:40 on Monday, promised for Thursday 18:00: 31 h 20 min staffed, of which claiming has a fifth.
    until = question.entered_at + timedelta(minutes=188)
    assert fitting.why_not(other, question, until - timedelta(seconds=1)) != ""
    assert fitting.why_not(other, question, until) == ""


def away(person, *days):
    for first, last in days:
        Absence.objects.create(person=person, first_day=date(2026, 11, first), last_day=date(2026, 11, last))


def is_kept(question, first, now):
    """Whether a question offered to this person waits for them, as whoever else is there sees it."""
    Question.objects.filter(pk=question.pk).update(offered_to=first)
    question = Question.objects.get(pk=question.pk)
    other = PersonFactory()
    said = fitting.why_not(other, question, now) == "It waits for the advisor who wrote last time."
    assert bool(desk.look(other, now=now).left_out["kept"]) == said
    return said


# Asked on Monday the 16th, promised for Thursday the 19th.
@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({}, True),
        ({"is_active": False}, False),
        ({"role": "manager"}, False),
        ({"trained_until": date(2026, 11, 15)}, False),
        ({"agreed_to": "2025-01"}, False),
        ({"leaving_on": date(2026, 11, 16)}, False),
        ({"leaving_on": date(2026, 11, 19)}, False),
        ({"leaving_on": date(2026, 11, 20)}, True),
        ({"most_at_once": 0}, False),
        ({"most_at_once": 1}, True),
        ({"boundaries": '{"*most": 0}'}, False),
        ({"boundaries": '{"*most": 1}'}, True),
        ({"boundaries": '{"lonely": "never"}'}, False),
        ({"boundaries": '{"lonely": "ask", "grief": "never"}'}, True),
        ({"languages": ["nl"]}, False),
    ],
)
def test_a_follow_up_is_kept_only_for_who_can_take_it(triaged, now, values, kept):
    first = PersonFactory()
    for name, value in values.items():
        setattr(first, name, value)
    first.save(update_fields=values or None)
    assert is_kept(triaged(topic=TopicFactory(slug="lonely")), first, now) == kept


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([(16, 19)], False),
        ([(10, 30)], False),
        ([(10, 17), (18, 19)], False),
        ([(16, 18)], True),
        ([(17, 19)], True),
        ([(16, 17), (19, 20)], True),
    ],
)
def test_a_follow_up_is_not_kept_for_who_is_away_until_it_is_due(triaged, advisor, now, days, kept):
    away(advisor, *days)
    assert is_kept(triaged(), advisor, now) == kept


def test_a_follow_up_is_kept_for_who_has_full_hands_or_a_hard_day(triaged, advisor, now):
    for _ in range(3):
        row = triaged()
        claiming.claim(question=row, by=advisor, version=row.version, now=now)
    checking_in.check_in(person=advisor, mood="hard", now=now)
    assert is_kept(triaged(), advisor, now)


def test_only_what_waits_without_a_holder_can_be_claimed(held, now):
    assert fitting.why_not(PersonFactory(), held, now) == "Somebody else has this question."
    held.status, held.holder = states.ANSWERED, None
    assert fitting.why_not(PersonFactory(), held, now) == "This question is not waiting for an advisor."


@pytest.mark.parametrize(("fewer", "most"), [(None, 3), (1, 1), (5, 3), (0, 0)])
def test_somebody_may_be_given_fewer_at_once_but_never_more(advisor, now, fewer, most):
    advisor.most_at_once = fewer
    assert fitting.most(advisor, now) == most


def test_one_at_once_and_none_at_all_have_their_own_sentences(advisor, now):
    advisor.most_at_once = 1
    sentence = "You are writing 1 answer, and that is the most at once. Send or hand back one first."
    assert (fitting.full_hands(advisor, 0, now), fitting.full_hands(advisor, 1, now)) == ("", sentence)
    advisor.most_at_once = 0
    assert fitting.full_hands(advisor, 0, now) == "You and your supervisor agreed that you take nothing new for now."


@pytest.mark.parametrize(
    ("values", "heavy"),
    [
        ({}, False),
        ({"level": "amber"}, True),
        ({"level": "red"}, True),
        ({"content_notes": ["bullying"]}, False),
        ({"content_notes": ["bullying", "abuse"]}, True),
    ],
)
def test_what_weighs_on_whoever_answers_it(triaged, values, heavy):
    assert fitting.is_heavy(triaged(**values)) is heavy


@pytest.fixture
def took(triaged, advisor):
    """Say that the advisor took a question of this level then, and maybe gave it back."""

    def take(at, *, released_at=None, **values):
        question = triaged(**{"level": "amber"} | values)
        Claim.objects.create(question=question, person=advisor, round_number=1, claimed_at=at, released_at=released_at)
        return question

    return take


def test_three_heavy_questions_in_seven_days(triaged, advisor, took, now):
    first = now - WEEK + SECOND
    for at in (first, now - timedelta(days=3), now):
        assert fitting.why_not(advisor, triaged(level="amber"), now) == ""
        took(at)
    assert fitting.why_not(advisor, triaged(level="amber"), now) == THREE_HEAVY
    assert fitting.why_not(advisor, triaged(topic=TopicFactory(sensitive=True)), now) == THREE_HEAVY
    assert fitting.why_not(advisor, triaged(), now) == ""
    assert fitting.why_not(PersonFactory(), triaged(level="amber"), now) == ""
    assert fitting.why_not(advisor, triaged(level="amber"), now + SECOND) == ""


def test_the_heavy_ones_already_taken_this_week_are_not_one_more(advisor, took, now):
    taken = [took(now - timedelta(days=1), released_at=now - timedelta(hours=2)) for _ in range(3)]
    assert [fitting.why_not(advisor, question, now) for question in taken] == ["", "", ""]


@pytest.mark.parametrize(("kept", "counts"), [(timedelta(minutes=10), False), (timedelta(minutes=10) + SECOND, True)])
def test_what_was_put_back_within_ten_minutes_does_not_count(advisor, took, now, kept, counts):
    question = took(now - timedelta(days=1), released_at=now - timedelta(days=1) + kept)
    assert (question.pk in fitting.heavy_of_the_week(advisor, now)) is counts


def test_light_ones_and_the_same_one_twice_are_not_counted(advisor, took, now):
    took(now, level="green")
    question = took(now - timedelta(days=2), released_at=now - timedelta(days=1))
    Claim.objects.create(question=question, person=advisor, round_number=1, claimed_at=now)
    assert fitting.heavy_of_the_week(advisor, now) == {question.pk}


def test_twelve_hours_in_seven_days_bring_nothing_new(triaged, advisor, now):
    question = triaged()
    wrapping_up.wrap_up(person=advisor, hours=11, minutes=59, now=now - timedelta(days=2))
    assert fitting.why_not(advisor, question, now) == ""
    wrapping_up.wrap_up(person=advisor, hours=0, minutes=1, now=now)
    assert fitting.why_not(advisor, question, now) == TWELVE_HOURS
    assert fitting.why_not(advisor, question, now + timedelta(days=5) - SECOND) == TWELVE_HOURS
    assert fitting.why_not(advisor, question, now + timedelta(days=5)) == ""


def test_the_limits_on_load_are_an_advisors_and_not_a_reviewers(triaged, supervisor, now):
    for _ in range(3):
        question = triaged(level="amber")
        claiming.claim(question=question, by=supervisor, version=2, now=now)
    wrapping_up.wrap_up(person=supervisor, hours=13, minutes=0, now=now)
    OnDuty.objects.all().delete()
    assert fitting.why_not(supervisor, triaged(level="amber"), now) == ""


@pytest.mark.parametrize(("ago", "sentence"), [(timedelta(minutes=30) - SECOND, ""), (timedelta(minutes=30), NOBODY)])
def test_nothing_new_is_taken_while_nobody_is_on_duty(triaged, advisor, now, ago, sentence):
    question = triaged()
    OnDuty.objects.update(seen_at=now - ago)
    assert fitting.why_not(advisor, question, now) == sentence


def test_an_adult_is_assigned_to_without_anybody_on_duty_and_a_younger_one_is_not(triaged, advisor, young, now):
    question = triaged()
    assert [fitting.barred(person, question, now) for person in (advisor, young)] == ["", ""]
    OnDuty.objects.all().delete()
    assert [fitting.barred(person, question, now) for person in (advisor, young)] == ["", NOBODY]


def test_on_a_hard_day_heavy_ones_are_for_somebody_else_unless_a_supervisor_decides(triaged, advisor, now):
    heavy, light = triaged(level="amber"), triaged()
    for mood, sentence in (("fine", ""), ("hard", HARD_DAY), ("good", "")):
        checking_in.check_in(person=advisor, mood=mood, now=now)
        assert fitting.why_not(advisor, heavy, now) == sentence
        assert fitting.why_not(advisor, light, now) == ""
        assert fitting.barred(advisor, heavy, now) == ""
