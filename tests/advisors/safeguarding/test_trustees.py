"""A trustee reads what concerns the lead, and nothing else: every staff route, with their case and with another's."""

from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from advisors import doors, reminding, roles
from advisors.drafting import claiming
from advisors.duty.models import Shift
from advisors.models import Invitation, Person, Role
from advisors.safeguarding import board, naming
from advisors.signoff import locking, seeing, triaging, wordings
from askpeer import outbox
from askpeer.errors import Refused
from askpeer.models import OutboxRow
from questions.models import LockedNote, Message, Question, Reminder
from tests.advisors.safeguarding.conftest import ENTRY, signed_in
from tests.factories import LeadFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
SPACES = {"beside", "desk", "duty", "manage", "review", "safeguarding"}
VALUES = {"IntConverter": 1, "SlugConverter": "x", "StringConverter": "x", "KindConverter": "shifts"}
# safeguarding:settle without a POST is the list.
LISTS = {"review:triage", "review:triage_next", "review:redate", "safeguarding:board", "safeguarding:settle"}
OF_A_CASE = {
    *(f"review:{act}" for act in ("question", "take_back", "level", "apart", "mask", "propose_words", "redirect")),
    *(f"review:{act}" for act in ("hold", "lock")),
    *(f"safeguarding:{act}" for act in ("case", "keep", "let_go", "person", "contact")),
}
# Autosave looks at what was sent before it asks whose it is: with nothing sent it says so to everybody.
BLIND = {"desk:autosave", "desk:autosave_ask"}


@pytest.fixture
def theirs(about_staff, lead, trustee, now):
    """A case about staff whose lead was recused."""
    naming.name_person(question=about_staff, person=lead, by=lead, now=now)
    return Question.objects.get(pk=about_staff.pk)


def routes(resolver, spaces=()):
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join((*spaces, one.name or "")), one.pattern.converters
        else:
            yield from routes(one, (*spaces, one.namespace) if one.namespace else spaces)


def opened(browser, question):
    """The staff routes that do not turn this person away, with this question wherever a route names one."""
    found = set()
    for name, converters in routes(get_resolver()):
        if name.partition(":")[0] in SPACES:
            values = {key: VALUES.get(type(kind).__name__, question.pk) for key, kind in converters.items()}
            if any(answers(browser, method, reverse(name, kwargs=values)) for method in ("get", "post")):
                found.add(name)
    return found


def answers(browser, method, path):
    with transaction.atomic():
        answer = getattr(browser, method)(path, follow=True)
        transaction.set_rollback(True)
    return answer.status_code not in {403, 404, 405, 409}


def test_a_case_that_is_theirs_opens_and_every_other_route_is_shut(theirs, trustee, noon):
    assert opened(signed_in(trustee), theirs) - BLIND == LISTS | OF_A_CASE


def test_with_any_other_question_nothing_opens_but_their_lists(theirs, question, trustee, noon):
    assert opened(signed_in(trustee), question) - BLIND == LISTS


def test_nor_with_a_case_about_staff_that_the_lead_reads(theirs, question, trustee, noon):
    Question.objects.filter(pk=question.pk).update(about_staff=True)
    assert opened(signed_in(trustee), question) - BLIND == LISTS


def test_their_navigation_leads_to_cases_about_colleagues(trustee, now):
    assert doors.home_of(trustee, now=now) == "/review/triage/"
    assert next(page["url"] for page in doors.pages_of(trustee, now=now)) == "/review/triage/"


def test_they_read_record_and_lock(theirs, trustee, noon):
    browser = signed_in(trustee)
    assert "Ruth shouted at me." in browser.get(f"/review/{theirs.pk}/triage/").content.decode()
    where = f"/review/safeguarding/{theirs.pk}/"
    sent = {name: value for name, value in ENTRY.items() if value is not None}
    assert browser.post(where, sent).url == where
    assert "He has a key." in browser.get(where).content.decode()
    locked = browser.post(f"/review/{theirs.pk}/lock/", {"reason": "The board looks at it.", "last_day": "2027-02-28"})
    assert (locked.status_code, LockedNote.objects.get().last_day) == (302, date(2027, 2, 28))


