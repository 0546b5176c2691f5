import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from advisors import sweeping
from advisors.duty import rota
from advisors.duty.models import OnDuty
from advisors.models import Person
from advisors.team import meanwhile, supporting
from advisors.team.models import SupportCall
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.intake.models import OnCall
from questions.models import Signpost, SignpostChannel
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, keep_on_duty
from tests.interleaving import before

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
WORDS = "I keep thinking about what they wrote."


@pytest.fixture
def buddy(sam):
    """Somebody who answers too, and looks after Sam."""
    buddy = PersonFactory(alias="Ana", email="ana@askpeer.example")
    Person.objects.filter(pk=sam.pk).update(buddy=buddy)
    sam.refresh_from_db()
    return buddy


def ask(person, at, words=""):
    return supporting.call(person=person, words=words, now=at)


def mailed(at):
    """Who gets a mail when the outbox is emptied."""
    mail.outbox.clear()
    outbox.relay(now=at)
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def test_the_buddy_and_everybody_on_duty_are_told_at_once(sam, buddy, omar, ruth, now):
    keep_on_duty(LeadFactory(email="lena@askpeer.example"))
    ask(sam, now)
    assert mailed(now) == ["ana", "lena", "omar"]


@pytest.mark.parametrize("lacks", [{"vetted_until": date(2026, 11, 15)}, {"vetted_on": None}, {"agreed_to": "2020-01"}])
def test_a_buddy_is_told_whom_no_question_opens_to_for_calls_do(client, settings, sam, omar, now, lacks):
    settings.SECOND_FACTOR = False
    buddy = SupervisorFactory(email="bo@askpeer.example", **lacks)
    Person.objects.filter(pk=sam.pk).update(buddy=buddy)
    sam.refresh_from_db()
    call = ask(sam, now)
    assert supporting.buddy_of(sam, now=now) == buddy
    client.force_login(buddy)
    assert client.get(reverse("team:answer", args=[call.pk])).status_code == 200
    assert mailed(now) == ["bo", "omar"]


def test_whoever_is_their_buddy_no_more_since_the_page_was_drawn_reads_no_word(sam, buddy, now):
    call = SupportCall.objects.select_related("person").get(pk=ask(sam, now, WORDS).pk)
    assert call.person.buddy_id == buddy.pk
    Person.objects.filter(pk=sam.pk).update(buddy=None)
    with pytest.raises(Refused, match="or their buddy answers this"):
        supporting.answer(call=call, by=buddy, now=now)
    assert SupportCall.objects.get().answered_by is None


@pytest.mark.parametrize("was", [{"is_active": False}, {"role": "manager"}, {"role": "trustee"}])
def test_whoever_works_here_no_more_as_they_press_takes_no_call_off_the_lists(sam, ruth, omar, now, was):
    call = ask(sam, now)
    read = Person.objects.get(pk=ruth.pk)
    Person.objects.filter(pk=ruth.pk).update(**was)
    with pytest.raises(Refused, match="or their buddy answers this"):
        supporting.answer(call=call, by=read, now=now)
    assert [waiting.call for waiting in supporting.calls_for(omar, now=now)] == [call]


@pytest.mark.parametrize("change", [{"buddy": None}, {"is_active": False}])
def test_a_press_that_comes_too_late_is_a_page_that_says_so(browser, sam, buddy, now, change):
    """What changes between the look at the page and the lock: the first two rows read name who is signed in."""
    address, theirs = reverse("team:answer", args=[ask(sam, now, WORDS).pk]), browser(buddy)
    whom = sam if "buddy" in change else buddy
    with before("SELECT", "advisors_person", lambda: Person.objects.filter(pk=whom.pk).update(**change), nth=3):
        page = theirs.post(address)
    assert (page.status_code, WORDS in page.content.decode()) == (403, False)
    assert SupportCall.objects.get().answered_at is None


def test_who_has_just_left_calls_nobody_and_no_word_of_theirs_is_kept(sam, ruth, now):
    read = Person.objects.get(pk=sam.pk)
    Person.objects.filter(pk=sam.pk).update(is_active=False)
    with pytest.raises(Refused, match=r"^This account is closed\.$"):
        ask(read, now, WORDS)
    assert (SupportCall.objects.count(), OutboxRow.objects.filter(kind="support-call").count()) == (0, 0)


