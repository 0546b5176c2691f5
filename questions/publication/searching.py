"""Finding published answers: by date, by words, and like a text. One interface over both databases."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from askpeer.errors import Refused
from questions.models import Topic
from questions.publication import matching, spelling, terms
from questions.publication.models import Publication

LONGEST = 200  # characters of a search that are read
MOST_TERMS = 20
MOST_TERMS_OF_TEXT = 30
MOST_ITEMS = 100
MOST_COMPARED = 50  # best matches that are looked at word by word
LEAST_SHARED = 2
NO_TOPIC = "-"  # stands for whatever cannot be a slug, and finds nothing
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """One page of the library. next_cursor is "" on the last; looked_for are the mended words, "" where none were."""

    items: list[Publication]
    next_cursor: str
    looked_for: str = ""


def find(words: str, *, topic: Topic | str | None = None, limit: int = 20, cursor: str = "") -> Page:
    """Newest first; with words, the best match first among the newest 1,000. topic is a Topic or its slug.

    cursor is a next_cursor of the same search. Raises Refused for any other.
    """
    limit, slug = min(max(limit, 1), MOST_ITEMS), _slug(topic)
    asked = terms.telling(words[:LONGEST], most=MOST_TERMS)
    if words.strip():
        return _by_worth(asked, slug, limit=limit, cursor=cursor)
    return _by_date(slug, limit=limit, cursor=cursor)


def similar(text: str, *, topic: Topic | str | None, limit: int = 5) -> list[Publication]:
    """The published answers most like a text: of a topic where one is given, else those that share two telling words.

    The text is neither kept nor logged.
    """
    asked = terms.telling(text, most=MOST_TERMS_OF_TEXT)
    found = matching.matches(asked, every=False, topic=_slug(topic))
    if topic:
        return _fetch(found[: max(limit, 0)])
    said = terms.roots(text)
    return [near for near in _fetch(found[:MOST_COMPARED]) if _is_like(near, said)][: max(limit, 0)]


def _is_like(publication: Publication, said: frozenset[str]) -> bool:
    """Whether its title, its question and the keywords that were said whole share two words with these, one of them
    not from the question alone."""
    keywords = [words for words in map(terms.roots, publication.keywords) if words <= said]
    named = said & terms.roots(publication.title).union(*keywords)
    return bool(named) and len(named | (said & terms.roots(publication.question_text))) >= LEAST_SHARED


def related(publication: Publication, *, limit: int = 3) -> list[Publication]:
    """Others to read next: the most like this one, then the newest of its topic."""
    text = " ".join([publication.title, *publication.keywords])
    near = [other for other in similar(text, topic=publication.topic, limit=limit + 1) if other.pk != publication.pk]
    others = visible().filter(topic=publication.topic).exclude(pk__in=[publication.pk, *(one.pk for one in near)])
    return [*near, *others[:limit]][:limit]


def visible() -> QuerySet[Publication]:
    """What anybody may read, newest first."""
    shown = Publication.objects.filter(status=Publication.Status.PUBLISHED, hidden_at=None)
    return shown.select_related("topic").order_by("-published_at", "pk")


def index(publication: Publication) -> None:
    """Make a publication findable, in the caller's transaction: by its own words and by every word of its topic."""
    topic = publication.topic
    own = [*publication.keywords, *([topic.label, topic.clean_label, *topic.keywords] if topic else [])]
    matching.put(
        publication.pk,
        title=terms.plain(publication.title),
        words=terms.plain(" ".join(own)),
        body=terms.plain(f"{publication.question_text} {publication.answer_text}"),
    )
    spelling.forget()


def forget(publication: Publication) -> None:
    """Take a publication out of the index, in the caller's transaction."""
    matching.remove(publication.pk)
    matching.wipe()
    spelling.forget()


def topics() -> list[Topic]:
    """Those to look by, in their order: a retired one for as long as an answer has it. 1 SQL."""
    return list(Topic.objects.filter(Q(retired=False) | Exists(visible().filter(topic=OuterRef("pk")))))


def topic_changed(instance: Topic, **signal: object) -> None:
    """post_save receiver: a topic's new words find its answers at once."""
    for publication in visible().filter(topic=instance):
        index(publication)
    spelling.forget()


def _by_date(topic: str, *, limit: int, cursor: str) -> Page:
    shown = visible().filter(topic__slug=topic) if topic else visible()
    if cursor:
        at, key = _read_date(cursor)
        shown = shown.filter(Q(published_at__lt=at) | Q(published_at=at, pk__gt=key))
    items = list(shown[: limit + 1])
    return Page(items[:limit], _date_cursor(items[limit - 1]) if len(items) > limit else "")


def _by_worth(asked: list[str], topic: str, *, limit: int, cursor: str) -> Page:
    start = _read_rank(cursor) if cursor else 0
    found, looked_for = _ranked(asked, topic)
    following = f"r{start + limit}" if len(found) > start + limit else ""
    return Page(_fetch(found[start : start + limit]), following, looked_for)


def _ranked(asked: list[str], topic: str) -> tuple[list[uuid.UUID], str]:
    """Every word; else every word, mended; else any of them, unless that is one mended word alone."""
    found = matching.matches(asked, every=True, topic=topic)
    if found or not asked:
        return found, ""
    mended = spelling.mend(asked)
    looked_for = " ".join(mended) if mended != asked else ""
    found = matching.matches(mended, every=True, topic=topic) if looked_for else []
    if not found and not spelling.is_one_guess(asked, mended):
        found = matching.matches(mended, every=False, topic=topic)
    return found, looked_for if found else ""


def _fetch(keys: list[uuid.UUID]) -> list[Publication]:
    """Their rows, in this order."""
    rows = visible().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _slug(topic: Topic | str | None) -> str:
    slug = topic.slug if isinstance(topic, Topic) else (topic or "")
    return slug if re.fullmatch(r"[-\w]{0,40}", slug) else NO_TOPIC


def _date_cursor(last: Publication) -> str:
    published_at = last.published_at or _EPOCH
    return f"d{(published_at - _EPOCH) // timedelta(microseconds=1)}.{last.pk.hex}"


def _read_date(cursor: str) -> tuple[datetime, uuid.UUID]:
    match = re.fullmatch(r"d([0-9]{1,17})\.([0-9a-f]{32})", cursor)
    if not match:
        raise _broken()
    return _EPOCH + timedelta(microseconds=int(match[1])), uuid.UUID(match[2])


def _read_rank(cursor: str) -> int:
    match = re.fullmatch(r"r([0-9]{1,4})", cursor)
    if not match:
        raise _broken()
    return int(match[1])


def _broken() -> Refused:
    return Refused(_("That link to more answers is broken. Start from the first page."))
