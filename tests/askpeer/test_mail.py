import re
import smtplib

import pytest

from askpeer import outbox
from askpeer.mail import Mail
from askpeer.models import OutboxRow
from tests.askpeer import handlers, smtp

MAIL = Mail("someone@example.org", "Something new for you", "Open your page to read it.", "answer-ready:1:1")


@pytest.fixture
def server(settings):
    """A real server that the mail back end talks to."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Notes <notes@askpeer.example>"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with smtp.Server() as running:
        settings.EMAIL_PORT = running.port
        yield running


def headers(letter):
    return dict(re.findall(r"^([\w-]+): (.*)\r$", letter.decode().split("\r\n\r\n")[0] + "\r\n", re.MULTILINE))


def test_an_accepted_mail_arrives_with_a_neutral_sender_and_its_words(server):
    MAIL.send()
    (letter,) = server.letters
    found = headers(letter)
    assert (found["From"], found["To"], found["Subject"]) == (
        "Notes <notes@askpeer.example>",
        "someone@example.org",
        "Something new for you",
    )
    assert letter.decode().split("\r\n\r\n")[1].strip() == "Open your page to read it."


def test_a_repeat_has_the_same_message_id_and_another_mail_has_not(server):
    MAIL.send()
    MAIL.send()
    Mail(MAIL.to, MAIL.subject, MAIL.body, "answer-ready:1:2").send()
    first, again, other = [headers(letter)["Message-ID"] for letter in server.letters]
    assert re.fullmatch(r"<[0-9a-f]{32}@askpeer\.example>", first)
    assert first == again == MAIL.message_id()
    assert other != first


def test_an_address_refused_for_good_is_undeliverable(server):
    server.refuses = {"someone": b"550 no such person"}
    with pytest.raises(outbox.Undeliverable):
        MAIL.send()
    assert server.letters == []


def test_an_address_refused_for_now_is_an_ordinary_failure(server):
    server.refuses = {"someone": b"451 try again later"}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        MAIL.send()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        (b"250 ok", "sent", ""),
        (b"550 no such person", "dead", "SMTPRecipientsRefused"),
        (b"451 later", "waiting", "SMTPRecipientsRefused"),
    ],
)
def test_the_outbox_does_with_a_mail_as_the_server_says(server, settings, now, answer, state, error):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    server.refuses = {"someone": answer}
    outbox.put("mail", key="a", refs={"to": MAIL.to}, now=now)
    outbox.relay(now=now)
    row = OutboxRow.objects.get()
    assert (row.state, row.error) == (state, error)


@pytest.mark.django_db
def test_a_server_that_is_gone_is_tried_again(server, settings, now):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    with smtp.Server() as gone:
        settings.EMAIL_PORT = gone.port
    outbox.put("mail", key="a", refs={"to": MAIL.to}, now=now)
    outbox.relay(now=now)
    row = OutboxRow.objects.get()
    assert (row.state, row.error) == ("waiting", "ConnectionRefusedError")
