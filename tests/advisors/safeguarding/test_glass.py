"""Break-glass: a reason, fifteen minutes, once, and a second person who is told at once."""

from datetime import timedelta

import pytest

from advisors.drafting import claiming
from advisors.duty import presence
from advisors.safeguarding import board, glass, naming
from advisors.safeguarding.models import BrokenGlass
from askpeer import history, outbox
from askpeer.errors import Erased, Refused
from askpeer.models import OutboxRow
from questions import erasing, moves
from questions.models import Contact, Question
from tests.advisors.safeguarding.conftest import SAID, signed_in
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, TrusteeFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db
SECOND, QUARTER = timedelta(seconds=1), timedelta(minutes=15)


@pytest.fixture
def other(db):
    return LeadFactory(alias="Ola")


def broken(question, by, now, *, what="contact", reason="The police ask where she is."):
    return glass.break_glass(question=question, what=what, reason=reason, by=by, now=now)


def test_the_lead_sees_the_address_once(question, lead, other, now):
    row = broken(question, lead, now)
    assert glass.show(glass=row, by=lead, now=now) == "kim@example.org"
    with pytest.raises(Refused, match="You have looked at this already"):
        glass.show(glass=row, by=lead, now=now + SECOND)


def test_a_manager_reads_the_question_once(question, manager, lead, now):
    row = broken(question, manager, now, what="question")
    [said] = glass.show(glass=row, by=manager, now=now)
    assert "".join(piece.text for piece in said.pieces) == SAID
    with pytest.raises(Refused, match="You have looked at this already"):
        glass.show(glass=row, by=manager, now=now)


def test_it_is_open_for_fifteen_minutes_to_the_second(question, lead, other, now):
    row = broken(question, lead, now)
    with pytest.raises(Refused, match="The fifteen minutes are over"):
        glass.show(glass=row, by=lead, now=now + QUARTER)
    assert BrokenGlass.objects.get().shown_at is None
    assert glass.show(glass=row, by=lead, now=now + QUARTER - SECOND) == "kim@example.org"


def test_nobody_else_looks_through_it(question, lead, other, now):
    row = broken(question, lead, now)
    with pytest.raises(Refused, match="Only the person who gave the reason"):
        glass.show(glass=row, by=other, now=now)
    assert BrokenGlass.objects.get().shown_at is None


def test_pressed_twice_it_breaks_once(question, lead, other, now):
    assert broken(question, lead, now) == broken(question, lead, now + SECOND)
    assert (BrokenGlass.objects.count(), OutboxRow.objects.count()) == (1, 1)


def test_to_look_again_it_breaks_again(question, lead, other, now):
    glass.show(glass=broken(question, lead, now), by=lead, now=now)
    again = broken(question, lead, now + SECOND)
    assert glass.show(glass=again, by=lead, now=now + SECOND) == "kim@example.org"
    assert OutboxRow.objects.count() == 2


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say why you need to see this."),
        (" \n", "Say why you need to see this."),
        ("x" * 501, "A reason can have 500 characters at most. This one has 501."),
    ],
)
def test_without_a_reason_nothing_breaks(question, lead, other, now, reason, sentence):
    with pytest.raises(Refused) as refusal:
        broken(question, lead, now, reason=reason)
    assert (str(refusal.value), BrokenGlass.objects.count(), OutboxRow.objects.count()) == (sentence, 0, 0)


def test_the_second_person_is_told_by_mail_and_reads_the_reason(question, lead, other, now, mailoutbox):
    broken(question, lead, now)
    outbox.relay(now=now)
    [mail] = mailoutbox
    assert mail.to == [other.email]
    assert ("/review/safeguarding/" in mail.body, "police" in mail.body, "kim" in mail.body) == (True, False, False)
    assert [row.reason for row in board.broken_before(other, now=now)] == ["The police ask where she is."]
    assert board.broken_before(lead, now=now) == []


def test_they_read_of_it_for_seven_days(question, lead, other, now):
    broken(question, lead, now)
    week = now + timedelta(days=7)
    assert [len(board.broken_before(other, now=at)) for at in (week - SECOND, week)] == [1, 0]


