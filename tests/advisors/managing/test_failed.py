"""What the manager sees of a delivery that did not arrive, and what trying it again does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from advisors.managing import failed
from advisors.models import Invitation
from askpeer import history, outbox
from askpeer.models import OutboxRow
from config.outbox import HANDLERS
from questions.models import Contact
from questions.partners import hooks
from questions.partners.models import Hook, Partner
from tests.factories import ManagerFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
ADDRESS = "someone@asker.example"


@pytest.fixture
def manager(client, settings):
    settings.SECOND_FACTOR = False
    person = ManagerFactory(alias="Tom")
    client.force_login(person)
    return person


def put(kind, now, *, state="dead", error="SMTPRecipientsRefused", attempts=4, **refs):
    settled = now if state == "dead" else None
    values = {"due_at": now, "created_at": now, "settled_at": settled, "attempts": attempts, "error": error}
    return OutboxRow.objects.create(key=f"{kind}:1", kind=kind, refs=refs, state=state, **values)


def told(question, now):
    """A letter to the asker was refused for good: dead, and its address paused."""
    Contact.objects.update(paused_at=now)
    return put("answer-ready", now, subject=question.subject, round=1)


def test_retrying_a_letter_whose_address_was_refused_sends_it(manager, calendar, now):
    row = told(make_question(now=now, email=ADDRESS), now)
    failed.retry(row=row, by=manager, now=now)
    outbox.relay(now=now)
    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert OutboxRow.objects.get().state == "sent"


def test_retrying_lifts_the_pause_of_no_other_address(manager, calendar, now):
    question, other = make_question(now=now, email=ADDRESS), make_question(now=now, email="other@asker.example")
    failed.retry(row=told(question, now), by=manager, now=now)
    assert list(Contact.objects.filter(paused_at=None).values_list("question")) == [(question.pk,)]
    assert other.contact.paused_at is None  # as it was read, before
    failed.close(row=put("late", now, subject=other.subject, round=1), by=manager, now=now)
    assert Contact.objects.get(question=other).paused_at == now


def test_an_address_that_is_refused_again_is_paused_again(manager, calendar, now, settings):
    question = make_question(now=now, email=ADDRESS)
    failed.retry(row=told(question, now), by=manager, now=now)
    settings.EMAIL_BACKEND = "tests.askpeer.backends.Refusing"
    later = now + timedelta(minutes=1)
    outbox.relay(now=later)
    assert (OutboxRow.objects.get().state, Contact.objects.get().paused_at) == ("dead", later)


def test_a_letter_for_a_paused_address_stands_on_the_page_in_plain_words_and_goes_when_the_pause_is_lifted(
    client, manager, calendar, now
):
    question = make_question(now=now, email=ADDRESS)
    Contact.objects.update(paused_at=now)
    put("answer-ready", now, state="waiting", error="", attempts=0, subject=question.subject, round=1)
    outbox.relay(now=now)
    (one,) = client.get("/manage/failed/").context["page"].rows
    assert (one.what, one.whom, one.why) == (
        "Something new: an answer",
        "an asker",
        "their address was refused before",
    )
    assert mail.outbox == []
    failed.retry(row=one.row, by=manager, now=now)
    outbox.relay(now=now)
    assert [message.to for message in mail.outbox] == [[ADDRESS]]


def test_retrying_what_there_is_nothing_to_tell_of_any_more_sends_nothing(manager, calendar, now):
    row = told(make_question(now=now), now)
    failed.retry(row=row, by=manager, now=now)
    outbox.relay(now=now)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dropped")


def test_the_page_says_what_it_was_to_whom_in_kind_since_when_why_and_how_often(client, manager, calendar, now):
    ruth = SupervisorFactory(alias="Ruth", email="ruth@askpeer.example")
    values = {"sent_at": now, "expires_at": now + timedelta(days=7), "digest": b"d" * 32}
    invited = Invitation.objects.create(
        email="new@askpeer.example", alias="Noor", role="supervisor", invited_by=manager, **values
    )
    question = make_question(now=now, email=ADDRESS)
    put("answer-ready", now, subject=question.subject)
    put("staff-notice", now, person=str(ruth.pk), reminders=[1])
    put("invitation", now, invitation=invited.pk, error="SMTPDataError 554")
    put("red-question", now, subject=question.subject, error="Undeliverable", attempts=1)
    response = client.get("/manage/failed/")
    page = response.context["page"]
    assert [(one.what, one.whom, one.row.created_at, one.why, one.row.attempts) for one in page.rows] == [
        ("A red question", "whoever is there for it", now, "nobody here may get it", 1),
        ("An invitation", "Noor", now, "the mail server refused this mail", 4),
        ("What needs them", "Ruth", now, "their address was refused", 4),
        ("Something new: an answer", "an asker", now, "their address was refused", 4),
    ]
    text = response.content.decode()
    shown = ("Noor", "Ruth", "an asker", "16 November, 11:00 UTC", "SMTPDataError 554")
    assert [text.count(said) for said in shown] == [1, 1, 1, 4, 1]
    secrets = (ADDRESS, "ruth@askpeer.example", "new@askpeer.example", str(question.pk), str(ruth.pk))
    assert [secret for secret in secrets if secret in text] == []


def test_what_is_late_and_still_being_tried_is_counted_by_reason(client, manager, now):
    early = {"state": "waiting", "settled_at": None, "created_at": now}
    rows = [
        ("a", "late", "ConnectionRefusedError", 3, timedelta(hours=1)),
        ("b", "late", "ConnectionRefusedError", 1, timedelta(hours=1)),
        ("c", "late", "", 0, timedelta()),
        ("d", "staff-alert", "", 0, timedelta(hours=2)),
        ("e", "webhook", "Later", 0, timedelta(minutes=5, seconds=30)),
    ]
    for key, kind, error, attempts, due in rows:
        values = {"error": error, "attempts": attempts, "due_at": now + due}
        OutboxRow.objects.create(key=key, kind=kind, refs={}, **early | values)
    assert failed.trying(now=now + timedelta(minutes=5, seconds=-1)) == []
    assert failed.trying(now=now + timedelta(minutes=5)) == [
        ("Something new: it takes longer", 1, now, "not tried yet"),
        ("Something new: it takes longer", 2, now, "nothing answers there"),
        ("A change that partners are told of", 1, now, "no quick answer there a moment ago"),
    ]


def test_it_stands_on_the_page_beside_what_was_given_up(client, manager, now):
    put("late", now, state="waiting", error="ConnectionRefusedError")
    text = client.get("/manage/failed/").content.decode()
    assert "Nothing was given up." in text
    assert "nothing answers there" in text


def test_what_is_tried_for_less_than_five_minutes_is_not_said_to_be_delivered(client, manager, now):
    put("late", timezone.now(), state="waiting", error="ConnectionRefusedError")
    text = client.get("/manage/failed/").content.decode()
    assert ("Nothing was given up." in text, "Everything was delivered." in text) == (True, False)
    assert "Still being tried" not in text


def test_a_webhook_that_failed_says_which_partner_it_was_for(client, manager, now):
    partner = Partner.objects.create(name="Harbour Youth", slug="harbour")
    hooks.add(partner=partner, url="https://hooks.example.org/in", now=now)
    hook = Hook.objects.get()
    put("webhook", now, hook=str(hook.pk), error="Answered 500")
    (one,) = failed.dead().rows
    assert (one.what, one.whom, one.why) == (
        "A change that partners are told of",
        "Harbour Youth",
        "it was answered with something else than success",
    )
    text = client.get("/manage/failed/").content.decode()
    assert [text.count(said) for said in ("Harbour Youth", "hooks.example.org")] == [1, 0]
    hook.delete()
    assert [one.whom for one in failed.dead().rows] == ["a partner whose webhook was removed"]


def test_what_a_removed_webhook_was_to_be_told_can_only_be_closed(client, manager, now):
    row = put("webhook", now, hook=str(uuid4()), error="Answered 500")
    text = client.get("/manage/failed/").content.decode()
    assert [f"/manage/failed/{row.pk}/{act}/" in text for act in ("retry", "close")] == [False, True]
    response = client.post(f"/manage/failed/{row.pk}/retry/")
    assert response.status_code == 409
    assert "That webhook was removed, so there is nowhere to send this. Close it." in response.content.decode()
    assert OutboxRow.objects.get().state == "dead"


@pytest.mark.parametrize("kind", ["support-call", "support-unanswered", "debrief"])
@pytest.mark.parametrize("act", [failed.close, failed.retry])
def test_nothing_says_that_somebody_of_ours_asked_for_support(client, manager, calendar, now, kind, act):
    row = put(kind, now, call=str(uuid4()), debrief=str(uuid4()))
    page = client.get("/manage/failed/").content.decode()
    assert ("A message to staff" in page, kind in page) == (True, False)
    act(row=row, by=manager, now=now)
    assert [entry.facts for entry in history.of(f"outbox:{row.pk}")] == [{}]


@pytest.mark.parametrize("kind", sorted(HANDLERS))
def test_every_kind_has_words_for_a_manager(kind):
    assert failed.WHAT[kind]
