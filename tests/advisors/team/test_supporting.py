from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from advisors.duty.models import OnDuty
from advisors.models import Person
from advisors.team import supporting
from advisors.team.models import SupportCall
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, keep_on_duty
from tests.interleaving import before

pytestmark = pytest.mark.django_db
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
    ask(ruth, now - timedelta(minutes=7, seconds=59))
    ask(sam, now)
    ask(PersonFactory(is_active=False), now)
    with django_assert_num_queries(1):
        assert [row[1:] for row in supporting.open_calls(now=now)] == [("Ruth", 7), ("Sam", 0)]
    assert [row.alias for row in supporting.calls_for(ruth, now=now)] == ["Sam"]


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
    assert client.post("/desk/support/", {}).url.startswith(reverse("account_login"))


def test_the_words_are_shown_to_the_one_who_came_and_only_then(browser, sam, ruth, omar, now):
    address = reverse("team:answer", args=[ask(sam, now, WORDS).pk])
    theirs, others = browser(ruth), browser(omar)
    assert WORDS not in theirs.get(address).content.decode()
    assert WORDS in theirs.post(address, follow=True).content.decode()
    said = others.post(address, follow=True).content.decode()
    assert "Somebody is with them already." in said
    assert "Ruth is with them." in said
    assert WORDS not in said


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