def test_who_is_told_first_another_lead_then_who_is_on_duty_then_a_manager(question, lead, now):
    manager, idle, busy = ManagerFactory(), SupervisorFactory(alias="A"), SupervisorFactory(alias="B")
    deputy = SupervisorFactory(alias="C", deputy=True)
    told = [broken(question, lead, now).told]
    for more in (busy, deputy):
        presence.go_on(person=more, now=now)
        BrokenGlass.objects.all().delete()
        told.append(broken(question, lead, now).told)
    other = LeadFactory()
    BrokenGlass.objects.all().delete()
    told.append(broken(question, lead, now).told)
    assert told == [manager, busy, deputy, other]
    assert idle not in told


@pytest.mark.parametrize("lacks", [{"agreed_on": None, "agreed_to": ""}, {"vetted_on": None}])
def test_who_could_not_open_it_is_told_only_where_nobody_else_is_left(question, lead, now, lacks):
    other = LeadFactory(**lacks)
    told = [broken(question, lead, now).told]
    manager = ManagerFactory()
    BrokenGlass.objects.all().delete()
    told.append(broken(question, lead, now).told)
    assert told == [other, manager]


def test_of_a_case_about_staff_a_trustee_is_told_and_no_supervisor(calendar, lead, ruth, manager, now):
    question = make_question(now=now, about_staff=True, email="kim@example.org")
    presence.go_on(person=ruth, now=now)
    assert broken(question, lead, now).told == manager
    trustee = TrusteeFactory()
    BrokenGlass.objects.all().delete()
    assert broken(question, lead, now).told == trustee


def test_whoever_was_recused_is_not_told(question, lead, other, manager, now):
    claiming.recuse(question=question, by=other, now=now)
    assert broken(question, lead, now).told == manager


def test_with_nobody_to_tell_it_stays_closed(question, lead, now):
    SupervisorFactory()
    LeadFactory(is_active=False)
    with pytest.raises(Refused, match="nobody else here who could be told"):
        broken(question, lead, now)


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, ManagerFactory])
def test_contact_details_open_to_the_lead_alone(question, lead, make, now):
    with pytest.raises(Refused, match="Only the safeguarding lead can ask for contact details"):
        broken(question, make(), now)


@pytest.mark.parametrize("make", [PersonFactory, SupervisorFactory, TrusteeFactory, LeadFactory])
def test_the_question_opens_to_a_manager_alone(question, lead, make, now):
    with pytest.raises(Refused, match="Only a manager asks to read a question this way"):
        broken(question, make(), now, what="question")


def test_never_a_case_about_staff_to_a_manager(about_staff, lead, manager, now):
    with pytest.raises(Refused, match="You cannot open this question"):
        broken(about_staff, manager, now, what="question")


def test_a_lead_who_was_recused_is_shown_nothing(question, lead, other, now):
    row = broken(question, lead, now)
    claiming.recuse(question=question, by=lead, now=now)
    with pytest.raises(Refused, match="You cannot open this question"):
        glass.show(glass=row, by=lead, now=now)
    with pytest.raises(Refused, match="You cannot open this question"):
        broken(Question.objects.get(), lead, now)


def test_where_no_address_was_left_it_says_so(calendar, lead, other, now):
    with pytest.raises(Refused, match="They left no e-mail address"):
        broken(make_question(now=now), lead, now)


def test_an_address_taken_out_meanwhile_is_not_shown_and_not_counted(question, lead, other, now):
    row = broken(question, lead, now)
    Contact.objects.all().delete()
    with pytest.raises(Refused, match="They left no e-mail address"):
        glass.show(glass=row, by=lead, now=now)
    assert BrokenGlass.objects.get().shown_at is None


def test_erased_meanwhile_is_a_sentence(question, lead, other, now):
    row = broken(question, lead, now)
    erasing.erase(Question.objects.get(), by=moves.ASKER, now=now)
    for act in (lambda: glass.show(glass=row, by=lead, now=now), lambda: broken(question, lead, now)):
        with pytest.raises(Erased, match="This has been erased"):
            act()
    assert BrokenGlass.objects.get().reason == "The police ask where she is."


