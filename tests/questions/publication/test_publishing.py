from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from askpeer import history
from askpeer.errors import Refused, Stale
from questions import erasing, moves
from questions.models import Question
from questions.publication import consenting, publishing, searching, withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import LATER, agreed, answered, edited, published

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def publish(publication, *, by=None, now=LATER, version=None):
    version = publication.version if version is None else version
    publishing.publish(publication=publication, version=version, by=by or SupervisorFactory(), now=now)


def refused(publication, sentence, **how):
    with pytest.raises(Refused) as refusal:
        publish(publication, **how)
    assert str(refusal.value) == sentence
    assert Publication.objects.get(pk=publication.pk).status != "published"


def test_a_second_person_publishes_the_text(calendar):
    checker = SupervisorFactory()
    publication = edited(agreed(), answer_text="**Hello** <script>x</script> [a](https://a.test)")
    publish(publication, by=checker)
    publication.refresh_from_db()
    assert (publication.status, publication.slug) == ("published", "everybody-has-someone-to-eat-with")
    assert (publication.checked_by, publication.published_at) == (checker, LATER)
    assert (publication.checked_on, publication.review_by) == (date(2026, 11, 30), date(2027, 11, 30))
    link = '<a href="https://a.test" rel="noopener noreferrer">a</a>'
    assert publication.answer_html == f"<p><strong>Hello</strong> &lt;script&gt;x&lt;/script&gt; {link}</p>\n"
    entry = history.of(publication.subject)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("published", checker.name, {"version": 2})


def test_nobody_publishes_what_they_edited(calendar):
    editor = SupervisorFactory()
    publication = edited(agreed(), by=editor)
    refused(publication, "You wrote this version. Somebody else has to check it.", by=editor)


def test_the_database_itself_keeps_editor_and_checker_apart(calendar):
    publication = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.update(checked_by=publication.edited_by)


def test_a_text_is_published_14_days_after_the_answer_and_not_a_second_before(calendar):
    publication = edited(agreed())
    refused(
        publication, "The answer is less than 14 days old. Give the asker that time to think again.", now=LATER - SECOND
    )
    publish(publication, now=LATER)
    assert Publication.objects.get().status == "published"


def test_show_me_first_alone_publishes_nothing(calendar):
    publication = edited(agreed("show_me"))
    refused(publication, "The asker has not said yes to this text.")
    consenting.consent(question=publication.question, round_number=1, choice="yes", version=2, now=NOW + SECOND)
    publish(publication)
    assert Publication.objects.get().status == "published"


def test_an_edit_after_the_yes_of_who_wanted_to_see_it_needs_a_new_yes(calendar):
    publication = edited(agreed("show_me"))
    consenting.consent(question=publication.question, round_number=1, choice="yes", version=2, now=NOW + SECOND)
    edited(publication, now=NOW + 2 * SECOND)
    refused(publication, "The asker has not said yes to this text.")


def test_a_candidate_without_a_public_text_is_not_published(calendar):
    refused(agreed(), "Somebody has to write the public text first.")


def test_a_version_that_changed_since_it_was_read_is_stale(calendar):
    publication = edited(edited(agreed()))
    with pytest.raises(Stale):
        publish(publication, version=2)
    assert Publication.objects.get().status == "anonymised"


def test_an_edit_between_the_look_and_the_click_is_stale(calendar):
    publication = edited(agreed())
    seen = Publication.objects.get()
    edited(publication)
    with pytest.raises(Stale):
        publish(seen)
    assert Publication.objects.get().status == "anonymised"


@pytest.mark.parametrize("values", [{"level": "red"}, {"about_staff": True}, {"age_band": "11-12"}])
def test_a_question_that_turned_out_to_be_such_a_one_is_not_published(calendar, values):
    edited(agreed())
    Question.objects.update(**values)
    refused(Publication.objects.get(), "A question like this is never published.")


def test_what_is_published_is_not_published_twice(calendar):
    publication = published()
    with pytest.raises(Refused, match="in the library already"):
        publish(publication)


def test_two_answers_with_one_title_get_two_addresses(calendar):
    topic = TopicFactory()
    slugs = [published(title="Alone!", topic=topic).slug for _ in range(3)]
    assert slugs == ["alone", "alone-2", "alone-3"]


def test_an_address_that_was_left_is_nobodys_again(calendar):
    topic = TopicFactory()
    withdrawing.withdraw(publication=published(title="Alone", topic=topic), by=SupervisorFactory(), now=LATER)
    assert published(title="Alone", topic=topic).slug == "alone-2"


@pytest.mark.parametrize(
    ("title", "slug"), [("Feed", "feed-2"), ("日本", "answer"), ("x" * 120, "x" * 70), ("Is it me?", "is-it-me")]
)
def test_an_address_comes_from_the_title_and_is_never_a_page_of_ours(calendar, title, slug):
    assert published(title=title).slug == slug


def test_publishing_again_keeps_address_and_month_and_shows_a_hidden_one(calendar):
    publication = published(title="First")
    edited(publication, title="Second", now=LATER + SECOND)
    publish(publication, now=LATER + timedelta(days=40))
    publication.refresh_from_db()
    assert (publication.slug, publication.published_at, publication.checked_on) == ("first", LATER, date(2027, 1, 9))
    assert [found.title for found in searching.find("second").items] == ["Second"]


def test_the_purge_leaves_what_was_published_and_ends_what_was_not(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    kept, waiting = published(), edited(agreed())
    for question in Question.objects.all():
        erasing.erase(question, by=moves.SERVICE, now=LATER)
    kept.refresh_from_db()
    waiting.refresh_from_db()
    assert (kept.status, kept.question) == ("published", None)
    refused(waiting, "The question has been erased, and the asker's yes with it. This cannot be published.")
    edited(kept, now=LATER + SECOND)
    publish(kept, now=LATER + SECOND)
    assert Publication.objects.get(pk=kept.pk).status == "published"


def test_a_withdrawn_question_gives_no_consent(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = answered()
    erasing.erase(question, by=moves.ASKER, now=NOW)
    with pytest.raises(Refused, match="once your answer is here"):
        consenting.consent(question=question, round_number=1, choice="yes", now=NOW)
