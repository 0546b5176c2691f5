"""A level goes up by words and down by a person alone, whoever reads and writes at the same time."""

import pytest

from askpeer.errors import Erased, Stale
from questions import erasing, moves, states
from questions.intake import feedback, following, reporting
from questions.models import Feedback, Question, SafetyReport
from questions.moves import Actor
from tests.factories import make_question

pytestmark = pytest.mark.django_db
SUPERVISOR, ADVISOR = Actor(states.SUPERVISOR, "person:s"), Actor(states.ADVISOR, "person:a")


@pytest.fixture
def answered(calendar, now):
    question = make_question(now=now)
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR), ("answered", SUPERVISOR)):
        moves.move(question, to, by=by, now=now)
    turn = question.round
    turn.answered_at = now
    turn.save(update_fields=["answered_at"])
    return question


def raised_meanwhile(question, now):
    """The asker's page read the question; then a supervisor raised it to red."""
    moves.set_alarm(Question.objects.get(pk=question.pk), now=now, changes={"level": "red"})


def test_feedback_read_before_a_raise_does_not_lower_the_level(answered, now):
    raised_meanwhile(answered, now)
    feedback.give(question=answered, words="thank you", now=now)
    assert Question.objects.get().level == "red"


def test_a_follow_up_read_before_a_raise_does_not_lower_the_level(answered, now):
    raised_meanwhile(answered, now)
    following.follow_up(question=answered, text="One more thing.", now=now)
    row = Question.objects.get()
    assert (row.status, row.level) == ("new", "red")


def test_a_move_made_on_an_older_level_is_stale(answered, now):
    raised_meanwhile(answered, now)
    with pytest.raises(Stale):
        moves.move(answered, states.CLOSED, by=moves.SERVICE, now=now)
    assert Question.objects.get().status == "answered"


def test_nothing_is_kept_on_a_question_that_was_just_erased(answered, now):
    erasing.erase(Question.objects.get(), by=moves.ASKER, now=now)
    with pytest.raises(Erased):
        feedback.give(question=answered, words="thank you", now=now)
    with pytest.raises(Erased):
        reporting.report(question=answered, words="wrong", now=now)
    assert (Feedback.objects.count(), SafetyReport.objects.count()) == (0, 0)
