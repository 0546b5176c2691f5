from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from askpeer import history
from askpeer.errors import Refused, Stale
from questions import erasing, moves
from questions.models import LockedNote, Message, Question, Signpost
from questions.publication import consenting, hiding, publishing, searching, withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, LeadFactory, SupervisorFactory, TopicFactory
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
    Signpost.objects.create(slug="a", name="A", url="https://a.test")
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


NEVER = [
    {"level": "red"},
    {"about_staff": True},
    {"quarantined": True},
    {"age_band": "11-12"},
    {"age_band": "rather-not-say"},
    {"age_band": None},
]


@pytest.mark.parametrize("values", NEVER)
def test_a_question_that_turned_out_to_be_such_a_one_is_not_published(calendar, values):
    edited(agreed())
    Question.objects.update(**values)
    refused(Publication.objects.get(), "A question like this is never published.")


def test_a_question_that_had_a_holding_reply_is_not_published(calendar):
    publication = edited(agreed())
    turn = publication.question.round
    said = {"text": "We are with you.", "html": "<p>We are with you.</p>", "digest": b"x" * 32}
    Message.objects.create(round=turn, kind="holding", sent_at=NOW, **said)
    refused(publication, "A question like this is never published.")


def test_a_held_question_is_not_published_before_the_note_is_gone(calendar):
    publication = edited(agreed())
    note = hold(publication.question)
    refused(publication, "A question like this is never published.")
    note.delete()
    publish(publication)
    assert Publication.objects.get().status == "published"


def hold(question):
    return LockedNote.objects.create(
        about=question, words="x", reason="x", made_by=LeadFactory(), made_at=NOW, last_day=NOW.date()
    )


def test_what_was_published_of_a_question_that_is_never_published_leaves_the_library_sealed(calendar):
    publication = published()
    withdrawing.take_off_all(publication.question, now=LATER + SECOND)
    kept = Publication.objects.get()
    assert (kept.status, kept.title, kept.answer_html) == ("anonymised", "", "")
    assert kept.draft.title == "Everybody has someone to eat with"
    assert (history.of(kept.subject)[-1].kind, history.of(kept.subject)[-1].actor) == ("taken off", "service")
    withdrawing.take_off_all(publication.question, now=LATER + 2 * SECOND)
    assert history.of(kept.subject)[-1].at == LATER + SECOND


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (LATER.date(), "Choose a day after today, within two years."),
        (LATER.date() + timedelta(days=732), "Choose a day after today, within two years."),
        (LATER.date() + timedelta(days=1), ""),
        (LATER.date() + timedelta(days=731), ""),
    ],
)
def test_the_day_to_read_it_again_is_ahead_and_within_two_years(calendar, day, sentence):
    publication = edited(agreed())
    how = {"publication": publication, "version": 2, "by": SupervisorFactory(), "now": LATER, "review_by": day}
    if sentence:
        with pytest.raises(Refused, match=sentence):
            publishing.publish(**how)
        assert Publication.objects.get().status == "anonymised"
        return
    publishing.publish(**how)
    assert Publication.objects.get().review_by == day


def test_a_reviewer_who_is_not_its_editor_reads_it_again(calendar):
    publication, reader, later = published(), SupervisorFactory(), LATER + timedelta(days=366)
    how = {"publication": publication, "version": 2, "now": later, "review_by": later.date() + timedelta(days=90)}
    with pytest.raises(Refused, match="Somebody else has to check it"):
        publishing.renew(by=publication.edited_by, **how)
    publishing.renew(by=reader, **how)
    kept = Publication.objects.get()
    assert (kept.checked_by, kept.checked_on, kept.review_by) == (reader, later.date(), how["review_by"])
    assert (kept.status, kept.title, kept.published_at) == ("published", "Everybody has someone to eat with", LATER)
    entry = history.of(kept.subject)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("read again", reader.name, {"version": 2})


def test_only_the_words_that_stand_in_the_library_are_read_again(calendar):
    publication = published()
    seen = Publication.objects.get()
    hiding.report(publication, LATER)
    hidden = Publication.objects.get()
    edited(hidden, now=LATER + SECOND)
    for row, version, refusal in ((hidden, 3, Refused), (seen, 2, Stale), (Publication.objects.get(), 2, Stale)):
        with pytest.raises(refusal):
            publishing.renew(publication=row, version=version, by=SupervisorFactory(), now=LATER + SECOND)
    assert Publication.objects.get().status == "anonymised"


def test_what_keeps_somebody_from_publishing_is_said_beforehand(calendar):
    publication, other = edited(agreed()), SupervisorFactory()
    mine = publishing.why_not(publication, by=publication.edited_by, now=LATER)
    early = publishing.why_not(publication, by=other, now=LATER - SECOND)
    assert mine == "You wrote this version. Somebody else has to check it."
    assert early == "The answer is less than 14 days old. Give the asker that time to think again."
    assert publishing.why_not(publication, by=other, now=LATER) == ""
    publish(publication, by=other)
    assert publishing.why_not(Publication.objects.get(), by=other, now=LATER) == ""


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


