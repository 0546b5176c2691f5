import re
import smtplib
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.mail import BadHeaderError

from askpeer import outbox
from askpeer.mail import AddressRefused, Mail
from askpeer.models import OutboxRow
from askpeer.ways import Down, Ways
from tests.askpeer import handlers, smtp

MAIL = Mail("someone@example.org", "Something new for you", "Open your page to read it.", "answer-ready:1:1")


@pytest.fixture
def server(settings):
    """A real server that the mail back end talks to."""
    settings.EMAIL_BACKEND = "askpeer.mail.Server"
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


@pytest.mark.parametrize("answer", [b"550 5.1.1 no such person", b"550 gone", b"553 5.1.3 no address", b"521 no mail"])
def test_an_address_refused_for_good_is_undeliverable(server, answer):
    server.refuses = {"someone": answer}
    with pytest.raises(AddressRefused):
        MAIL.send()
    assert server.letters == []


@pytest.mark.parametrize("answer", [b"451 later", b"452 full", b"550 5.7.1 you are on a list", b"530 sign in first"])
def test_an_address_refused_for_now_or_by_a_rule_about_us_is_an_ordinary_failure(server, answer):
    server.refuses = {"someone": answer}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        MAIL.send()


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (replace(MAIL, subject="Two\nlines"), BadHeaderError),
        (replace(MAIL, to="someone@example.org\nBcc: all@example.org"), ValueError),
        (replace(MAIL, to=f"someone@{'x' * 64}.exämple"), ValueError),
    ],
)
def test_a_mail_that_can_never_be_written_down_is_undeliverable_and_no_fault_of_an_address(server, mail, reason):
    with pytest.raises(outbox.Undeliverable) as refusal:
        mail.send()
    assert isinstance(refusal.value.__cause__, reason)
    assert not isinstance(refusal.value, AddressRefused)
    assert server.letters == []


ROW = "state", "attempts", "error"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("says", "found"),
    [
        ({"RCPT": b"550 no such person"}, ("dead", 1, "SMTPRecipientsRefused")),
        ({"RCPT": b"451 later"}, ("waiting", 1, "SMTPRecipientsRefused")),
        ({"RCPT": b"421 closing"}, ("waiting", 1, "SMTPRecipientsRefused")),
        ({"DATA": b"554 5.6.0 not this one"}, ("dead", 1, "SMTPDataError 554")),
        ({"TAKEN": b"554 not this one"}, ("dead", 1, "SMTPDataError 554")),
        ({"TAKEN": b"554 5.7.1 you are on a list"}, ("waiting", 1, "SMTPDataError 554")),
        ({"TAKEN": b"452 full"}, ("waiting", 1, "SMTPDataError 452")),
        ({"TAKEN": b"421 closing"}, ("waiting", 1, "SMTPDataError 421")),
        ({"MAIL": b"550 who are you"}, ("waiting", 1, "SMTPSenderRefused 550")),
        ({"MAIL": b"451 slowly"}, ("waiting", 1, "SMTPSenderRefused 451")),
        ({"CONNECT": b"554 no"}, ("waiting", 1, "SMTPConnectError 554")),
        ({"EHLO": b"500 what", "HELO": b"500 what"}, ("waiting", 1, "SMTPHeloError 500")),
        ({"EHLO": smtp.RESET}, ("waiting", 1, "SMTPServerDisconnected")),
        ({"RCPT": smtp.RESET}, ("waiting", 1, "SMTPServerDisconnected")),
        ({"TAKEN": smtp.RESET}, ("waiting", 1, "SMTPServerDisconnected")),
        ({"QUIT": smtp.RESET}, ("sent", 1, "")),
        ({}, ("sent", 1, "")),
    ],
    ids=str,
)
def test_the_outbox_does_with_a_mail_as_the_server_says(server, settings, now, says, found):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    server.says = says
    put(now, "a")
    assert outbox.relay(now=now) == 1
    assert OutboxRow.objects.values_list(*ROW).get() == found


@pytest.mark.django_db
@pytest.mark.parametrize("missing", [{"EMAIL_USE_TLS": True}, {"EMAIL_HOST_USER": "us", "EMAIL_HOST_PASSWORD": "x"}])
def test_a_server_that_cannot_do_what_we_need_is_down_and_keeps_no_line(server, settings, now, missing):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    for name, value in missing.items():
        setattr(settings, name, value)
    put(now, "a", "b")
    outbox.relay(now=now)
    assert list(OutboxRow.objects.order_by("pk").values_list(*ROW)) == [
        ("waiting", 1, "SMTPNotSupportedError"),
        ("waiting", 0, ""),
    ]
    assert not is_watched()


