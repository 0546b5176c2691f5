"""What an asker says of the safeguarding lead: trustees read it, and no lead, who is here now or comes later."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from advisors import notices, reminding, roles
from advisors.drafting import claiming
from advisors.managing import people
from advisors.models import Person, Role
from advisors.safeguarding import board, glass, raising
from advisors.safeguarding.models import BrokenGlass, Concern
from advisors.signoff import leaving, locking, own_words, seeing, triaging
from askpeer import calendars, outbox
from askpeer.errors import Refused
from askpeer.models import OutboxRow
from questions import erasing
from questions.intake import asking, oncall, risk, withdrawing
from questions.intake.models import RiskRule
from questions.models import Question, Reminder, SafetyReport
from questions.moves import ASKER
from tests.advisors.safeguarding.conftest import signed_in
from tests.factories import LeadFactory, ManagerFactory, SupervisorFactory, TrusteeFactory, make_question

pytestmark = pytest.mark.django_db
SAID = "Grace shut the door behind us."
HOUR = timedelta(hours=1)
NOT_OPEN = "You cannot open this question"


def asked(now, text=SAID, **values):
    return asking.ask(text=text, age_band="13-15", about_lead=True, now=now, **values).question


def anew(question):
    return Question.objects.get(pk=question.pk)


@pytest.fixture
def theirs(calendar, trustee, lead, ruth, now):
    """What an asker said of Lena, who is the lead."""
    return asked(now)


@pytest.fixture
def red(db):
    RiskRule.objects.create(label="Not safe", level="red", phrases=["not safe tonight"])


def readers(question):
    """The roles of those whom it opens to, and of those whose lists show it: the same. A second lead comes first."""
    LeadFactory()
    everybody = Person.objects.all()
    opens = {person.role for person in everybody if roles.may_see(person, question)}
    handlers = [person for person in everybody if roles.may_handle(person)]
    listed = {person.role for person in handlers if Question.objects.filter(seeing.visible(person), pk=question.pk)}
    assert opens == listed
    return opens


def test_a_trustee_reads_it_and_no_lead_also_one_who_comes_later(theirs, lead):
    assert (theirs.about_staff, roles.may_see(lead, theirs), readers(theirs)) == (True, False, {"trustee"})


def test_what_is_about_somebody_else_stays_the_leads(calendar, ruth, trustee, now):
    assert readers(make_question(now=now, about_staff=True)) == {"lead"}


def test_the_database_refuses_one_that_is_not_about_staff(theirs):
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.update(about_staff=False)


def test_without_a_trustee_nothing_is_stored(calendar, lead, now):
    TrusteeFactory(is_active=False)
    with pytest.raises(Refused, match="Nobody else here can read about that person"):
        asked(now)
    assert not Question.objects.exists()


def test_its_reminders_and_alerts_go_to_trustees_alone(theirs, lead, ruth, trustee, now):
    Reminder.objects.create(question=theirs, round_number=1, stage=0, kind="late", due_at=now, made_at=now)
    reminding.group_reminders(now=now)
    assert [row.refs["person"] for row in OutboxRow.objects.filter(kind="staff-notice")] == [str(trustee.pk)]
    assert list(notices.watching(theirs)) == [trustee]


@pytest.mark.parametrize("quarantined", [False, True])
def test_red_words_about_the_lead_are_told_to_trustees_alone(
    calendar, red, lead, ruth, trustee, now, mailoutbox, quarantined
):
    asked(now, "I am not safe tonight.", quarantined=quarantined)
    outbox.relay(now=now)
    outbox.relay(now=now)
    assert [mail.to for mail in mailoutbox] == [[trustee.email]]


def test_among_other_red_words_in_quarantine_each_hears_of_theirs(calendar, red, lead, ruth, trustee, now, mailoutbox):
    risk.alert(make_question(now=now, level="red", quarantined=True), now=now)
    asked(now, "I am not safe tonight.", quarantined=True)
    outbox.relay(now=now)
    outbox.relay(now=now)
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(one.email for one in (lead, ruth, trustee))


@pytest.mark.parametrize("about", ["lead", "another", "nobody here"])
def test_the_page_of_a_case_about_staff_speaks_of_no_desk_it_could_go_to(calendar, lead, ruth, trustee, now, about):
    where = {"about_lead": about == "lead", "about_staff": about != "nobody here", "quarantined": True}
    reader = {"lead": trustee, "another": lead, "nobody here": ruth}[about]
    page = signed_in(reader).get(reverse("review:question", args=[make_question(now=now, **where).pk])).content.decode()
    said = ("Passing it on lets it out", "hidden from advisors", "pass on to the desk", "a content note, on or off")
    assert [page.count(sentence) for sentence in said] == [about == "nobody here"] * 4
    assert page.count("never reaches the desk") == (about != "nobody here")
    assert page.count("Phone numbers and the like are marked here") == 1


def test_nobody_on_call_reads_it(theirs, now):
    theirs.level = "red"
    assert not oncall.is_anybody(theirs, now=now)


def test_the_last_trustee_stays_whether_or_not_there_is_a_case(calendar, trustee, lead, manager, now):
    for _ in range(2):
        with pytest.raises(Refused, match="This is the only trustee, who alone reads about the safeguarding lead"):
            leaving.leave(person=trustee, by=manager, now=now)
        if not Question.objects.exists():
            asked(now)


@pytest.mark.parametrize("recused", [False, True])
def test_a_trustee_becomes_a_lead_only_while_another_may_read_it(theirs, trustee, manager, noon, now, recused):
    other, where = TrusteeFactory(), reverse("manage:person_role", args=[trustee.pk])
    if recused:
        claiming.recuse(question=theirs, by=other, now=now)
    answer = signed_in(manager).post(where, {"role": "lead", "seen": people.mark(trustee, "role")})
    assert (answer.status_code, Person.objects.get(pk=trustee.pk).role) == (
        (422, "trustee") if recused else (302, "lead")
    )
    assert "trustee" in readers(anew(theirs))


def test_whoever_was_lead_is_kept_from_it_whatever_they_become(theirs, lead, trustee, now):
    locking.lock_away(question=theirs, reason="Why.", last_day=date(2027, 2, 1), by=trustee, now=now)
    for role in (Role.TRUSTEE, Role.SUPERVISOR):
        Person.objects.filter(pk=lead.pk).update(role=role)
        former = Person.objects.get(pk=lead.pk)
        assert not roles.may_see(former, theirs)
        assert not locking.readable(former).exists()


def test_nor_does_a_lead_see_the_answer_they_once_wrote_to_it(calendar, lead, ruth, trustee, noon, now):
    question = make_question(now=now, status="answered", holder=lead)
    raising.give_to_trustee(question=question, version=question.version, by=ruth, now=now)
    assert (anew(question).holder, signed_in(lead).get(f"/desk/{question.pk}/versions/").status_code) == (None, 403)


def test_its_note_is_the_trustees_also_after_an_erasure(theirs, lead, trustee, manager, now):
    note = locking.lock_away(question=theirs, reason="Why.", last_day=date(2027, 2, 1), by=trustee, now=now)
    for _ in range(2):
        able = [person for person in (lead, LeadFactory(), manager, trustee) if locking.readable(person).exists()]
        assert (able, locking.keepers(note), len(board.cases(lead, now=now).lines)) == ([trustee], [trustee], 0)
        if anew(theirs).status != "withdrawn":
            withdrawing.erase(question=anew(theirs), told=date(2027, 2, 1), now=now)


def test_its_contact_is_the_trustees_for_a_reason_and_no_lead_is_told(calendar, trustee, lead, manager, noon, now):
    question = asked(now, email="kim@example.org")
    for person, what in ((lead, "contact"), (manager, "question")):
        with pytest.raises(Refused, match=NOT_OPEN):
            glass.break_glass(question=question, what=what, reason="Why.", by=person, now=now)
    browser = signed_in(trustee)
    where = reverse("safeguarding:contact", args=[question.pk])
    assert where in browser.get(reverse("safeguarding:case", args=[question.pk])).content.decode()
    shown = browser.post(browser.post(where, {"reason": "To ring them."}).url)
    assert "kim@example.org" in shown.content.decode()
    assert BrokenGlass.objects.get().told == manager


@pytest.mark.parametrize("told", [LeadFactory, SupervisorFactory])
def test_who_was_told_of_a_contact_before_reads_no_reason_after(
    calendar, trustee, lead, ruth, noon, now, told, mailoutbox
):
    question, told = make_question(now=now, email="kim@example.org"), told()
    BrokenGlass.objects.create(
        about=question, what="contact", person=lead, reason="She names Lena.", at=now, until=now + HOUR, told=told
    )
    refs = {"glass": str(BrokenGlass.objects.get().pk)}
    assert "She names Lena." in signed_in(told).get("/review/").content.decode()
    raising.give_to_trustee(question=question, version=question.version, by=ruth, now=now)
    assert "She names Lena." not in signed_in(told).get("/review/").content.decode()
    with pytest.raises(outbox.Undeliverable):
        notices.glass_broken(refs, key="k", now=now)


def test_who_was_lead_and_is_a_manager_is_not_the_second_person(calendar, trustee, lead, ruth, now):
    Person.objects.filter(pk=lead.pk).update(role=Role.MANAGER, was_lead=True, alias="Aaron")
    LeadFactory()
    question = make_question(now=now, email="a@mail.example")
    raising.give_to_trustee(question=question, version=question.version, by=ruth, now=now)
    other = ManagerFactory(alias="Zoe")
    broken = glass.break_glass(question=anew(question), what="contact", reason="She names Lena.", by=trustee, now=now)
    assert broken.told == other


@pytest.mark.parametrize(
    "then", ["its asker erased it", "who was told is a lead by now", "who was told is a manager by now"]
)
def test_whatever_happens_since_no_lead_reads_why_it_was_opened(calendar, trustee, lead, ruth, manager, now, then):
    question, told = make_question(now=now), ruth if "is a lead" in then else lead
    BrokenGlass.objects.create(
        about=question, what="question", person=manager, reason="She names Lena.", at=now, until=now + HOUR, told=told
    )
    if "manager" in then:
        Person.objects.filter(pk=told.pk).update(role=Role.MANAGER, was_lead=True)
    raising.give_to_trustee(question=question, version=question.version, by=ruth, now=now)
    if "erased" in then:
        erasing.erase(anew(question), by=ASKER, now=now)
    if "is a lead" in then:
        Person.objects.filter(pk=told.pk).update(role=Role.LEAD)
    told.refresh_from_db()
    assert board.broken_before(told, now=now) == []
    with pytest.raises(outbox.Undeliverable):
        notices.glass_broken({"glass": str(BrokenGlass.objects.get().pk)}, key="k", now=now)


def test_reminders_that_wait_as_it_is_given_away_are_told_to_those_who_may_hear(
    calendar, lead, ruth, trustee, now, mailoutbox
):
    question = make_question(now=now)
    Reminder.objects.create(question=question, round_number=1, stage=0, kind="late", due_at=now, made_at=now)
    reminding.group_reminders(now=now)
    raising.give_to_trustee(question=question, version=question.version, by=ruth, now=now)
    outbox.relay(now=now)
    outbox.relay(now=now)
    assert {mail.to[0] for mail in mailoutbox} == {trustee.email}


def test_what_is_given_after_the_answer_stands_on_the_trustees_page_with_all_there_is_to_do(
    calendar, ruth, trustee, noon, now
):
    question = make_question(now=now - timedelta(days=14), status="answered")
    raising.give_to_trustee(question=question, version=question.version, by=ruth, now=now)
    report = SafetyReport.objects.create(round=question.round, words="SHE READS IT ALOUD", sent_at=now)
    late, browser = asked(now - timedelta(days=14)), signed_in(trustee)
    page = browser.get("/review/triage/").content.decode()
    assert [text in page for text in (str(question.pk), "SHE READS IT ALOUD", reverse("review:redate"))] == [True] * 3
    assert browser.post(reverse("review:settle", args=[report.pk])).url == "/review/triage/"
    until = calendars.current().closing_after(now, 1)
    sent = {"questions": [str(late.pk)], "until": f"{until:%Y-%m-%dT%H:%M}", "why": ""}
    assert browser.post(reverse("review:redate"), sent).url == "/review/triage/"
    assert anew(late).round.redated_at == until


def test_nobody_writes_words_that_no_second_person_could_read(theirs, trustee, now):
    with pytest.raises(Refused, match="Nobody else here may read this question, so nobody could say yes"):
        own_words.propose(question=theirs, kind="redirect", code="", text="Dear you.", by=trustee, now=now)


def test_its_page_says_so_to_the_trustee_and_is_closed_to_the_lead(theirs, lead, trustee, noon):
    page = signed_in(trustee).get(f"/review/{theirs.pk}/triage/").content.decode()
    assert "This is about the safeguarding lead, who can't see it." in page
    assert SAID in page
    assert signed_in(lead).get(f"/review/{theirs.pk}/triage/").status_code == 403
    assert SAID not in signed_in(lead).get("/review/triage/").content.decode()


@pytest.mark.parametrize("status", ["new", "open", "in_progress", "in_review", "answered"])
def test_whoever_reads_it_first_gives_it_to_a_trustee(held, advisor, ruth, lead, trustee, now, status, mailoutbox):
    unheld = status in {"new", "open"}
    Question.objects.filter(pk=held.pk).update(status=status, holder=None if unheld else advisor)
    raising.give_to_trustee(question=anew(held), version=held.version, by=ruth, now=now)
    assert (anew(held).about_lead, readers(anew(held))) == (True, {"trustee"})
    outbox.relay(now=now)
    outbox.relay(now=now)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([trustee.email], "About someone who works here")]
    assert [item.question for item in triaging.waiting(trustee, now=now).questions.items] == (
        [] if status == "answered" else [held]
    )


def test_from_triage_by_its_own_button(held, ruth, trustee, noon):
    where, browser = f"/review/safeguarding/{held.pk}/about-staff/", signed_in(ruth)
    assert "It's about the lead: give it to a trustee" in browser.get(f"/review/{held.pk}/triage/").content.decode()
    browser.post(where, {"version": held.version, "about": "lead"})
    assert (anew(held).about_lead, Concern.objects.get().kind) == (True, "lead")


def test_an_advisor_gives_it_to_a_trustee_and_keeps_nothing_of_it(held, advisor, lead, trustee, noon, now):
    sent = {"kind": "lead", "words": "He names Lena.", "version": held.version}
    assert signed_in(advisor).post(reverse("safeguarding:concern", args=[held.pk]), sent).url == "/desk/"
    assert (anew(held).about_lead, anew(held).holder, readers(anew(held))) == (True, None, {"trustee"})
    assert (board.waiting(lead, now=now).concerns, len(board.waiting(trustee, now=now).concerns)) == ([], 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", [Role.ADVISOR, Role.SUPERVISOR, Role.LEAD])
def test_without_a_trustee_it_stays_and_the_manager_is_told(held, advisor, ruth, lead, manager, now, mailoutbox, role):
    about = {"question": held, "version": held.version, "now": now}
    say = {
        Role.ADVISOR: lambda: raising.raise_concern(kind="lead", words="", by=advisor, **about),
        Role.SUPERVISOR: lambda: raising.give_to_trustee(by=ruth, **about),
        Role.LEAD: lambda: raising.give_to_trustee(by=lead, **about),
    }
    with pytest.raises(Refused, match="Nobody here may read about a colleague right now"):
        say[role]()
    assert (anew(held).about_staff, anew(held).holder, Concern.objects.count()) == (False, advisor, 0)
    outbox.relay(now=now)
    outbox.relay(now=now)
    assert [mail.to for mail in mailoutbox] == [[manager.email]]
