"""A ledger that cannot be written, as on a full disk: it costs what a person asked of it, and nothing else."""

from datetime import timedelta

import pytest
import time_machine

from askpeer import ledger, receipts
from askpeer.models import Beacon, OutboxRow
from questions import moves, sweeping
from questions.models import Feedback, LockedNote, Message, Question
from questions.publication import withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, make_question
from tests.questions.publication.shelf import LATER, answered, published

pytestmark = pytest.mark.django_db
SORRY = "We couldn't erase it just now. Nothing has changed. Please try again in a few minutes."


@pytest.fixture
def receipt():
    return receipts.draw()


@pytest.fixture
def mine(site, calendar, phrases, settings, tmp_path, receipt):
    """An opened question whose answer is in the library, and a folder where the ledger's file should be."""
    settings.LEDGER = tmp_path
    published(receipt=receipt)
    with time_machine.travel(LATER, tick=False):
        site.post("/my-question/", {"receipt": receipt})
        yield site


def status():
    return Publication.objects.get().status


def alerts():
    return OutboxRow.objects.filter(kind__startswith="red").count()


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        ("follow-up/", {"text": "I am not safe tonight."}, lambda: Message.objects.get(kind="follow_up").text),
        ("feedback/", {"words": "I am not safe tonight.", "felt_heard": "yes"}, lambda: Feedback.objects.get().words),
    ],
)
def test_red_words_are_kept_and_people_are_told(mine, path, sent, words):
    before = alerts()
    assert mine.post(f"/my-question/{path}", sent).status_code == 302
    assert (Question.objects.get().level, words()) == ("red", "I am not safe tonight.")
    assert (status(), alerts() - before) == ("anonymised", 1)


def test_the_line_of_a_publication_taken_off_is_written_later(mine, settings, tmp_path):
    mine.post("/my-question/follow-up/", {"text": "I am not safe tonight."})
    settings.LEDGER = tmp_path / "kept" / "erased.txt"
    sweeping.purge(now=LATER)
    assert not settings.LEDGER.exists()
    ledger.begin()
    for _ in range(2):
        sweeping.purge(now=LATER)
    assert settings.LEDGER.read_text() == f"{LATER.isoformat()} off:{Publication.objects.get().pk}\n"
    assert withdrawing.back_again() == []


def test_a_no_is_a_sentence_and_changes_nothing(mine):
    page = mine.post("/my-question/consent/", {"choice": "no"})
    assert (page.status_code, SORRY in page.content.decode().replace("&#x27;", "'")) == (422, True)
    assert (status(), Question.objects.get().round.consents.count()) == ("published", 1)


def test_six_words_that_take_down_get_a_sentence(mine, receipt):
    page = mine.post("/my-question/take-down/", {"receipt": receipt})
    assert (page.status_code, SORRY in page.content.decode().replace("&#x27;", "'")) == (503, True)
    assert status() == "published"


def test_what_cannot_be_erased_keeps_nothing_else_from_moving(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path
    erased, closed = answered(), answered()
    moves.move(erased, "closed", by=moves.SERVICE, now=NOW)
    Question.objects.filter(pk=erased.pk).update(alarm_at=NOW, entered_at=NOW - settings.ERASE_AFTER)
    Question.objects.filter(pk=closed.pk).update(
        alarm_at=NOW + timedelta(hours=1), entered_at=NOW + timedelta(hours=1) - settings.CLOSE_AFTER
    )
    sweeping.ring(now=LATER)
    found = {row.pk: row.status for row in Question.objects.all()}
    assert (found, Beacon.objects.get(name="sweep").at) == ({erased.pk: "closed", closed.pk: "closed"}, LATER)


def test_what_cannot_be_taken_down_keeps_nothing_else_from_the_purge(calendar, settings, tmp_path):
    publication = published()
    withdrawing.take_off_all(publication.question, now=LATER)
    Publication.objects.update(question=None)
    about = make_question(now=NOW)
    LockedNote.objects.create(about=about, made_by=SupervisorFactory(), made_at=NOW, last_day=NOW.date())
    settings.LEDGER = tmp_path
    sweeping.purge(now=LATER)
    assert (status(), LockedNote.objects.count()) == ("anonymised", 0)
