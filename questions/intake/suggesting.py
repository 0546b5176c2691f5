"""A word for a topic, from somebody who looks for it by that word: it waits, sealed, until a person has looked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from askpeer import details
from askpeer.errors import Refused
from questions.intake import asking
from questions.intake.models import SuggestedWord
from questions.models import Topic

LIMIT = Topic.LONGEST_KEYWORD
MOST_PARTS = 4
MOST_WAITING = 200


@transaction.atomic
def suggest(*, topic: Topic, word: str, now: datetime) -> None:
    """Let a word wait for a person to look at it. Raises Refused with a sentence where it will not do.

    Nothing is kept, and nothing said of it, where the topic has the word or it waits already, and while 200 words wait
    for all topics: nobody can look at more, a flood must not fill the database, and whoever suggests one has done
    their part and could do nothing about it.
    """
    word = _fitting(word)
    topic = Topic.objects.select_for_update(no_key=True).get(pk=topic.pk)
    if is_known(topic, word) or SuggestedWord.objects.count() >= MOST_WAITING:
        return
    # The texts are sealed, each under a key of its own, so the database cannot compare them.
    if word.casefold() not in {waiting.word.casefold() for waiting in topic.suggested_words.all()}:
        SuggestedWord.objects.create(topic=topic, word=word, sent_on=now.date())


def is_known(topic: Topic, word: str) -> bool:
    """Whether the topic is found by this word already, in any case."""
    return word.casefold() in {name.casefold() for name in (topic.label, topic.clean_label, *topic.keywords)}


def _fitting(typed: str) -> str:
    """The word as it would stand among the keywords, which are typed with commas between them."""
    word = asking.fitting(" ".join(typed.replace(",", " ").split()), limit=LIMIT)
    if not word:
        raise Refused(_("Type the word you would use."))
    if len(word.split()) > MOST_PARTS:
        raise Refused(_("That is more than four words. Keep it short, as you would type it to look for it."))
    if details.find(word):
        raise Refused(_("Leave out numbers, addresses and user names. We only need a word for the topic."))
    return word