def test_with_nobody_on_duty_every_supervisor_and_lead_is_told(sam, buddy, ruth, now):
    LeadFactory(email="lena@askpeer.example")
    ManagerFactory()
    SupervisorFactory(is_active=False)
    ask(sam, now)
    assert mailed(now) == ["ana", "lena", "ruth"]


def test_a_buddy_who_is_on_duty_gets_one_mail(sam, omar, now):
    Person.objects.filter(pk=sam.pk).update(buddy=omar)
    ask(sam, now)
    assert mailed(now) == ["omar"]


def test_a_supervisor_alone_on_duty_calls_the_others_and_not_themselves(omar, ruth, now):
    ask(omar, now)
    assert mailed(now) == ["ruth"]


def test_the_mail_leads_to_the_call_and_holds_no_word_of_it(sam, omar, now, settings):
    ask(sam, now, WORDS)
    assert mailed(now) == ["omar"]
    message = mail.outbox[0]
    sentence = "Somebody on the team asked for support. Please go to them now, or say who can."
    assert message.subject == "Somebody needs you"
    assert message.body == f"Hello Omar,\n\n{sentence}\n\n{settings.SITE_URL}{reverse('team:calls')}\n"
    assert OutboxRow.objects.exclude(refs__icontains="thinking").count() == 2


def test_what_was_answered_before_the_mail_left_is_told_to_nobody(sam, omar, ruth, now):
    call = ask(sam, now)
    supporting.answer(call=call, by=ruth, now=now)
    assert mailed(now) == []
    ask(sam, now)
    row = OutboxRow.objects.get(state="waiting")
    outbox.deliver(row, now=now)
    supporting.answer(call=supporting.open_call(sam), by=ruth, now=now)
    assert mailed(now) == []


def test_again_while_it_is_open_is_the_same_call_and_no_word_is_lost(sam, omar, now):
    first = ask(sam, now)
    for words in ("", WORDS, WORDS, "And I can't sleep."):
        assert ask(sam, now + timedelta(minutes=5), words).pk == first.pk
    row = SupportCall.objects.get()
    assert (row.called_at, row.words) == (now, f"{WORDS}\n\nAnd I can't sleep.")
    assert mailed(now) == ["omar"]


def test_once_answered_the_next_one_is_a_call_of_its_own(sam, ruth, now):
    supporting.answer(call=ask(sam, now), by=ruth, now=now)
    ask(sam, now)
    assert SupportCall.objects.count() == 2


def test_words_are_sealed_and_the_trail_knows_nothing_of_it(sam, ruth, now):
    call = ask(sam, now, WORDS)
    supporting.answer(call=call, by=ruth, now=now)
    assert b"thinking" not in bytes(SupportCall.objects.values_list("words", flat=True).get())
    assert history.of(sam.name) + history.of(ruth.name) == []


