"""The ledger against a database that a backup brought back, and a database whose ledger was lost."""

from datetime import timedelta

import pytest
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from askpeer import checks, heads, history, ledger, triggers
from askpeer.errors import Refused
from askpeer.models import TrailEntry
from config import celery  # noqa: F401  (its receivers)
from questions import erasing, replaying, sweeping
from questions.models import Question
from questions.moves import ASKER
from questions.partners import keys
from questions.partners.models import Partner, PartnerKey
from questions.publication import consenting, publishing, searching, withdrawing
from questions.publication.models import Consent, Publication
from tests.factories import SupervisorFactory, make_question
from tests.questions.publication.shelf import LATER, agreed, edited, published

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BACK = (
    "1 rows that were erased or ended are in this database again: questions, locked notes, publications, keys, "
    "partners or webhooks. "
    "Run manage.py restore --replay, which erases and ends them anew."
)
UNNAMED = (
    "The ledger (ASKPEER_LEDGER) does not name 1 erased questions or publications that this database knows of. "
    "Bring the ledger back from its copy. If it is gone for good: manage.py restore --begin-ledger."
)


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    """The ledger of this test alone."""
    settings.LEDGER = tmp_path / "kept" / "erased.txt"
    return settings.LEDGER


def complaint():
    """Why the service would not start, or ""."""
    try:
        checks.refuse_to_serve_unfit()
    except ImproperlyConfigured as problem:
        return str(problem)
    return ""


def bring_back(row):
    """The row as it was read, key and all, as a backup would have it."""
    values = {field.attname: row.__dict__[field.attname] for field in row._meta.concrete_fields}
    assert type(row).objects.filter(pk=row.pk).update(**values) == 1


def test_an_answer_that_was_taken_down_after_the_backup_is_not_public_again(calendar, kept):
    publication = Publication.objects.get(pk=published().pk)
    withdrawing.withdraw(publication=Publication.objects.get(), by=SupervisorFactory(), now=LATER)
    assert kept.read_text() == f"{LATER.isoformat()} publication:{publication.pk}\n"
    bring_back(publication)
    assert complaint() == BACK
    assert [replaying.replay(now=LATER) for _ in range(2)] == [1, 0]
    row = Publication.objects.get()
    assert (row.status, row.answer_text, row.wrapped_key, complaint()) == ("unpublished", "", None, "")
    assert searching.find("lunch").items == []
    assert len(kept.read_text().splitlines()) == 1


def test_an_answer_that_its_asker_took_off_after_the_backup_is_not_public_again(calendar):
    publication = Publication.objects.get(pk=published().pk)
    question = publication.question
    consenting.consent(question=question, round_number=1, choice="show_me", now=LATER + HOUR)
    assert (Publication.objects.get().status, complaint()) == ("anonymised", "")
    bring_back(publication)
    assert complaint() == BACK
    assert replaying.replay(now=LATER) == 1
    assert (Publication.objects.get().status, complaint()) == ("anonymised", "")


def test_an_answer_that_was_published_again_stays(calendar):
    publication = published()
    question, version = publication.question, publication.version
    consenting.consent(question=question, round_number=1, choice="show_me", now=LATER + HOUR)
    consenting.consent(question=question, round_number=1, choice="yes", now=LATER + 2 * HOUR, version=version)
    again = Publication.objects.get()
    publishing.publish(publication=again, version=version, by=SupervisorFactory(), now=LATER + 3 * HOUR)
    assert (replaying.behind(), replaying.replay(now=LATER + 4 * HOUR)) == (0, 0)
    assert Publication.objects.get().status == "published"


def test_an_answer_that_was_published_again_stays_though_a_clock_an_hour_ahead_took_it_off(calendar):
    publication = published()
    withdrawing.take_off_all(publication.question, now=LATER + 2 * HOUR)
    publish(LATER + HOUR)
    assert (Publication.objects.get().status, complaint()) == ("published", "")
    again = Publication.objects.get()
    withdrawing.take_off_all(publication.question, now=LATER + 1.5 * HOUR)
    bring_back(again)
    assert complaint() == BACK


