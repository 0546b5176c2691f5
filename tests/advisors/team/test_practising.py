from datetime import timedelta

import pytest
from django.db import connection

from advisors.models import Person
from advisors.team import practising, teaching
from advisors.team.models import Attempt
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.advisors.team.practice import answered
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TrusteeFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db
WORDS = "That sounds so tiring. What would a good evening look like?"
UNIT = teaching.find("listening", "open-questions")
OTHER = teaching.find("limits", "red-flags")
SECOND = timedelta(seconds=1)


def send(person, now, words=WORDS, unit=UNIT):
    return practising.send(unit=unit, words=words, by=person, now=now)


def mark(attempt, by, now, words="I like your last question.", good=True):
    return practising.mark(attempt=attempt, words=words, good=good, by=by, now=now)


def test_the_model_answer_opens_after_ones_own_attempt_at_this_very_unit(sam, ruth, now):
    for unit, person in ((OTHER, sam), (UNIT, ruth)):
        send(person, now, unit=unit)
    with pytest.raises(Refused, match=r"^You see our answer once you have sent your own\.$"):
        practising.model_answer(sam, UNIT)
    send(sam, now)
    assert practising.model_answer(sam, UNIT) == UNIT.model


def test_an_attempt_is_sealed_under_its_writers_key_and_the_trail_knows_nothing_of_it(sam, ruth, now):
    mark(send(sam, now), ruth, now, "Warm and clear.")
    row = Attempt.objects.get()
    assert (row.person, row.track, row.unit, row.text, row.at) == (sam, "listening", "open-questions", WORDS, now)
    assert (row.feedback, row.feedback_by, row.feedback_at, row.good) == ("Warm and clear.", ruth, now, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, feedback FROM team_attempt")
        kept = b"".join(bytes(value) for value in cursor.fetchone())
    assert (b"tiring" in kept, b"Warm" in kept) == (False, False)
    assert history.of(sam.name) + history.of(ruth.name) == []


def test_one_waits_at_a_time_and_the_same_words_twice_are_the_same_one(sam, ruth, now):
    first = send(sam, now)
    assert send(sam, now + SECOND).pk == first.pk
    with pytest.raises(Refused, match="You sent an answer to this one already"):
        send(sam, now, "Something else.")
    send(sam, now, unit=OTHER)
    mark(first, ruth, now, good=False)
    second = send(sam, now + SECOND, "Something else.")
    assert [row.pk for row in practising.of_unit(sam, UNIT)] == [second.pk, first.pk]


def test_of_two_windows_at_once_one_is_first_and_the_other_is_told(sam, now):
    """Both hold their own row first: who comes second sees what the first one sent."""
    with (
        pytest.raises(Refused, match="You sent an answer to this one already"),
        before("SELECT", "advisors_person", lambda: send(sam, now, "From another window.")),
    ):
        send(sam, now)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Write your own answer first"),
        (" \n\u200b ", "Write your own answer first"),
        ("x" * 3001, "3,000 characters at most. It has 3,001"),
        ("a\0b", "cannot store"),
        ("a\ud800b", "cannot store"),
    ],
)
def test_an_attempt_that_cannot_be_kept_is_refused(sam, now, words, sentence):
    with pytest.raises(Refused, match=sentence):
        send(sam, now, words)
    assert Attempt.objects.count() == 0


def test_three_thousand_characters_fit(sam, now):
    assert send(sam, now, "x" * 3000).text == "x" * 3000


def test_whoever_answers_questions_practises_also_under_18_and_nobody_else(ruth, now):
    young = PersonFactory(born_on=now.date().replace(year=2010))
    for person in (young, ruth, LeadFactory()):
        send(person, now)
    for person in (ManagerFactory(), TrusteeFactory(), PersonFactory(is_active=False)):
        with pytest.raises(Refused, match=r"^Practice is for people who answer questions here\.$"):
            send(person, now)
    assert Attempt.objects.count() == 3


def test_a_reviewer_gives_feedback_and_never_on_their_own(sam, ruth, now):
    attempt, own = send(sam, now), send(ruth, now)
    for by in (ManagerFactory(), PersonFactory(), TrusteeFactory(), SupervisorFactory(is_active=False)):
        with pytest.raises(Refused, match="Only a supervisor"):
            mark(attempt, by, now)
    with pytest.raises(Refused, match="Somebody else has to look at your own answer"):
        mark(own, ruth, now)
    assert mark(own, LeadFactory(), now, good=False).good is False


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("  ", "Write some feedback"), ("x" * 1501, "1,500 characters at most. It has 1,501"), ("a\0b", "cannot store")],
)
def test_feedback_that_cannot_be_kept_is_refused(sam, ruth, now, words, sentence):
    attempt = send(sam, now)
    with pytest.raises(Refused, match=sentence):
        mark(attempt, ruth, now, words)
    assert Attempt.objects.get().feedback_at is None


def test_of_two_who_give_feedback_one_is_first_and_the_other_is_told(sam, ruth, omar, now):
    attempt, copy = send(sam, now), Attempt.objects.get()
    with (
        pytest.raises(Stale, match=r"^Somebody else gave feedback on it a moment ago\.$"),
        before("SELECT", "advisors_person", lambda: mark(copy, omar, now, "Try it shorter.", good=False)),
    ):
        mark(attempt, ruth, now)


def test_who_left_gets_no_feedback_any_more(sam, ruth, now):
    attempt = send(sam, now)
    Person.objects.filter(pk=sam.pk).update(is_active=False)
    with pytest.raises(Refused, match="They have left"):
        mark(attempt, ruth, now)
    assert practising.waiting(ruth) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_longest_waiting_come_first_and_it_costs_the_same(sam, ruth, now, count, django_assert_num_queries):
    people = [PersonFactory() for _ in range(count)]
    rows = [send(person, now - timedelta(hours=hours)) for hours, person in enumerate(people)]
    send(ruth, now - timedelta(days=1))
    mark(send(sam, now), ruth, now)
    with django_assert_num_queries(1):
        assert [(row.pk, row.person.alias) for row in practising.waiting(ruth)] == [
            (row.pk, row.person.alias) for row in reversed(rows)
        ]
    with django_assert_num_queries(1):
        assert practising.count_waiting(ruth) == count


def test_twenty_are_shown_and_all_are_counted(ruth, now):
    for _ in range(21):
        send(PersonFactory(), now)
    assert (len(practising.waiting(ruth)), practising.count_waiting(ruth)) == (20, 21)


@pytest.mark.parametrize("count", [1, 3])
def test_ones_own_attempts_and_who_wrote_back_cost_one_question_to_the_database(
    sam, ruth, now, count, django_assert_num_queries
):
    for hours in range(count):
        answered(sam, UNIT, ruth, now + timedelta(hours=hours))
    with django_assert_num_queries(1):
        rows = practising.of_unit(sam, UNIT)
        assert [(row.text, row.feedback, row.feedback_by.alias) for row in rows] == [
            ("Hello you.", "Warm.", "Ruth")
        ] * count


def test_an_attempt_is_kept_for_two_years_and_no_second_longer(sam, ruth, now):
    answered(sam, UNIT, ruth, now)
    send(ruth, now + SECOND)
    kept = timedelta(days=730)
    assert [practising.purge(now=now + kept - SECOND), practising.purge(now=now + kept)] == [0, 1]
    assert Attempt.objects.get().person == ruth
