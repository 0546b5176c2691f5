"""Words that people suggested for topics: each joins its topic's keywords, or is gone."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from advisors.models import Person
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake import suggesting
from questions.intake.models import SuggestedWord
from questions.models import Topic

GONE = "Someone was a moment faster: this word is no longer on the list."


def waiting() -> list[SuggestedWord]:
    """All of them, 200 at most: by topic, oldest first."""
    rows = SuggestedWord.objects.select_related("topic")
    return list(rows.order_by("topic__position", "topic__label", "topic_id", "sent_on", "pk"))


def find(pk: UUID) -> SuggestedWord:
    """The waiting word with this id. Raises Stale: what is not there was there once, or a link was made up."""
    row = SuggestedWord.objects.filter(pk=pk).first()
    if row is None:
        raise Stale(GONE)
    return row


@transaction.atomic
def accept(*, suggestion: SuggestedWord, by: Person, now: datetime) -> None:
    """Let a word join its topic's keywords, by which the library finds at once. Raises Refused, Stale."""
    # Two words that join at the same time would each write a list without the other.
    topic = Topic.objects.select_for_update(no_key=True).get(pk=suggestion.topic_id)
    word = suggestion.word
    _take(suggestion)
    if not suggesting.is_known(topic, word):
        _join(topic, word)
    _record(suggestion, "word accepted", by, now=now)


def _join(topic: Topic, word: str) -> None:
    if len(topic.keywords) >= Topic.MOST_KEYWORDS:
        raise Refused(f"{topic.label} has {Topic.MOST_KEYWORDS} keywords, and no room for another. Take one out first.")
    topic.keywords = [*topic.keywords, word]
    topic.save(update_fields=["keywords"])


@transaction.atomic
def refuse(*, suggestion: SuggestedWord, by: Person, now: datetime) -> None:
    """Let a word go for good. Raises Stale."""
    _take(suggestion)
    _record(suggestion, "word refused", by, now=now)


def _take(suggestion: SuggestedWord) -> None:
    """Delete the row, once. The key goes with it."""
    taken, _ = SuggestedWord.objects.filter(pk=suggestion.pk).delete()
    if not taken:
        raise Stale(GONE)


def _record(suggestion: SuggestedWord, kind: str, by: Person, *, now: datetime) -> None:
    facts = {"suggestion": str(suggestion.pk)}
    history.record(subject=f"topic:{suggestion.topic_id}", kind=kind, actor=by.name, now=now, facts=facts)