@pytest.mark.parametrize(("words", "sentence"), [("x" * 1501, "1,500 characters at most"), ("a\0b", "cannot store")])
def test_words_that_cannot_be_kept_are_refused_and_nobody_is_told(sam, now, words, sentence):
    with pytest.raises(Refused, match=sentence):
        ask(sam, now, words)
    assert (SupportCall.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_the_first_who_answers_is_with_them_and_the_second_is_told_so(sam, ruth, omar, now):
    call, copy = ask(sam, now), SupportCall.objects.get()
    supporting.answer(call=call, by=ruth, now=now)
    with pytest.raises(Stale, match=r"^Somebody is with them already\.$"):
        supporting.answer(call=copy, by=omar, now=now)
    row = SupportCall.objects.get()
    assert (row.answered_by, row.answered_at) == (ruth, now)


def test_words_are_added_before_a_call_is_answered_or_after_it_and_never_meanwhile(sam, ruth, now):
    """Both hold the caller's row first: who comes second sees what the first one did."""
    call, seen = ask(sam, now), []
    with before("SELECT", "advisors_person", lambda: seen.append(supporting.open_call(sam))):
        supporting.answer(call=call, by=ruth, now=now)
    assert seen == [call]


def test_a_reviewer_or_their_buddy_answers_and_nobody_else(sam, buddy, ruth, now):
    call = ask(sam, now)
    for person in (PersonFactory(), ManagerFactory(), sam, SupervisorFactory(is_active=False)):
        with pytest.raises(Refused, match="their buddy answers this"):
            supporting.answer(call=call, by=person, now=now)
    supporting.answer(call=call, by=buddy, now=now)
    own = ask(ruth, now)
    with pytest.raises(Refused):
        supporting.answer(call=own, by=ruth, now=now)


def test_open_calls_say_how_long_somebody_has_waited(sam, ruth, now, django_assert_num_queries):
    ask(ruth, now - timedelta(minutes=47, seconds=59))
    ask(sam, now)
    left = PersonFactory()
    ask(left, now)
    Person.objects.filter(pk=left.pk).update(is_active=False)
    with django_assert_num_queries(1):
        rows = [row[1:] for row in supporting.open_calls(now=now)]
    assert rows == [("Ruth", 47, "10:42", True), ("Sam", 0, "11:30", False)]
    assert [row.alias for row in supporting.calls_for(ruth, now=now)] == ["Sam"]


def test_a_buddy_finds_their_own_behind_however_many(sam, buddy, ruth, now):
    for _ in range(supporting.MOST):
        ask(PersonFactory(), now)
    ask(sam, now + SECOND)
    assert [row.alias for row in supporting.calls_for(buddy, now=now)] == ["Sam"]
    assert len(supporting.calls_for(ruth, now=now)) == supporting.MOST


def test_the_button_stands_on_every_page_and_one_press_tells_them(browser, sam, omar, now):
    page = browser(sam)
    assert f'href="{reverse("team:support")}"' in page.get("/desk/").content.decode()
    assert "Tell them I need support" in page.get("/desk/support/").content.decode()
    shown = page.post("/desk/support/", {"words": ""}, follow=True).content.decode()
    assert "We've told them." in shown
    assert mailed(now) == ["omar"]


def test_anybody_here_may_need_somebody(browser, now):
    for person in (ManagerFactory(), LeadFactory()):
        assert browser(person).post("/desk/support/", {}).status_code == 302
    assert SupportCall.objects.count() == 2


def test_with_nobody_on_duty_the_page_says_so(browser, sam, ruth, now):
    assert "Nobody is on duty right now." in browser(sam).get("/desk/support/").content.decode()
    OnDuty.objects.create(person=ruth, since=now, seen_at=now)
    assert "Nobody is on duty right now." not in browser(sam).get("/desk/support/").content.decode()


def test_too_many_words_stay_in_their_box(browser, sam):
    response = browser(sam).post("/desk/support/", {"words": "x" * 1501})
    form = response.context["form"]
    sentence = "This can have 1,500 characters at most. It has 1501."
    assert (response.status_code, form.errors, form["words"].value()) == (422, {"words": [sentence]}, "x" * 1501)


def test_words_typed_while_signed_out_can_be_copied(client, clock):
    response = client.post("/desk/support/", {"words": WORDS})
    assert (response.status_code, response.context["typed"]) == (403, WORDS)
    assert client.get("/desk/support/").url.startswith(reverse("account_login"))


def test_a_press_while_signed_out_says_that_nobody_has_been_told(client, clock):
    """No words are needed, so a sign-in page alone would read as if somebody were on their way."""
    response = client.post("/desk/support/", {"words": ""})
    page = response.content.decode()
    assert (response.status_code, SupportCall.objects.count()) == (403, 0)
    assert "Nobody has been told yet" in page
    assert 'href="/accounts/login/?next=/desk/support/">Sign in</a>' in page
    assert "<textarea" not in page


def test_the_words_are_shown_to_the_one_who_came_and_only_then(browser, sam, ruth, omar, now):
    address = reverse("team:answer", args=[ask(sam, now, WORDS).pk])
    theirs, others = browser(ruth), browser(omar)
    assert WORDS not in theirs.get(address).content.decode()
    assert WORDS in theirs.post(address, follow=True).content.decode()
    said = others.post(address, follow=True).content.decode()
    assert "Somebody is with them already." in said
    assert "Ruth is with them." in said
    assert WORDS not in said


@pytest.mark.parametrize(("after", "is_said"), [(12 * HOUR - SECOND, True), (12 * HOUR, False)])
def test_who_called_reads_who_came_for_twelve_hours(browser, clock, sam, ruth, now, after, is_said):
    own, call = browser(sam), ask(sam, now)
    supporting.answer(call=call, by=ruth, now=now)
    said = "<b>Ruth is with you since 11:00.</b>"
    assert (said in own.get("/desk/support/").content.decode()) is True
    assert supporting.came(sam, now=now + after) == (call if is_said else None)
    again = ask(sam, now + SECOND)
    page = own.get("/desk/support/").content.decode()
    assert ("with you since" in page, supporting.open_call(sam)) == (False, again)


def test_the_address_is_there_for_the_one_who_came_alone_and_is_what_their_caller_was_told(
    browser, sam, ruth, omar, now, caplog
):
    """Two who never talked have no usual way, and side by side needs a question."""
    Person.objects.filter(pk=sam.pk).update(email="sam@home.example")
    address, link = reverse("team:answer", args=[ask(sam, now).pk]), 'href="mailto:sam@home.example"'
    theirs, others = browser(ruth), browser(omar)
    pages = [theirs.get(address), theirs.post(address, follow=True), others.get(address)]
    assert [link in page.content.decode() for page in pages] == [False, True, False]
    own = browser(sam).get("/desk/support/").content.decode()
    assert "They write to your e-mail address, or ring you where they have your number." in own
    mailed(now)
    told = [f"{message.subject} {message.body}" for message in mail.outbox]
    assert [text for text in (*told, caplog.text) if "home.example" in text] == []
    Person.objects.filter(pk=sam.pk).update(is_active=False)
    assert "home.example" not in theirs.get(address).content.decode()


@pytest.mark.parametrize(("after", "is_there"), [(12 * HOUR - SECOND, True), (12 * HOUR, False)])
def test_the_address_stands_there_as_long_as_their_caller_reads_who_came(
    browser, clock, sam, ruth, now, after, is_there
):
    Person.objects.filter(pk=sam.pk).update(email="sam&bcc=x@home.example")
    call = ask(sam, now, WORDS)
    supporting.answer(call=call, by=ruth, now=now)
    clock.move_to(now + after)
    page = browser(ruth).get(reverse("team:answer", args=[call.pk])).content.decode()
    assert ("home.example" in page, 'href="mailto:sam%26bcc%3Dx@home.example"' in page) == (is_there, is_there)
    assert ("You were with Sam." in page, WORDS in page) == (not is_there, True)


def test_a_call_is_closed_to_whoever_it_is_not_for(browser, sam, now):
    address = reverse("team:answer", args=[ask(sam, now, WORDS).pk])
    for person in (sam, PersonFactory(), ManagerFactory()):
        page = browser(person)
        assert (page.get(address).status_code, page.post(address).status_code) == (403, 403)
    assert SupportCall.objects.get().answered_at is None


def test_calls_stand_on_the_duty_page_and_on_their_own(browser, sam, buddy, ruth, now):
    call = ask(sam, now - timedelta(minutes=3), WORDS)
    for person, path in ((ruth, "/review/"), (ruth, "/desk/support/calls/"), (buddy, "/desk/support/calls/")):
        page = browser(person).get(path).content.decode()
        assert "Sam asked for support" in page
        assert "3 minutes ago" in page
        assert reverse("team:answer", args=[call.pk]) in page
        assert WORDS not in page
    for person in (sam, PersonFactory(), ManagerFactory()):
        assert browser(person).get("/desk/support/calls/").status_code == 403


def by(hour, minute=0, day=16):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "duty", "on_call", "until", "said"),
    [
        (by(11), True, False, by(11, 15), "11:15"),
        (by(11), False, False, by(11, 30), "11:30"),
        (by(20), True, False, by(20, 15), "20:15"),
        (by(20), False, True, by(20, 30), "20:30"),
        (by(20), False, False, by(10, 15, day=17), "Tue 17 Nov, 10:15"),
        (by(23, 50), False, True, by(0, 20, day=17), "Tue 17 Nov, 00:20"),
    ],
)
def test_by_when_somebody_comes(calendar, sam, ruth, at, duty, on_call, until, said):
    if duty:
        OnDuty.objects.create(person=ruth, since=at, seen_at=at)
    if on_call:
        OnCall.objects.create(person=ruth, starts_at=at, ends_at=at + timedelta(hours=9))
    row = ask(sam, at)
    assert (row.answer_by, supporting.until(row, now=at)) == (until, said)
    assert ask(sam, at + timedelta(minutes=5), WORDS).answer_by == until