def test_a_long_title_like_another_leaves_room_for_its_number(calendar):
    topic = TopicFactory()
    slugs = [published(title="My best friend has a new best friend and that is fine", topic=topic).slug for _ in "123"]
    stem = "my-best-friend-has-a-new-best-friend-and-that"
    assert slugs == [f"{stem}-is", f"{stem}-2", f"{stem}-3"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Feed", "feed-2"),
        ("日本", "answer"),
        ("x" * 120, "x" * 48),
        ("Is it me?", "is-it-me"),
        (
            "My best friend has a new best friend and that is fine by me",
            "my-best-friend-has-a-new-best-friend-and-that-is",
        ),
        ("My best friend has a new best friend and she isn't sorry", "my-best-friend-has-a-new-best-friend-and-she"),
    ],
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
    with pytest.raises(Refused, match="nobody can agree to other words"):
        edited(kept, now=LATER + SECOND)
    publishing.renew(publication=kept, version=2, by=SupervisorFactory(), now=LATER + SECOND)
    assert Publication.objects.get(pk=kept.pk).status == "published"


def test_words_that_were_changed_before_the_purge_are_not_published_after_it(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    publication = edited(published(), now=LATER + SECOND)
    seen = Publication.objects.select_related("question").get()
    erasing.erase(Question.objects.get(), by=moves.SERVICE, now=LATER)
    refused(seen, "A question like this is never published.")
    with pytest.raises(Stale):
        edited(seen)
    gone = Publication.objects.get()
    refused(gone, "The question has been erased, and the asker's yes with it. This cannot be published.")
    with pytest.raises(Refused, match="nobody can agree to other words"):
        edited(gone)
    withdrawing.drop_orphans(now=LATER)
    assert Publication.objects.get(pk=publication.pk).status == "unpublished"


PART = "You wrote part of this text. Somebody who wrote none of it has to check it."


def test_nobody_checks_a_text_that_somebody_else_changed_a_little_after_them(calendar):
    first, second = SupervisorFactory(), SupervisorFactory()
    publication = edited(edited(agreed(), by=first), by=second, answer_text="That sounds lonely!")
    refused(publication, PART, by=first)
    assert publishing.why_not(publication, by=first, now=LATER) == PART
    publish(publication)
    published = Publication.objects.get()
    with pytest.raises(Refused, match="You wrote part of this text"):
        publishing.renew(publication=published, version=3, by=first, now=LATER)


def test_who_wrote_the_words_before_the_last_that_were_published_may_check_new_ones(calendar):
    first, second = SupervisorFactory(), SupervisorFactory()
    publication = edited(agreed(), by=first)
    publish(publication)
    publish(edited(publication, by=second, now=LATER + SECOND), by=first)
    assert Publication.objects.get().checked_by == first


def test_what_was_taken_off_is_still_the_work_of_all_who_wrote_it(calendar):
    first, second = SupervisorFactory(), SupervisorFactory()
    publication = edited(edited(agreed(), by=first), by=second)
    publish(publication)
    withdrawing.take_back_yes(publication, said_yes=True, now=LATER)
    refused(Publication.objects.get(), PART, by=first)
    publish(Publication.objects.get())
    assert Publication.objects.get().status == "published"


@pytest.mark.parametrize("values", NEVER)
def test_what_is_never_published_is_neither_read_again_nor_shown_again(calendar, values):
    publication, reader = published(), SupervisorFactory()
    Question.objects.update(**values)
    publication = Publication.objects.select_related("question").get()
    assert publishing.why_not(publication, by=reader, now=LATER) == "A question like this is never published."
    with pytest.raises(Refused, match="never published"):
        publishing.renew(publication=publication, version=2, by=reader, now=LATER)
    hiding.report(publication, LATER)
    with pytest.raises(Refused, match="never published"):
        hiding.show_again(publication=publication, by=reader, now=LATER)
    assert Publication.objects.get().hidden_at == LATER


def test_today_is_the_services_own_day(calendar):
    late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight on 1 July in London
    publication, reader = edited(agreed()), SupervisorFactory()
    how = {"publication": publication, "version": 2, "by": reader, "now": late}
    with pytest.raises(Refused, match="Choose a day after today"):
        publishing.publish(**how, review_by=date(2027, 7, 1))
    publishing.publish(**how, review_by=date(2027, 7, 2))
    assert Publication.objects.get().checked_on == date(2027, 7, 1)


def test_a_withdrawn_question_gives_no_consent(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = answered()
    erasing.erase(question, by=moves.ASKER, now=NOW)
    with pytest.raises(Refused, match="once your answer is here"):
        consenting.consent(question=question, round_number=1, choice="yes", now=NOW)
