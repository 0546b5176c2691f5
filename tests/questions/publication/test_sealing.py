"""The words of a publication are sealed until they are published, and plain only while they are."""

import pytest
from django.db import IntegrityError, connection, transaction

from askpeer import rotating
from askpeer.errors import Erased
from questions.publication import consenting, publishing, withdrawing
from questions.publication.changing import NO_WORDS
from questions.publication.models import Publication, PublicText
from tests.factories import NOW, SupervisorFactory
from tests.questions.publication.shelf import LATER, agreed, edited, published

pytestmark = pytest.mark.django_db
WORDS = {
    "title": "Eating beside nobody",
    "question_text": "I have lunch in the corridor.",
    "answer_text": "Corridors are lonely places.",
    "content_note": "About feeling left out",
    "age_group": "14-17",
    "keywords": ["no mates"],
}
SAID = {"Eating beside nobody", "I have lunch in the corridor.", "Corridors are lonely places.", "no mates"} | {
    "About feeling left out"
}


def plain():
    """Which of the words stand in any column of the publications' rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publication_publication")
        values = [value for row in cursor.fetchall() for value in row]
    stored = b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values)
    return {words for words in SAID if words.encode() in stored}


def columns():
    """The plain columns, as they are stored."""
    return Publication.objects.values(*NO_WORDS).get()


def findable():
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM publication_search")
        return cursor.fetchone()[0]


def test_the_words_are_plain_in_no_column_until_a_second_person_publishes_them(calendar):
    publication = edited(agreed(), **WORDS)
    assert (plain(), columns(), findable()) == (set(), NO_WORDS, 0)
    assert Publication.objects.get().draft == PublicText(**WORDS)
    publishing.publish(publication=publication, version=2, by=SupervisorFactory(), now=LATER)
    assert (plain(), findable()) == (SAID, 1)
    assert columns() == WORDS | {"answer_html": "<p>Corridors are lonely places.</p>\n"}
    kept = Publication.objects.get()
    assert (kept.working, kept.draft) == (None, PublicText(**WORDS))


def test_what_is_published_is_the_last_wording_and_not_one_before(calendar):
    publication = edited(edited(agreed(), **WORDS), title="Lunch", keywords=[])
    publishing.publish(publication=publication, version=3, by=SupervisorFactory(), now=LATER)
    kept = Publication.objects.get()
    assert (kept.title, kept.keywords, kept.slug, plain()) == ("Lunch", [], "lunch", set())


def test_a_published_answer_that_is_edited_again_is_sealed_again(calendar):
    publication = published(**WORDS)
    edited(publication, **(WORDS | {"title": "Lunch"}))
    assert (plain(), columns(), findable()) == (set(), NO_WORDS, 0)
    assert Publication.objects.get().draft == PublicText(**(WORDS | {"title": "Lunch"}))


def test_a_candidate_has_no_words_yet(calendar):
    agreed()
    kept = Publication.objects.get()
    assert (kept.working, kept.draft) == (None, PublicText())


@pytest.mark.parametrize("make", [lambda: edited(agreed(), **WORDS), lambda: published(**WORDS)])
def test_taking_it_down_takes_the_words_the_sealed_ones_and_their_key(calendar, make):
    publication = make()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=LATER)
    kept = Publication.objects.get()
    assert (kept.working, kept.wrapped_key, kept.draft) == (None, None, PublicText())
    assert (plain(), columns()) == (set(), NO_WORDS)
    assert publication.draft == PublicText()
    with pytest.raises(Erased):
        kept.key()


def test_an_askers_no_takes_the_sealed_words_and_their_key(calendar):
    publication = edited(agreed(), **WORDS)
    consenting.consent(question=publication.question, round_number=1, choice="no", now=NOW)
    kept = Publication.objects.get()
    assert (kept.working, kept.wrapped_key) == (None, None)


@pytest.mark.parametrize("status", ["candidate", "anonymised", "unpublished"])
def test_the_database_itself_keeps_words_that_are_not_published_from_being_plain(calendar, status):
    published(**WORDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.update(status=status)


def test_a_new_key_encryption_key_opens_the_words_too(calendar, settings):
    settings.KEKS = {"first": b"1" * 32}
    edited(agreed(), **WORDS)
    settings.KEKS = {"second": b"2" * 32, "first": b"1" * 32}
    assert rotating.rotate()["publication_publication"] == 1
    settings.KEKS = {"second": b"2" * 32}
    assert Publication.objects.get().draft == PublicText(**WORDS)