def test_a_supervisor_alone_on_duty_is_nobody_on_duty_for_their_own_call(calendar, omar, now):
    assert ask(omar, now).answer_by == now + timedelta(minutes=30)
    assert not supporting.anybody(than=omar, now=now)


def test_what_nobody_answers_in_time_is_told_to_everybody_once_and_no_second_earlier(
    calendar, sam, buddy, omar, ruth, now
):
    LeadFactory(email="lena@askpeer.example")
    ask(sam, now)
    assert mailed(now) == ["ana", "omar"]
    due, told = now + timedelta(minutes=15), []
    for at in (due - timedelta(seconds=1), due, due, due + timedelta(minutes=1)):
        sweeping.care(now=at)
        told.append(mailed(at))
    assert told == [[], ["ana", "lena", "omar", "ruth"], [], []]
    assert SupportCall.objects.get().everybody_told_at == due


def test_what_the_second_mail_says(calendar, sam, omar, now):
    ask(sam, now, WORDS)
    mailed(now)
    at = now + timedelta(minutes=15)
    sweeping.care(now=at)
    assert mailed(at) == ["omar"]
    sentence = "Somebody on the team asked for support, and nobody has come yet. Please go to them now."
    assert mail.outbox[0].subject == "Somebody is still waiting"
    assert sentence in mail.outbox[0].body
    assert "thinking" not in mail.outbox[0].body


