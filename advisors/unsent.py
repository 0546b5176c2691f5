"""Own words that wait for a second person end where their writer may not speak in the question any more."""

from datetime import datetime

from advisors import roles
from advisors.models import Person
from advisors.signoff.models import OwnWords
from askpeer import history
from questions.models import Question


def end(question: Question, *, by: str, now: datetime, writer: Person | None = None) -> None:
    """End what waits in this question, or of it what this person wrote. The caller holds the question's row."""
    waiting = OwnWords.objects.filter(round__question=question, ended_at=None)
    for words in (waiting.filter(writer=writer) if writer else waiting).defer("text"):
        OwnWords.objects.filter(pk=words.pk).update(ended_at=now)
        facts = {"code": words.code, "own_words": str(words.pk), "kind": words.kind}
        history.record(subject=question.subject, kind="own_words_dropped", actor=by, now=now, facts=facts)


def end_of(writer: Person, *, by: str, now: datetime) -> None:
    """End whatever of theirs waits where they may not see the question any more, as their role is now."""
    theirs = Question.objects.filter(rounds__own_words__writer=writer, rounds__own_words__ended_at=None)
    for question in Question.objects.filter(pk__in=theirs).order_by("pk").select_for_update():
        if not roles.may_see(writer, question):
            end(question, by=by, now=now, writer=writer)
