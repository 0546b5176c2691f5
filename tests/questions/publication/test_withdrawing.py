from datetime import timedelta

import pytest
from django.db import connection

from askpeer import history
from askpeer.errors import Refused
from questions import erasing, moves, sweeping
from questions.intake import feedback
from questions.intake.models import RiskRule
from questions.publication import addressing, consenting, hiding, matching, publishing, searching, withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory
from tests.questions.publication.shelf import LATER, agreed, answered, edited, published

pytestmark = pytest.mark.django_db
RECEIPT = "abandon-ability-absence acorn acrobat action"


def state(publication):
    row = Publication.objects.get(pk=publication.pk)
    return row.status, row.title, row.question_text, row.answer_text, row.answer_html, row.keywords


GONE = ("unpublished", "", "", "", "", [])


def test_a_supervisor_takes_an_answer_down_and_its_words_with_it(calendar):
    publication, lead = published(title="Lunch"), SupervisorFactory()
    withdrawing.withdraw(publication=publication, by=lead, now=LATER)
    assert state(publication) == GONE
    assert searching.find("lunch").items == []
    assert (history.of(publication.subject)[-1].kind, history.of(publication.subject)[-1].actor) == (
        "withdrawn",
        lead.name,
    )


def test_an_asker_who_erases_takes_down_candidates_and_published_alike(calendar):
    publication, other = published(), published()
    assert withdrawing.withdraw_for(publication.question, now=LATER) == 1
    assert withdrawing.withdraw_for(publication.question, now=LATER) == 0
    assert (state(publication), state(other)[0]) == (GONE, "published")


def test_the_six_words_take_it_down_after_the_question_is_gone(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    publication = edited(agreed(receipt=RECEIPT))
    Publication.objects.update(published_at=NOW)
    erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    assert withdrawing.withdraw_by_receipt("some other words than these six", now=LATER) == 0
    assert withdrawing.withdraw_by_receipt("Abandon ability, absence ACORN acrobat action", now=LATER) == 1
    assert state(publication) == GONE


def test_the_six_words_are_a_no_where_the_question_is_still_here(calendar):
    publication = edited(agreed(receipt=RECEIPT))
    assert withdrawing.withdraw_by_receipt(RECEIPT, now=LATER) == 1
    assert withdrawing.withdraw_by_receipt(RECEIPT, now=LATER) == 0
    assert consenting.standing(publication.question, round_number=1) == "no"


def rows():
    """Every value of the publications' rows, as bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publication_publication")
        values = [value for row in cursor.fetchall() for value in row]
    return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values)


@pytest.mark.parametrize("how", ["staff", "asker", "show_me"])
def test_an_address_that_was_left_keeps_nothing_of_the_title(calendar, how):
    publication = published(title="Zebras at lunch")
    standing = b"zebras" in rows().lower()
    if how == "staff":
        withdrawing.withdraw(publication=Publication.objects.get(), by=SupervisorFactory(), now=LATER)
    else:
        choice = "no" if how == "asker" else "show_me"
        consenting.consent(question=publication.question, round_number=1, choice=choice, now=LATER)
    assert (standing, b"zebras" in rows().lower()) == (True, False)
    assert (addressing.find("zebras-at-lunch"), addressing.was_left("zebras-at-lunch")) == (None, True)
    slug = Publication.objects.get().slug
    assert (slug[:5], addressing.find(slug), addressing.was_left(slug)) == ("gone-", None, False)


def test_what_was_taken_off_first_and_down_later_is_known_by_its_address_still(calendar):
    publication = published(title="Lunch")
    for choice in ("show_me", "no"):
        consenting.consent(question=publication.question, round_number=1, choice=choice, now=LATER)
    assert (state(publication), addressing.was_left("lunch")) == (GONE, True)


def test_a_withdrawal_from_an_old_page_leaves_the_address_that_was_given_meanwhile(calendar):
    seen = edited(agreed(), title="Lunch")
    old = Publication.objects.get()
    publishing.publish(publication=seen, version=seen.version, by=SupervisorFactory(), now=LATER)
    withdrawing.withdraw(publication=old, by=SupervisorFactory(), now=LATER)
    assert (addressing.find("lunch"), addressing.was_left("lunch")) == (None, True)


def test_the_search_index_keeps_no_word_of_what_was_taken_down(calendar):
    def kept():
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":  # in pieces of the index itself
                cursor.execute("SELECT block FROM publication_search_data")
                return b"zwartepist" in b"".join(bytes(row[0]) for row in cursor.fetchall())
            cursor.execute("SELECT document::text FROM publication_search")
            return "zwartepist" in "".join(row[0] for row in cursor.fetchall())

    publication, _ = published(title="Zwartepiste"), published(title="Lunch")
    matching.wipe()
    before = kept()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=LATER)
    assert (before, kept()) == (True, False)
    assert [found.title for found in searching.find("lunch").items] == ["Lunch"]


def test_orphaned_candidates_are_dropped_and_published_answers_kept(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    kept, waiting, living = published(), edited(agreed()), edited(agreed())
    for publication in (kept, waiting):
        erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    assert withdrawing.drop_orphans(now=LATER) == 1
    assert set(Publication.objects.values_list("pk", flat=True)) == {kept.pk, living.pk}


def test_a_reported_answer_is_hidden_at_once_and_shown_again_by_a_person(calendar):
    publication, person = published(title="Lunch"), SupervisorFactory()
    assert hiding.report(publication, LATER) is True
    assert hiding.report(publication, LATER) is False
    assert list(hiding.waiting()) == [publication]
    assert (searching.find("lunch").items, searching.find("").items) == ([], [])
    with pytest.raises(Refused, match="Somebody else has to check it"):
        hiding.show_again(publication=publication, by=publication.edited_by, now=LATER)
    hiding.show_again(publication=publication, by=person, now=LATER + timedelta(days=3))
    assert (publication.checked_by, publication.checked_on) == (person, (LATER + timedelta(days=3)).date())
    assert [found.pk for found in searching.find("lunch").items] == [publication.pk]
    assert list(hiding.waiting()) == []
    with pytest.raises(Refused, match="not hidden any more"):
        hiding.show_again(publication=publication, by=person, now=LATER)


def test_what_turns_red_leaves_the_library_and_does_not_come_back(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    RiskRule.objects.create(label="Not safe", level="red", phrases=["not safe tonight"])
    publication = published(title="Lunch")
    feedback.give(question=publication.question, words="I am not safe tonight.", now=LATER)
    assert searching.find("lunch").items == []
    off = Publication.objects.select_related("question").get()
    assert (off.status, off.title, off.checked_by) == ("anonymised", "", None)
    with pytest.raises(Refused, match="never published"):
        publishing.publish(publication=off, version=off.version, by=SupervisorFactory(), now=LATER)
    erasing.erase(off.question, by=moves.SERVICE, now=LATER)
    withdrawing.drop_orphans(now=LATER)
    assert state(publication) == GONE


def test_a_question_without_publications_withdraws_nothing(calendar):
    assert withdrawing.withdraw_for(answered(), now=NOW) == 0


def test_the_purge_drops_orphaned_candidates(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    publication = edited(agreed())
    erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    sweeping.purge(now=LATER)
    assert Publication.objects.count() == 0
