"""Writing the public text: a separate one, in which nobody can be found again."""

from datetime import datetime

from django.db import transaction

from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions.models import Question, Topic
from questions.partners import hooks
from questions.publication import nominating, recognising, searching
from questions.publication.changing import NO_WORDS, Staff, change, check_live
from questions.publication.models import Publication, PublicText

AGE_GROUPS = ("", "11-13", "14-17", "18-25")
LIMITS = {"title": 120, "question_text": 3_000, "answer_text": 8_000, "content_note": 160}
KEYWORDS, KEYWORD = 20, 40
ANSWER = "answer_text"
ERASED = "The question has been erased, so nobody can agree to other words. Read it again as it is, or take it down."


@transaction.atomic
def edit(
    *,
    publication: Publication,
    version: int,
    title: str,
    question_text: str,
    answer_text: str,
    topic: Topic,
    age_group: str,
    content_note: str,
    keywords: list[str],
    by: Staff,
    now: datetime,
) -> None:
    """Replace the words being worked on. They are sealed, and off the library until a second person checked them.

    Raises Refused for a text that is missing, too long or names somebody and where the question has been erased, Stale
    when version is not the row's.
    """
    check_live(publication)
    if sentence := why_not(publication):
        raise Refused(sentence)
    texts = {"title": title, "question_text": question_text, "answer_text": answer_text, "content_note": content_note}
    if age_group not in AGE_GROUPS:
        raise Refused("Choose one of the age groups.")
    clean = {name: _clean(name, text) for name, text in texts.items()}
    words = PublicText(**clean, age_group=age_group, keywords=_keywords(keywords))
    _check_nobody_is_named(publication, words)
    # Held before the publication, as whoever consents holds them: two texts edited at once are two versions.
    new_version = nominating.next_version(_held(publication))
    stage = {"status": Publication.Status.ANONYMISED, "version": new_version, "updated_at": now}
    signed = {"topic": topic, "edited_by": by, "checked_by": None}
    # A hidden one too: another person may have shown it again a moment ago, and to be told twice harms nobody.
    was_out = publication.status == Publication.Status.PUBLISHED
    change(publication, version=version, changes=NO_WORDS | stage | signed)
    # The UPDATE above holds the row until the commit, so nobody sees the new version with the old words.
    publication.working = words.as_json()
    publication.save(update_fields=["working"])
    searching.forget(publication)
    if was_out:
        hooks.withdrawn(publication, now=now)
    facts = {"version": new_version}
    history.record(subject=publication.subject, kind="anonymised", actor=by.name, now=now, facts=facts)


def _held(publication: Publication) -> Question:
    """The question, its row locked. Raises Stale where it has been erased a moment ago."""
    question = Question.objects.select_for_update(of=("self",)).filter(publications=publication.pk).first()
    if question is None:
        raise Stale
    return question


def why_not(publication: Publication) -> str:
    """The sentence that keeps everybody from changing these words, or ""."""
    return "" if publication.question_id else ERASED


def _clean(name: str, text: str) -> str:
    clean = prose.canonical(text)
    if not clean and name != "content_note":
        raise Refused(f"Write the {recognising.PLACES[name]}.")
    if len(clean) > LIMITS[name]:
        raise Refused(
            f"The {recognising.PLACES[name]} can have {LIMITS[name]:,} characters at most. This one has {len(clean):,}."
        )
    return clean


def _keywords(given: list[str]) -> list[str]:
    words = [word for word in (prose.canonical(word) for word in given) if word]
    if len(words) > KEYWORDS or any(len(word) > KEYWORD for word in words):
        raise Refused(f"Give {KEYWORDS} keywords at most, each of {KEYWORD} characters at most.")
    return list(dict.fromkeys(words))


def _check_nobody_is_named(publication: Publication, words: PublicText) -> None:
    """What is found in the answer stops it only when somebody checks it; the partner's name is not even kept."""
    found = recognising.watch(publication).find(words)
    recognising.check(one for one in found if one.place != ANSWER or one.kind == "partner")