def is_watched():
    """Whether a line is held open yet. A watch that was called off ends at once, but in a thread of its own."""
    watches = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    for watch in watches:
        watch.join(outbox.SEND_SECONDS / 4)
    return any(watch.is_alive() for watch in watches)


def put(now, *keys, kind="mail"):
    for key in keys:
        outbox.put(kind, key=key, refs={"to": f"{key}@example.org", "path": "/dev/null"}, now=now)


def rows():
    return list(OutboxRow.objects.order_by("pk").values_list("key", "state", "attempts"))


@pytest.mark.django_db
def test_a_server_that_is_down_costs_one_row_a_try_and_keeps_nothing_else_back(server, settings, now):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    server.says = {"CONNECT": smtp.RESET}
    put(now, "a", "b")
    put(now, "c", "d", kind="mail-too")
    put(now, "e", kind="letter")
    assert outbox.relay(now=now) == 3  # a, then c that is given back as it was, then e
    assert rows() == [
        ("a", "waiting", 1),
        ("b", "waiting", 0),
        ("c", "waiting", 0),
        ("d", "waiting", 0),
        ("e", "sent", 1),
    ]
    assert server.calls == 1


@pytest.mark.django_db
def test_a_server_that_is_down_is_left_alone_for_half_a_minute_and_tried_by_one_row(server, settings, now):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    server.says = {"CONNECT": smtp.RESET}
    put(now, "a", "b", "c")
    calls = []
    for seconds in (0, 10, 20, 29, 31, 41, 59):
        outbox.relay(now=now + timedelta(seconds=seconds))
        calls.append(server.calls)
    assert calls == [1, 1, 1, 1, 2, 2, 2]
    server.says = {}
    outbox.relay(now=now + timedelta(seconds=62))
    assert rows() == [("a", "sent", 2), ("b", "sent", 2), ("c", "sent", 1)]
    put(now, "d")
    outbox.relay(now=now + timedelta(seconds=63))
    assert rows()[3] == ("d", "sent", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_clock_an_hour_wrong_lets_mail_rest_no_longer(server, settings, now, wrong):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    put(now - timedelta(hours=2), "a", "b")
    server.says = {"CONNECT": smtp.RESET}
    outbox.relay(now=now + wrong)
    server.says = {}
    outbox.relay(now=now)
    assert rows()[1] == ("b", "sent", 1)


@pytest.mark.django_db
def test_while_one_relay_tries_the_server_again_another_leaves_it_alone(server, settings, now):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    server.says = {"CONNECT": smtp.RESET}
    put(now, "a", "b", "c")
    outbox.relay(now=now)
    later = now + timedelta(seconds=31)
    first, second = Ways(later), Ways(later)
    assert [first.is_open("mail"), second.is_open("mail"), first.is_open("mail")] == [True, False, True]
    first.worked("mail")
    assert Ways(later).is_open("mail") is True


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["CONNECT", "MAIL", "DATA"])
def test_a_server_that_hangs_is_given_up_after_the_timeout(server, settings, now, point):
    settings.OUTBOX_HANDLERS, settings.EMAIL_TIMEOUT = handlers.HANDLERS, 0.2
    settings.OUTBOX_LEASE = timedelta(seconds=1)
    server.says = {point: smtp.HANG}
    put(now, "a", "b")
    outbox.relay(now=now)
    assert rows() == [("a", "waiting", 1), ("b", "waiting", 0)]


def test_a_server_that_thinks_a_letter_over_for_longer_than_the_timeout_gets_it_once(server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    server.says, server.hangs = {"TAKEN": smtp.HANG}, 1.0
    MAIL.send()
    assert len(server.letters) == 1


@pytest.mark.parametrize("point", ["CONNECT", "RCPT", "TAKEN"])
def test_a_send_is_over_well_before_its_lease_however_slowly_the_server_speaks(server, settings, point):
    settings.OUTBOX_LEASE = timedelta(seconds=1)
    server.says = {point: smtp.DRIP}
    began = time.monotonic()
    with pytest.raises(Down):
        MAIL.send()
    assert time.monotonic() - began < 10  # the server would speak for ever
    assert outbox.send_seconds() == 0.8


def test_a_send_takes_a_minute_at_most(settings):
    settings.OUTBOX_LEASE = timedelta(seconds=120)
    assert outbox.send_seconds() == 60


@pytest.mark.django_db
def test_a_server_that_is_gone_is_tried_again(server, settings, now):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS
    with smtp.Server() as gone:
        settings.EMAIL_PORT = gone.port
    put(now, "a")
    outbox.relay(now=now)
    assert OutboxRow.objects.values_list(*ROW).get() == ("waiting", 1, "ConnectionRefusedError")