def test_a_replay_writes_nothing_into_the_ledger_twice(calendar, now, kept):
    question = make_question(now=now)
    ledger.record(question.subject, now=now)
    before = kept.read_text()
    assert replaying.replay(now=now) == 1
    assert (Question.objects.get().status, kept.read_text()) == ("withdrawn", before)


def begun_anew(now):
    """How many lines a ledger has that `restore --begin-ledger` writes."""
    ledger.begin()
    return ledger.record_all(replaying.lost(), now=now)


@pytest.mark.parametrize("lose", ["delete", "empty"])
def test_a_service_whose_ledger_is_lost_does_not_start(calendar, now, kept, lose):
    question, other = make_question(now=now), make_question(now=now)
    erasing.erase(question, by=ASKER, now=now)
    assert complaint() == ""
    kept.unlink() if lose == "delete" else kept.write_text("")
    assert complaint() == UNNAMED
    assert begun_anew(now) == 1
    assert (ledger.named("question:"), complaint()) == ([str(question.pk)], "")
    assert Question.objects.get(pk=other.pk).status == "new"


def test_a_ledger_that_begins_anew_names_what_was_taken_down_too(calendar, kept):
    publication = published()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=LATER)
    kept.unlink()
    assert begun_anew(LATER) == 1
    assert [begun_anew(LATER), ledger.subjects()] == [0, {publication.subject}]


def test_a_new_service_needs_no_ledger_and_has_one_from_its_first_seal_on(calendar, now, kept):
    assert (complaint(), kept.exists()) == ("", False)
    history.record(subject="question:1", kind="moved", actor="asker", now=now)
    assert history.seal(now=now + HOUR) == 1
    assert (complaint(), kept.read_text(), kept.stat().st_mode & 0o777) == ("", "", 0o600)


@pytest.mark.parametrize("lost", ["erased.txt", "history-head.txt"])
def test_a_service_that_has_lost_a_file_beside_its_database_does_not_start(calendar, now, kept, lost):
    history.record(subject="question:1", kind="moved", actor="asker", now=now)
    history.seal(now=now + HOUR)
    kept.with_name(lost).unlink()
    assert complaint() == (
        f"{kept} or history-head.txt beside it is gone, and this database is not a new one. "
        "Bring them back from their copy. If they are gone for good: manage.py restore --begin-ledger."
    )
    begun_anew(now)
    history.note_restore(now=now, anew=True)
    assert (complaint(), heads.path().exists(), history.verify(now=now)) == ("", True, [])


def test_a_service_with_another_pepper_does_not_start(calendar, now, kept, settings):
    history.record(subject="question:1", kind="moved", actor="asker", now=now)
    history.seal(now=now + HOUR)
    earlier, settings.RECEIPT_PEPPER = settings.RECEIPT_PEPPER, b"\1" * 32
    assert complaint() == (
        "ASKPEER_RECEIPT_PEPPER is not the one that history-head.txt was written under, or that file was changed. "
        "Under another pepper no six words given so far open anything. Put the earlier one back. If it is gone for "
        "good: move that file away, then manage.py restore --begin-ledger."
    )
    settings.RECEIPT_PEPPER = earlier
    assert complaint() == ""


def test_whose_pepper_is_gone_for_good_begins_the_files_anew(calendar, now, kept, settings):
    history.record(subject="question:1", kind="moved", actor="asker", now=now)
    history.seal(now=now + HOUR)
    settings.RECEIPT_PEPPER = b"\1" * 32
    heads.path().rename(heads.path().with_name("earlier-head.txt"))
    begun_anew(now)
    history.note_restore(now=now, anew=True)
    assert (complaint(), history.verify(now=now)) == ("", [])


def test_a_service_whose_restore_was_broken_off_does_not_start(calendar, kept):
    kept.parent.mkdir()
    kept.with_name("restoring").write_text("yesterday\n")
    assert complaint().startswith("A backup is being brought back, or that was broken off. Run manage.py restore FILE")


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_start_either(calendar, now):
    worker_init.send(None)
    ledger.record(make_question(now=now).subject, now=now)
    with pytest.raises(SystemExit, match="erased or ended are in this database again"):
        worker_init.send(None)