def test_a_call_that_somebody_answers_first_is_told_to_nobody(calendar, sam, omar, now):
    call, due = ask(sam, now), now + timedelta(minutes=15)
    mailed(now)
    with before("UPDATE", "team_supportcall", lambda: supporting.answer(call=call, by=omar, now=due)):
        supporting.tell_everybody(now=due)
    assert (mailed(due), SupportCall.objects.get().everybody_told_at) == ([], None)


def test_whoever_left_is_waited_for_by_nobody(calendar, sam, omar, now):
    ask(sam, now)
    Person.objects.filter(pk=sam.pk).update(is_active=False)
    supporting.tell_everybody(now=now + timedelta(days=1))
    assert SupportCall.objects.get().everybody_told_at is None


def test_an_open_call_of_who_left_goes_after_90_days_and_of_who_is_here_it_stays(sam, ruth, now):
    """leave() closes it; whoever a backup brought back and the ledger shut out again still has it open."""
    own, _theirs = ask(sam, now, WORDS), ask(ruth, now, WORDS)
    Person.objects.filter(pk=sam.pk).update(is_active=False)
    kept = timedelta(days=90)
    assert supporting.purge(now=now + kept) == 0
    assert supporting.purge(now=now + kept + timedelta(microseconds=1)) == 1
    assert not SupportCall.objects.filter(pk=own.pk).exists()


def away(person, now):
    rota.add_absence(person=person, first_day=now.date(), last_day=now.date(), by=person, now=now)


def test_who_is_away_is_asked_for_nothing_while_somebody_is_left(calendar, sam, buddy, ruth, now):
    lena = LeadFactory(email="lena@askpeer.example")
    away(buddy, now)
    away(ruth, now)
    assert (supporting.buddy_of(sam, now=now), supporting.turned_to(sam, now=now)) == (None, [lena])
    away(lena, now)
    assert set(supporting.turned_to(sam, now=now)) == {buddy, ruth, lena}


def test_a_buddy_who_left_is_no_buddy(calendar, sam, buddy, omar, now):
    Person.objects.filter(pk=buddy.pk).update(is_active=False)
    sam = Person.objects.get(pk=sam.pk)
    assert (supporting.buddy_of(sam, now=now), supporting.turned_to(sam, now=now)) == (None, [omar])


