"""The second pair of eyes: publish a text that somebody else made."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions import holding
from questions.models import Question
from questions.partners import hooks
from questions.publication import addressing, consenting, nominating, recognising, searching
from questions.publication.changing import Staff, change, check_live
from questions.publication.models import Publication

Status = Publication.Status
NOT_BEFORE = timedelta(days=14)  # after the answer: time to think again
GOOD_FOR = timedelta(days=365)  # then a person reads it again
AT_MOST = timedelta(days=731)  # two years
TRIES = 20
NEVER = "A question like this is never published."


@transaction.atomic
def publish(*, publication: Publication, version: int, by: Staff, now: datetime, review_by: date | None = None) -> None:
    """Put exactly this version into the library, in plain text now. by checked it and wrote none of it.

    It is read again by review_by, in a year where nothing is said. Raises Refused where a rule is not met, Stale when
    version is not the row's any more.
    """
    _check_read(publication, version)
    _check_ready(publication, by)
    recognising.check(recognising.watch(publication).find(publication.draft))
    _check_asker(publication, _held(publication), now=now)
    words = publication.draft
    changes = asdict(words) | {
        "working": None,
        "status": Status.PUBLISHED,
        "answer_html": prose.render(words.answer_text),
        "published_at": publication.published_at or now,
        "hidden_at": None,
    }
    _name(publication, version=version, changes=changes | _checked(by, review_by, now))
    searching.index(publication)
    history.record(subject=publication.subject, kind="published", actor=by.name, now=now, facts={"version": version})
    hooks.published(publication, now=now)


@transaction.atomic
def renew(*, publication: Publication, version: int, by: Staff, now: datetime, review_by: date | None = None) -> None:
    """Say that a published text, read again now, still holds. Raises Refused, Stale when other words stand there."""
    _check_read(publication, version)
    _check_stands(publication)
    check_again(publication, by)
    recognising.check(recognising.watch(publication).find(publication.draft))
    change(publication, version=version, changes=_checked(by, review_by, now))
    history.record(subject=publication.subject, kind="read again", actor=by.name, now=now, facts={"version": version})


def check_again(publication: Publication, by: Staff) -> None:
    """Raise Refused unless this person may say that what was published still holds."""
    _check_once_more(publication, _held(publication), by)


def why_not(publication: Publication, *, by: Staff, now: datetime) -> str:
    """The sentence that keeps this person from publishing or renewing these words now, or ""."""
    try:
        check_live(publication)
        if publication.status == Status.PUBLISHED:
            _check_stands(publication)
            _check_once_more(publication, publication.question, by)
        else:
            _check_ready(publication, by)
            _check_asker(publication, publication.question, now=now)
    except Refused as refusal:
        return str(refusal)
    return ""


def _checked(by: Staff, review_by: date | None, now: datetime) -> dict[str, Any]:
    """Who checked it, when, and when somebody reads it again. Raises Refused."""
    today = holding.today(now)
    day = review_by or today + GOOD_FOR
    if not today < day <= today + AT_MOST:
        raise Refused("Choose a day after today, within two years.")
    return {"checked_by": by, "checked_on": today, "review_by": day}


def _check_read(publication: Publication, version: int) -> None:
    check_live(publication)
    if publication.version != version:
        raise Stale


def _check_ready(publication: Publication, by: Staff) -> None:
    if publication.status == Status.PUBLISHED:
        raise Refused("This is in the library already.")
    if publication.status != Status.ANONYMISED or publication.topic_id is None:
        raise Refused("Somebody has to write the public text first.")
    _check_second(publication, by)


def _check_stands(publication: Publication) -> None:
    if publication.status != Status.PUBLISHED or publication.hidden_at is not None:
        raise Refused("Only what stands in the library can be read again.")


def _check_once_more(publication: Publication, question: Question | None, by: Staff) -> None:
    _check_second(publication, by)
    if question and not nominating.may_be_published(question):
        raise Refused(NEVER)


def _check_second(publication: Publication, by: Staff) -> None:
    if publication.edited_by_id == by.pk:
        raise Refused("You wrote this version. Somebody else has to check it.")
    if by.name in _writers(publication):
        raise Refused("You wrote part of this text. Somebody who wrote none of it has to check it.")


def _writers(publication: Publication) -> set[str]:
    """Who wrote the words that stand there now, as the trail names them: all since those published before them."""
    writers: set[str] = set()
    is_out = False
    for entry in history.of(publication.subject):
        if entry.kind == "anonymised":
            writers, is_out = ({entry.actor} if is_out else writers | {entry.actor}), False
        elif entry.kind in {"published", "taken off"}:
            is_out = entry.kind == "published"
    return writers


def _held(publication: Publication) -> Question | None:
    """The question, held until the commit: a choice made now waits, and then takes down what is published here."""
    key = publication.question_id
    return Question.objects.select_for_update().get(pk=key) if key else None


def _check_asker(publication: Publication, question: Question | None, *, now: datetime) -> None:
    """The asker's yes. When the private question is erased by the clock it goes on for the words published by then."""
    if question is None:
        raise Refused("The question has been erased, and the asker's yes with it. This cannot be published.")
    if not nominating.may_be_published(question):
        raise Refused(NEVER)
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