def test_the_trail_says_that_it_was_broken_and_that_it_was_shown(question, lead, other, now):
    glass.show(glass=broken(question, lead, now), by=lead, now=now)
    rows = [(row.kind, row.actor, row.facts) for row in history.of(question.subject)]
    assert rows[-2:] == [(kind, lead.name, {"what": "contact"}) for kind in ("glass_broken", "glass_shown")]


@pytest.fixture
def pages(question, lead, other, noon):
    return signed_in(lead), f"/review/safeguarding/{question.pk}/contact/"


def test_the_page_shows_it_in_the_answer_of_the_post_alone(pages):
    browser, path = pages
    again = browser.post(path, {"reason": ""})
    assert (again.status_code, BrokenGlass.objects.count()) == (422, 0)
    where = browser.post(path, {"reason": "The police ask."}).url
    assert b"kim@example.org" not in browser.get(where).content
    shown = browser.post(where)
    assert (shown.status_code, b"kim@example.org" in shown.content) == (200, True)
    assert "no-store" in shown["Cache-Control"]
    reloaded = browser.post(where)
    assert (reloaded.status_code, b"kim@example.org" in reloaded.content) == (403, False)
    assert b"kim@example.org" not in browser.get(where).content


def test_a_reason_that_is_too_long_is_given_back(pages):
    browser, path = pages
    answer = browser.post(path, {"reason": "y" * 501})
    assert (answer.status_code, "y" * 501 in answer.content.decode()) == (422, True)


def test_another_lead_does_not_find_the_page(pages, other):
    browser, path = pages
    where = browser.post(path, {"reason": "The police ask."}).url
    assert signed_in(other).get(where).status_code == 404
    assert signed_in(other).post(where).status_code == 404


def test_the_manager_reads_a_question_from_its_case(record, question, ruth, lead, manager, noon):
    record(by=ruth)
    browser, path = signed_in(manager), f"/manage/safeguarding/{question.pk}/question/"
    log = browser.get(f"/manage/safeguarding/{question.pk}/").content.decode()
    assert (path in log, "He has a key." in log, SAID in log, "<textarea" in log) == (True, True, False, False)
    where = browser.post(path, {"reason": "A complaint."}).url
    shown = browser.post(where).content.decode()
    assert (SAID in shown, "kim@example.org" in shown) == (True, False)
    assert SAID not in browser.post(where).content.decode()


def test_words_typed_after_signing_out_are_given_back(question, client):
    answer = client.post(f"/review/safeguarding/{question.pk}/contact/", {"reason": "The police ask."})
    assert (answer.status_code, b"The police ask." in answer.content) == (403, True)


def test_two_windows_that_ask_at_once_are_shown_it_once(question, lead, other, now):
    row = broken(question, lead, now)
    with (
        before("UPDATE", "safeguarding_brokenglass", lambda: glass.show(glass=row, by=lead, now=now)),
        pytest.raises(Refused, match="You have looked at this already"),
    ):
        glass.show(glass=row, by=lead, now=now)


def test_who_is_named_since_reads_no_more_of_it(calendar, lead, other, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now, about_staff=True, email="kim@example.org")
    assert broken(question, lead, now).told == other
    naming.name_person(question=question, person=other, by=lead, now=now)
    assert board.broken_before(other, now=now) == []
    erasing.erase(Question.objects.get(), by=moves.ASKER, now=now)
    assert board.broken_before(other, now=now) == []


def test_nor_are_they_mailed_and_the_manager_finds_it_dead(calendar, lead, other, now, mailoutbox):
    question = make_question(now=now, about_staff=True, email="kim@example.org")
    broken(question, lead, now)
    naming.name_person(question=question, person=other, by=lead, now=now)
    outbox.relay(now=now)
    row = OutboxRow.objects.get(kind="glass-broken")
    assert ([mail for mail in mailoutbox if other.email in mail.to], row.state) == ([], "dead")


def test_asked_again_the_page_shows_the_reason_that_stands(pages):
    browser, path = pages
    where = browser.post(path, {"reason": "The police ask."}).url
    assert browser.post(path, {"reason": "Her aunt asks."}).url == where
    shown = browser.get(where).content.decode()
    assert ("The police ask." in shown, "Her aunt asks." in shown) == (True, False)
