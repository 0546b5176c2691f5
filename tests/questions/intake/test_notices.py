import smtplib
from datetime import timedelta

import pytest
from django.core import mail

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


def test_nothing_is_sent_once_the_question_or_the_address_is_gone_or_paused(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    without, paused = make_question(), make_question(email="me@example.org")
    Contact.objects.update(paused_at=now)
    gone = {"subject": "question:00000000-0000-0000-0000-000000000000", "round": 1}
    given = [refs(without), refs(paused), gone]
    assert [notices.something_new(each, key="k", now=now) for each in given] == [None, None, None]


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
