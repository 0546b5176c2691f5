"""The second pair of eyes: publish a text that somebody else made."""

from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions.models import Question
from questions.publication import addressing, consenting, nominating, searching
from questions.publication.changing import Staff, change, check_live
from questions.publication.models import Publication

Status = Publication.Status
NOT_BEFORE = timedelta(days=14)  # after the answer: time to think again
GOOD_FOR = timedelta(days=365)  # then a person reads it again
TRIES = 20


@transaction.atomic
def publish(*, publication: Publication, version: int, by: Staff, now: datetime) -> None:
    """Put exactly this version into the library, in plain text now. by checked it and is not who edited it.

    Raises Refused where a rule is not met, Stale when version is not the row's any more.
    """
    check_live(publication)
    if publication.version != version:
        raise Stale
    _check_ready(publication, by)
    _check_asker(publication, now=now)
    words = publication.draft
    changes = asdict(words) | {
        "working": None,
        "status": Status.PUBLISHED,
        "answer_html": prose.render(words.answer_text),
        "checked_by": by,
        "checked_on": now.date(),
        "review_by": (now + GOOD_FOR).date(),
        "published_at": publication.published_at or now,
        "hidden_at": None,
    }
    _name(publication, version=version, changes=changes)
    searching.index(publication)
    history.record(subject=publication.subject, kind="published", actor=by.name, now=now, facts={"version": version})


def _check_ready(publication: Publication, by: Staff) -> None:
    if publication.status == Status.PUBLISHED:
        raise Refused("This is in the library already.")
    if publication.status != Status.ANONYMISED or publication.topic_id is None:
        raise Refused("Somebody has to write the public text first.")
    if publication.edited_by_id == by.pk:
        raise Refused("You wrote this version. Somebody else has to check it.")


def _check_asker(publication: Publication, *, now: datetime) -> None:
    """The asker's yes. One that was published with it keeps it when the private question is erased by the clock."""
    # Held until the commit: a choice made at this moment waits, and then takes down what is published here.
    key = publication.question_id
    question = Question.objects.select_for_update().get(pk=key) if key else None
    if question is None:
        if publication.published_at is None or publication.gone_digest is not None:
            raise Refused("The question has been erased, and the asker's yes with it. This cannot be published.")
        return
    if not nominating.may_be_published(question):
        raise Refused("A question like this is never published.")
    if not consenting.holds(publication):
        raise Refused("The asker has not said yes to this text.")
    if now < _answered_at(question, publication.round_number) + NOT_BEFORE:
        raise Refused("The answer is less than 14 days old. Give the asker that time to think again.")


def _answered_at(question: Question, round_number: int) -> datetime:
    answered = question.rounds.get(number=round_number).answered_at
    if answered is None:
        raise Refused("This round has no answer yet.")
    return answered


def _name(publication: Publication, *, version: int, changes: dict[str, Any]) -> None:
    """The UPDATE, with an address made from the title; a second title like it gets a number."""
    if publication.published_at and publication.gone_digest is None:
        change(publication, version=version, changes=changes)
        return
    for slug in islice(addressing.free(publication, publication.draft.title), TRIES):
        try:
            with transaction.atomic():
                change(publication, version=version, changes=changes | {"slug": slug, "gone_digest": None})
        except IntegrityError:  # somebody took the address between the look and the UPDATE
            continue
        return
    raise Stale
