"""Rounds with their answers, as the figures read them, at moments that a test chooses."""

from datetime import timedelta

from advisors.drafting.models import Claim, Draft, DraftVersion
from advisors.signoff.models import Approval
from questions import states
from questions.models import Question, Round
from tests.factories import make_question

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(at, *, status=states.NEW, due=None, redated=None, why="", **values):
    """A question whose round is due three days later where no other moment is said."""
    question = make_question(now=at)
    Question.objects.filter(pk=question.pk).update(status=status, **values)
    due = due or at + 3 * DAY
    Round.objects.filter(question=question).update(
        promised_at=due, due_at=due, redated_at=redated, redated_for=why if redated else ""
    )
    return Question.objects.get(pk=question.pk)


def answered(at, until, *, writer=None, checker=None, saved=None, **more):
    """A question asked at a moment and answered at another, by a writer whose wording a checker signed."""
    question = asked(at, status=states.ANSWERED, **more)
    turn = question.round
    Round.objects.filter(pk=turn.pk).update(answered_at=until)
    if writer:
        Claim.objects.create(question=question, person=writer, round_number=1, claimed_at=at, released_at=until)
    if checker:
        draft = Draft.objects.create(round=turn, number=1)
        version = DraftVersion.objects.create(
            draft=draft, number=1, writer=writer, text="Words.", saved_at=saved or until
        )
        Approval.objects.create(version=version, writer=writer, approver=checker, digest=b"x", at=until)
    return question
