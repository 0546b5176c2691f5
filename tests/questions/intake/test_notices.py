import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from askpeer import outbox
from askpeer.models import OutboxRow
from questions.intake import notices
from questions.models import Contact
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def refs(question):
    return {"subject": question.subject, "round": 1}


def test_the_mail_says_that_something_is_new_and_nothing_else(calendar, now, settings):
    settings.SITE_URL = "https://notes.example"
    question = make_question(email="me@example.org")
    notices.something_new(refs(question), key="answer-ready:1", now=now).send()
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == (
        "Something new for you",
        "There is something new for you. Open your page to read it.\n\nhttps://notes.example/my-question/\n",
        ["me@example.org"],
    )


def test_nothing_is_sent_once_the_question_or_the_address_is_gone(calendar, now):
    gone = {"subject": "question:00000000-0000-0000-0000-000000000000", "round": 1}
    assert [notices.something_new(each, key="k", now=now) for each in (refs(make_question()), gone)] == [None, None]


def test_there_is_no_use_in_telling_a_paused_address(calendar, now):
    question = make_question(email="me@example.org")
    Contact.objects.update(paused_at=now)
    with pytest.raises(notices.AddressPaused):
        notices.something_new(refs(question), key="k", now=now)


class Refusing:
    """A mail server that refuses every address for good."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"me@example.org": (550, b"no such person")})


def test_an_address_refused_for_good_is_paused_and_the_row_is_dead(calendar, now, settings):
    settings.EMAIL_BACKEND = "tests.questions.intake.test_notices.Refusing"
    question = make_question(email="me@example.org")
    outbox.put("answer-ready", key="answer-ready:1", refs=refs(question), now=now)
    outbox.relay(now=now + timedelta(seconds=1))
    assert Contact.objects.get().paused_at == now + timedelta(seconds=1)
    assert OutboxRow.objects.get().state == "dead"


class Killed(BaseException):
    """Ends a relay as a kill does: nothing after it is done."""


def test_a_refusal_is_seen_although_a_kill_comes_before_its_row_is_settled(calendar, now, settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.questions.intake.test_notices.Refusing"
    question = make_question(email="me@example.org")
    outbox.put("answer-ready", key="answer-ready:1", refs=refs(question), now=now)

    def kill(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as killing:
        killing.setattr(outbox, "settle", kill)
        with pytest.raises(Killed):
            outbox.relay(now=now)
    OutboxRow.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    outbox.relay(now=now + timedelta(minutes=3))
    assert OutboxRow.objects.values_list("state", "error").get() == ("dead", "AddressPaused")


def test_a_letter_after_a_restore_has_an_identity_of_its_own(calendar, now):
    """A backup that is brought back forgets the first row, and the round's answer is another one."""
    question = make_question(email="me@example.org")
    for hours in (0, 1):
        moment = now + timedelta(hours=hours)
        OutboxRow.objects.all().delete()
        outbox.put("answer-ready", key="answer-ready:1", refs=refs(question), now=moment)
        outbox.relay(now=moment)
    first, second = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert first != second