def test_they_redirect_by_a_sentence_that_two_people_approved(theirs, trustee, ruth, noon, now):
    wordings.load(writer=ruth, approver=SupervisorFactory())
    row = wordings.approved("redirect", language="en")[0]
    browser = signed_in(trustee)
    sent = {"code": row.code, "version": theirs.version, "shown": str(row.pk)}
    browser.post(f"/review/{theirs.pk}/redirect/", sent)
    assert (Question.objects.get(pk=theirs.pk).status, Message.objects.filter(kind="redirect").count()) == (
        "redirected",
        1,
    )


def test_they_neither_assign_nor_approve_nor_go_on_duty(theirs, trustee, now):
    with pytest.raises(Refused):
        triaging.pass_on(
            question=theirs, version=theirs.version, summary="At home.", content_notes=[], by=trustee, now=now
        )
    assert (roles.may_review(trustee), Shift.objects.count()) == (False, 0)


def test_what_they_may_see_and_what_their_lists_show_is_the_same(theirs, question, trustee, now):
    shown = set(Question.objects.filter(seeing.visible(trustee)))
    assert shown == {row for row in Question.objects.all() if roles.may_see(trustee, row)} == {theirs}
    assert [line.note.about for line in board.cases(trustee, now=now).lines] == [theirs]


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_them_the_same_whatever_its_length(
    lead, trustee, now, calendar, count, django_assert_num_queries
):
    for _ in range(count):
        naming.name_person(question=make_question(now=now, about_staff=True), person=lead, by=lead, now=now)
    with django_assert_num_queries(2):
        assert len(board.cases(trustee, now=now).lines) == count


def test_they_keep_notes_only_of_cases_that_are_theirs(theirs, question, trustee, now):
    assert locking.may_lock(trustee)
    with pytest.raises(Refused, match="You cannot open this question"):
        locking.lock_away(question=question, reason="Why.", last_day=date(2027, 2, 1), by=trustee, now=now)
    locking.stay(note=LockedNote.objects.get(), reason="Why.", last_day=date(2027, 2, 1), by=trustee, now=now)
    assert LockedNote.objects.get().made_by == trustee


def test_who_has_left_reads_nothing(theirs, trustee, now):
    trustee.is_active = False
    assert (locking.may_lock(trustee), roles.may_see(trustee, theirs)) == (False, False)
    assert not locking.readable(trustee).exists()


def test_a_manager_invites_one_and_asks_for_no_date_of_birth(manager, now, noon, mailoutbox):
    browser = signed_in(manager)
    answer = browser.post("/manage/invitations/", {"email": "tess@example.org", "alias": "Tess", "role": "trustee"})
    assert (answer.status_code, Invitation.objects.get().role) == (302, Role.TRUSTEE)
    outbox.relay(now=now)
    [link] = [line for line in mailoutbox[0].body.splitlines() if "/invitation/" in line]
    joined = Client().post(
        f"/{link.split('/', 3)[3]}", {"email": "tess@example.org", "password": "correct horse battery staple"}
    )
    person = Person.objects.get(email="tess@example.org")
    assert (joined.status_code, person.role, person.born_on) == (302, "trustee", None)


def test_they_need_a_second_factor_like_everybody(trustee, settings, noon):
    settings.SECOND_FACTOR = True
    answer = signed_in(trustee).get("/review/triage/")
    assert (answer.status_code, answer.url.startswith("/accounts/")) == (302, True)


def test_a_lead_who_knows_the_person_leaves_the_case_to_the_other_lead_alone(about_staff, lead, trustee, record, now):
    other = LeadFactory()
    record(by=lead, question=about_staff)
    claiming.recuse(question=about_staff, by=other, now=now)
    [note] = LockedNote.objects.all()
    assert (locking.readable(trustee).exists(), board.cases(trustee, now=now).lines) == (False, [])
    with pytest.raises(Refused, match="You cannot open this note"):
        locking.let_go(note=note, reason="mistake", by=trustee, now=now)
    claiming.recuse(question=about_staff, by=lead, now=now)
    assert [line.note for line in board.cases(trustee, now=now).lines] == [note]


def test_of_a_case_whose_leads_are_kept_from_it_but_one_no_trustee_is_reminded(about_staff, lead, trustee, now):
    other = LeadFactory()
    Reminder.objects.create(question=about_staff, round_number=1, stage=0, kind="late", due_at=now, made_at=now)
    claiming.recuse(question=about_staff, by=other, now=now)
    reminding.group_reminders(now=now)
    assert [row.refs["person"] for row in OutboxRow.objects.filter(kind="staff-notice")] == [str(lead.pk)]