@pytest.mark.parametrize("role", ["trustee", "manager"])
def test_a_buddy_who_neither_writes_nor_checks_is_no_buddy(calendar, sam, buddy, omar, now, role):
    Person.objects.filter(pk=buddy.pk).update(role=role)
    buddy.refresh_from_db()
    sam.refresh_from_db()
    assert (supporting.may_answer(buddy, sam), supporting.may_be_called(buddy)) == (False, False)
    assert (supporting.buddy_of(sam, now=now), supporting.turned_to(sam, now=now)) == (None, [omar])


def test_the_page_says_by_when_and_afterwards_that_nobody_came(browser, sam, buddy, omar, clock, now):
    client = browser(sam)
    page = client.post("/desk/support/", {"words": ""}, follow=True).content.decode()
    assert "<b>Somebody is with you by 11:15.</b>" in page
    assert "Your buddy and the supervisor on duty know." in page
    clock.move_to(now + timedelta(minutes=15))
    assert "Everybody who can is being told again." in client.get("/desk/support/").content.decode()
    sweeping.care(now=now + timedelta(minutes=15))
    page = client.get("/desk/support/").content.decode()
    assert "<b>Nobody has come yet. We're sorry.</b> Everybody who can has been told again." in page


def test_who_may_come_reads_how_long_it_has_been(browser, sam, omar, clock, now):
    call, client = ask(sam, now), browser(omar)
    clock.move_to(now + timedelta(minutes=14))
    address = reverse("team:answer", args=[call.pk])
    assert "14 minutes ago. We told them: by 11:15." in client.get("/desk/support/calls/").content.decode()
    assert "somebody is with them by 11:15." in client.get(address).content.decode()
    clock.move_to(now + timedelta(minutes=15))
    assert "<b>Nobody came by 11:15.</b>" in client.get("/review/").content.decode()
    assert "and nobody is yet" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, "22-25"),
        (date(1980, 1, 1), "22-25"),
        (date(2004, 11, 17), "18-21"),
        (date(2008, 11, 16), "18-21"),
        (date(2008, 11, 17), "16-17"),
        (date(2011, 11, 16), "13-15"),
    ],
)
def test_services_are_those_of_their_age(born, band, now):
    assert meanwhile.age_band(Person(born_on=born), now.date()) == band


SERVICES = [("For the young", "GB", 11, 18), ("For adults", "GB", 18, 99), ("Out there", "BE", 0, 99)]


def test_with_nobody_on_duty_a_young_advisor_reads_whom_to_ring_where_we_are(browser, sam, now):
    for name, country, youngest, oldest in SERVICES:
        ages = {"min_age": youngest, "max_age": oldest}
        row = Signpost.objects.create(slug=name[-5:], name=name, summary=name, country=country, crisis=True, **ages)
        SignpostChannel.objects.create(signpost=row, kind="phone", value="0800 1111")
    Person.objects.filter(pk=sam.pk).update(born_on=date(2010, 1, 1))
    page = browser(sam).get("/desk/support/").content.decode()
    assert [name in page for name in ("For the young", "For adults", "Out there")] == [True, False, False]


COUNTED = {
    "advisors/notices.py",
    "advisors/signoff/leaving.py",
    "advisors/team/models/__init__.py",
    "advisors/team/models/caring.py",
    "advisors/team/supporting.py",
    "advisors/team/views/caring.py",
}


def test_no_module_but_those_that_answer_them_knows_of_calls():
    """A figure, a CSV or a journey page that read them would have to name them."""
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for floor in ("askpeer", "questions", "advisors", "config")
        for path in (root / floor).rglob("*.py")
        if "migrations" not in path.parts and re.search(r"SupportCall|support_calls", path.read_text())
    }
    assert found == COUNTED


def test_no_page_that_counts_changes_by_a_call(browser, sam, omar, now):
    tom = ManagerFactory(alias="Tom")
    pages = ("/manage/", "/manage/people/", "/manage/rota/", "/health/")
    client = browser(tom)
    read = lambda: [re.sub(r'value="[^"]{64}"', "", client.get(path).content.decode()) for path in pages]  # noqa: E731
    read()
    first = read()
    call = ask(sam, now, WORDS)
    supporting.answer(call=call, by=omar, now=now)
    ask(sam, now, WORDS)
    assert read() == first
    assert history.of(sam.name) == []