def test_a_yes_that_was_taken_back_after_the_backup_is_asked_for_again(calendar):
    publication = published()
    consenting.consent(question=publication.question, round_number=1, choice="show_me", now=LATER + HOUR)
    Consent.objects.filter(choice="show_me").delete()
    bring_back(publication)
    assert complaint() == BACK
    assert [replaying.replay(now=LATER + 2 * HOUR) for _ in range(2)] == [1, 0]
    assert consenting.standing(publication.question, round_number=1) == "show_me"
    with pytest.raises(Refused):
        publish(LATER + 3 * HOUR)


def test_a_yes_to_what_was_not_yet_published_is_asked_for_again_too(calendar, kept):
    publication = edited(agreed())
    consenting.consent(question=publication.question, round_number=1, choice="show_me", now=LATER)
    assert (kept.read_text(), complaint()) == (f"{LATER.isoformat()} yes_taken_back:{publication.pk}\n", "")
    Consent.objects.filter(choice="show_me").delete()
    assert complaint() == BACK
    assert [replaying.replay(now=LATER + HOUR) for _ in range(2)] == [1, 0]
    with pytest.raises(Refused):
        publish(LATER + 2 * HOUR)


def publish(now):
    row = Publication.objects.get()
    publishing.publish(publication=row, version=row.version, by=SupervisorFactory(), now=now)


def test_a_ledger_that_lost_what_was_taken_down_is_missed(calendar, kept):
    withdrawing.withdraw(publication=published(), by=SupervisorFactory(), now=LATER)
    assert complaint() == ""
    kept.write_text("")
    assert complaint() == UNNAMED


def test_a_key_that_was_revoked_after_the_backup_works_no_more(calendar, now, kept):
    partner = Partner.objects.create(name="Club", slug="club")
    secret = keys.issue(partner=partner, scopes=["ask"], now=now)
    keys.revoke(key=PartnerKey.objects.get(), now=now)
    assert kept.read_text() == f"{now.isoformat()} partner_key:{PartnerKey.objects.get().pk}\n"
    PartnerKey.objects.update(revoked_at=None)
    assert complaint() == BACK
    assert [replaying.replay(now=now) for _ in range(2)] == [1, 0]
    assert (keys.find(secret, now=now), complaint()) == (None, "")


def test_a_full_ledger_keeps_no_key_alive_and_has_its_line_later(now, settings, kept, tmp_path):
    keys.issue(partner=Partner.objects.create(name="Club", slug="club"), scopes=["ask"], now=now)
    settings.LEDGER = tmp_path
    keys.revoke(key=PartnerKey.objects.get(), now=now)
    settings.LEDGER = kept
    ledger.begin()
    for _ in range(2):
        sweeping.purge(now=now)
    row = PartnerKey.objects.get()
    assert (row.revoked_at, kept.read_text()) == (now, f"{now.isoformat()} partner_key:{row.pk}\n")


@pytest.mark.parametrize("line", ["{now} question:7", "2026-13-45T99:99:99+00:00 question:{pk}", "{now} off:{pk}x"])
def test_a_line_that_names_nothing_is_complained_of_and_passed_over(calendar, now, kept, line):
    first, second = make_question(now=now), make_question(now=now)
    kept.parent.mkdir()
    kept.write_text(line.format(now=now.isoformat(), pk=first.pk) + "\n")
    ledger.record(second.subject, now=now)
    assert replaying.replay(now=now) == 1
    assert complaint() == (
        "The ledger (ASKPEER_LEDGER) names nothing in line 1. "
        "Bring it back from its copy, or correct the line: a moment, a space, a kind, a colon, an id."
    )
    assert {str(row.pk): row.status for row in Question.objects.all()} == {
        str(first.pk): "new",
        str(second.pk): "withdrawn",
    }


def test_what_is_published_and_in_no_trail_is_taken_off(calendar):
    """As in a backup whose trail does not go so far: when it was published is not known."""
    publication = published()
    triggers.drop([TrailEntry._meta.db_table])
    TrailEntry.objects.filter(subject=publication.subject, kind="published").delete()
    triggers.install(TrailEntry._meta.app_config)
    ledger.record(f"off:{publication.pk}", now=LATER + HOUR)
    assert complaint() == BACK
    assert replaying.replay(now=LATER + 2 * HOUR) == 1
    assert (Publication.objects.get().status, complaint()) == ("anonymised", "")
