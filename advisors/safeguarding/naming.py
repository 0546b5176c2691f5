"""Whom a case about staff is about: they are kept out of it without a word, and its words are held."""

from datetime import datetime

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming
from advisors.models import Person
from advisors.safeguarding import recording
from advisors.signoff import locking, seeing
from askpeer import history
from askpeer.errors import Refused
from questions import holding
from questions.models import LockedNote, Question

NOBODY_LEFT = "Nobody else may read this case then. Ask the manager to invite a second lead or a trustee first."


@transaction.atomic
def name_person(*, question: Question, person: Person, by: Person, now: datetime) -> LockedNote:
    """Keep this person from the case for good, hold its words, and hand it on where it is about the reader.

    They are told nothing, and the trail does not say whom it is about. Raises Refused.
    """
    # People first, then the question: no reader leaves while it is seen who is left.
    roles.lock_readers(person)
    person = claiming.lock(person)
    question = Question.objects.select_for_update().get(pk=question.pk)
    seeing.check(by, question)
    if not question.about_staff:
        raise Refused("This is no case about someone who works here.")
    if not person.is_active:
        raise Refused("Choose somebody who works here now.")
    _check_somebody_is_left(question, person)
    note = holding.standing(question, now=now) or locking.begin(question, by=by, now=now)
    claiming.recuse(question=question, by=person, now=now)
    history.record(subject=question.subject, kind="somebody_named", actor=by.name, now=now)
    note.refresh_from_db(fields=["kept_from"])
    recording.tell_of(note, by=by, now=now)
    return note


def _check_somebody_is_left(question: Question, person: Person) -> None:
    if not roles.others_who_see(question, than=person).exists():
        raise Refused(NOBODY_LEFT)
