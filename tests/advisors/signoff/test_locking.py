"""Locked notes: who keeps, reads and lets them go; the asker is told before erasing, and erasing leaves them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from advisors.drafting import claiming
from advisors.models import Role
from advisors.signoff import locking
from askpeer import history, rotating
from askpeer.errors import Erased, Refused, Stale
from questions import erasing, holding, moves, sweeping
from questions.intake import withdrawing
from questions.models import LockedNote, Message
from tests.advisors.signoff.conftest import signed_in
from tests.browser.stage import opened
from tests.factories import (
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TrusteeFactory,
    make_question,
)

pytestmark = pytest.mark.django_db
LAST = date(2027, 2, 28)


@pytest.fixture
def question(calendar, now):
    return make_question(text="He said he would come back tonight.", now=now)


@pytest.fixture
def note(question, lead, now):
    return locking.lock_away(question=question, reason="A child is at risk.", last_day=LAST, by=lead, now=now)


@pytest.fixture
def noon(now):
    with time_machine.travel(now, tick=False) as travelling:
        yield travelling


def asker(question):
    browser = Client()
    browser.cookies["s"] = opened(question)
    return browser


def test_it_holds_the_exact_words_under_a_key_of_its_own(note, question):
    kept = LockedNote.objects.get()
    assert kept.words == "2026-11-16 11:00 UTC, question:\nHe said he would come back tonight."
    assert (kept.reason, kept.last_day, kept.key() != question.key()) == ("A child is at risk.", LAST, True)
    assert rotating.waiting()["questions_lockednote"] == 0


def test_it_holds_cards_and_moments_too(question, lead, now):
    Message.objects.all().delete()
    extras = '{"cards": ["scared", "stuck"], "timeline": ["we moved", "he came"]}'
    Message.objects.create(round=question.round, kind="question", text="", extras=extras, sent_at=now)
    note = locking.lock_away(question=question, reason="Why.", last_day=LAST, by=lead, now=now)
    assert note.words.splitlines()[1:] == ["scared, stuck", "we moved", "he came"]


def test_making_it_anew_takes_in_what_was_said_since(note, question, lead, now):
    Message.objects.create(round=question.round, kind="reply", text="He is here.", sent_at=now + timedelta(hours=1))
    locking.lock_away(question=question, reason="Now.", last_day=LAST, by=lead, now=now + timedelta(hours=2))
    assert [(row.words[-11:], row.reason) for row in LockedNote.objects.all()] == [("He is here.", "Now.")]


def test_erasing_leaves_it_and_nothing_else(note, question, now):
    erasing.erase(question, by=moves.ASKER, now=now)
    kept = LockedNote.objects.get()
    assert "come back tonight" in kept.words
    assert (Message.objects.count(), question.wrapped_key) == (0, None)


@pytest.mark.parametrize("make", [SupervisorFactory, PersonFactory, ManagerFactory])
def test_the_lead_alone_keeps_reads_and_lets_go(note, question, now, make):
    other = make()
    acts = [
        lambda: locking.lock_away(question=question, reason="Why.", last_day=LAST, by=other, now=now),
        lambda: locking.let_go(note=note, reason="not_needed", by=other, now=now),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Only the safeguarding lead can do this"):
            act()
    assert LockedNote.objects.get().reason == "A child is at risk."


@pytest.mark.parametrize(
    ("make", "read"),
    [(LeadFactory, 1), (ManagerFactory, 1), (SupervisorFactory, 0), (PersonFactory, 0), (TrusteeFactory, 0)],
)
def test_whose_log_is_read_whole_by_whom(note, make, read):
    assert locking.readable(make()).count() == read


def test_a_lead_who_knows_the_person_reads_nothing_of_it(note, question, lead, now):
    claiming.recuse(question=question, by=lead, now=now)
    assert not locking.readable(lead).exists()
    with pytest.raises(Refused, match="You cannot open this question"):
        locking.lock_away(question=question, reason="Why.", last_day=LAST, by=lead, now=now)


@pytest.mark.parametrize(
    ("reason", "day", "sentence"),
    [
        (" ", LAST, "Say why these words have to stay."),
        ("x" * 1001, LAST, "A reason can have 1,000 characters at most. This one has 1,001."),
        ("Why.", date(2026, 11, 16), "Choose a day after today, within a year."),
        ("Why.", date(2027, 11, 18), "Choose a day after today, within a year."),
    ],
)
def test_what_will_not_do_is_refused_with_its_sentence(question, lead, now, reason, day, sentence):
    with pytest.raises(Refused) as refusal:
        locking.lock_away(question=question, reason=reason, last_day=day, by=lead, now=now)
    assert (str(refusal.value), LockedNote.objects.count()) == (sentence, 0)


def test_an_asker_who_was_first_leaves_nothing_to_lock(question, lead, now):
    erasing.erase(type(question).objects.get(), by=moves.ASKER, now=now)
    with pytest.raises(Erased):
        locking.lock_away(question=question, reason="Why.", last_day=LAST, by=lead, now=now)


def test_it_goes_by_itself_after_its_last_day(note, question, lead):
    last, over = datetime(2027, 2, 28, 23, 59, tzinfo=UTC), datetime(2027, 3, 1, 0, 0, tzinfo=UTC)
    sweeping.purge(now=last)
    assert [holding.last_day(question, now=at) for at in (last, over)] == [LAST, None]
    assert LockedNote.objects.count() == 1
    sweeping.purge(now=over)
    assert LockedNote.objects.count() == 0


def test_letting_go_counts_once(note, lead, now):
    locking.let_go(note=note, reason="not_needed", by=lead, now=now)
    with pytest.raises(Stale):
        locking.let_go(note=note, reason="not_needed", by=lead, now=now)
    kinds = [row.kind for row in history.of(note.about.subject)]
    assert kinds == ["locked_note", "locked_note_gone"]


def test_the_asker_is_told_before_pressing(note, question, noon):
    page = asker(question).get("/my-question/erase/").content.decode().replace("&#x27;", "'")
    sentence = (
        "We're worried about someone's safety, so a locked note stays until 28 February 2027. Nobody else sees it."
    )
    assert sentence in page


def test_without_a_note_nothing_is_said_of_one(question, noon):
    assert "locked note" not in asker(question).get("/my-question/erase/").content.decode()


def test_a_note_kept_since_the_page_was_drawn_is_said_before_erasing(note, question, noon):
    browser = asker(question)
    first = browser.post("/my-question/erase/")
    assert (first.status_code, "a locked note stays until 28 February 2027" in first.content.decode()) == (409, True)
    assert type(question).objects.get().status == "new"
    [told] = re.findall(r'name="told" value="([^"]*)"', first.content.decode())
    assert browser.post("/my-question/erase/", {"told": told}).url == "/my-question/"
    assert type(question).objects.get().status == "withdrawn"


def test_the_verb_erases_nothing_that_the_asker_was_not_told_of(note, question, now):
    for told in (None, date(2027, 2, 27)):
        with pytest.raises(withdrawing.Untold):
            withdrawing.erase(question=question, told=told, now=now)
    assert withdrawing.erase(question=question, told=LAST, now=now).status == "withdrawn"


@pytest.mark.parametrize("told", ["", "2027-02-27", "9999-99-99", "soon", "2027-02-28" * 99])
def test_only_the_day_that_stands_counts_as_told(note, question, noon, told):
    response = asker(question).post("/my-question/erase/", {"told": told})
    assert (response.status_code == 302) is (told == "2027-02-28")


@pytest.mark.parametrize("recused_first", [True, False])
def test_a_lead_who_is_recused_reads_nothing_of_it_after_an_erasure_either(question, lead, now, recused_first):
    other = LeadFactory()
    acts = [
        lambda: claiming.recuse(question=question, by=other, now=now),
        lambda: locking.lock_away(question=question, reason="Why.", last_day=LAST, by=lead, now=now),
    ]
    for act in acts if recused_first else reversed(acts):
        act()
    erasing.erase(type(question).objects.get(), by=moves.ASKER, now=now)
    assert [locking.readable(person).count() for person in (other, lead)] == [0, 1]
    with pytest.raises(Refused, match="You cannot open this note"):
        locking.let_go(note=LockedNote.objects.get(), reason="not_needed", by=other, now=now)


def test_the_lead_keeps_reads_and_lets_go_on_the_pages(question, lead, noon):
    browser = signed_in(lead)
    where = f"/review/{question.pk}/lock/"
    assert browser.post(where, {"reason": "", "last_day": "soon"}).status_code == 422
    assert (
        browser.post(where, {"reason": "At <risk>.", "last_day": "2027-02-28"}).url == f"/review/{question.pk}/triage/"
    )
    assert b"Locked note until 28 February 2027" in browser.get(f"/review/{question.pk}/triage/").content
    case = f"/review/safeguarding/{question.pk}/"
    page = browser.get(case).content.decode()
    assert ("At &lt;risk&gt;." in page, "He said he would come back tonight." in page) == (True, True)
    assert browser.post(f"{case}keep/", {"reason": "", "last_day": ""}).status_code == 422
    assert browser.post(f"{case}keep/", {"reason": "Longer.", "last_day": "2027-03-31"}).url == case
    assert "31 March 2027" in browser.get("/review/safeguarding/").content.decode()
    assert browser.post(f"{case}let-go/", {"reason": "mistake"}).url == "/review/safeguarding/"
    assert b"No case stands." in browser.get("/review/safeguarding/").content
    assert browser.post(f"{case}let-go/").status_code == 409


def test_a_supervisor_is_shown_no_way_to_the_notes(note, question, ruth, noon):
    browser, case = signed_in(ruth), f"/review/safeguarding/{question.pk}/"
    assert b"ocked note" not in browser.get(f"/review/{question.pk}/triage/").content
    assert browser.get("/review/safeguarding/").status_code == 403
    assert b"He said he would come back tonight." not in browser.get(case).content
    for act in ("keep/", "let-go/", "contact/"):
        assert browser.post(case + act, {"reason": "Mine.", "last_day": "2027-02-01"}).status_code == 403
    assert LockedNote.objects.get().reason == "A child is at risk."


def test_a_lead_and_a_trustee_may_lock(db):
    assert [locking.may_lock(LeadFactory()), locking.may_lock(LeadFactory(is_active=False))] == [True, False]
    assert [locking.may_lock(PersonFactory.build(role=role)) for role in Role.values] == [
        role in {Role.LEAD, Role.TRUSTEE} for role in Role.values
    ]
