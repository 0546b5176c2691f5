"""Where signatures end: with the review they were given in, or with what let their giver read the question.

The rows are signoff's, an app above this one, and are reached from the versions they stand under.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from questions.models import Message, Question


def out_of_review(question: Question, *, now: datetime) -> None:
    """What waits in this round waits for nobody any more, and its signatures end. The caller has locked the row.

    Whoever signed read it as it stood then: who may sign, and who writes it, may change until it is sent again.
    """
    _void(_unsent().filter(draft__round=question.round, approvals__voided_at=None, approvals__isnull=False), now)
    Draft.objects.filter(round=question.round).update(submitted_at=None)


def end_those_of(person: Person, *, now: datetime, question: Question | None = None) -> int:
    """This person's signatures under what is not sent yet end, in one question or everywhere.

    Return how many, without cases about staff.
    """
    signed = _signed_by(person)
    return _void(signed.filter(draft__round__question=question) if question else signed, now, approver=person)


def count_those_of(person: Person) -> int:
    """How many would end everywhere, without cases about staff. 1 SQL."""
    # One person signs a version once.
    return _signed_by(person).filter(draft__round__question__about_staff=False).count()


def _signed_by(person: Person) -> QuerySet[DraftVersion]:
    return _unsent().filter(approvals__approver=person, approvals__voided_at=None)


def _unsent() -> QuerySet[DraftVersion]:
    """What was sent keeps its signatures: they stand for the words the asker read."""
    sent = Message.objects.filter(round=OuterRef("draft__round"), kind=OuterRef("draft__kind"))
    about_staff = F("draft__round__question__about_staff")
    return DraftVersion.objects.filter(~Exists(sent)).only("pk").annotate(about_staff=about_staff)


def _void(versions: QuerySet[Any], now: datetime, **whose: Person) -> int:
    told = 0
    for version in versions.distinct():
        ended = version.approvals.filter(voided_at=None, **whose).update(voided_at=now)
        told += 0 if version.about_staff else ended
    return told
