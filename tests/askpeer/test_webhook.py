import base64
import hashlib
import hmac
import json
import re
import socket
import ssl
from datetime import UTC, datetime
from http.client import HTTPException

import pytest
from standardwebhooks import Webhook

from askpeer import webhook
from askpeer.outbox import Undeliverable
from tests.askpeer import https

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"type":"library.published","timestamp":"2026-11-16T11:00:00Z","data":{"slug":"lunch-alone"}}'


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return https.certificate(tmp_path_factory.mktemp("https"))


@pytest.fixture
def server(pem):
    with https.Server(pem) as running:
        yield running


@pytest.fixture
def post(server, pem):
    """A webhook to the server, which stands at 127.0.0.1 whatever a resolver says."""

    def make(path="/told?by=askpeer", *, host=https.HOST, key="hook:1:a", seconds=20, **values):
        url = f"https://{host}:{server.port}{path}"
        known = {https.HOST: "127.0.0.1", "127.0.0.1": "127.0.0.1", "other.example.org": "127.0.0.1"}
        values = {"at": datetime.now(UTC), "known": known, "roots": pem, "seconds": seconds} | values
        return webhook.Post(url, SECRET, BODY, key, **values)

    return make


def test_a_post_arrives_with_its_words_and_its_host(server, post):
    post().send()
    (call,) = server.calls
    assert (call.line, call.body, call.asked_for) == ("POST /told?by=askpeer HTTP/1.1", BODY, "hooks.example.org")
    assert {name: value for name, value in call.headers.items() if not name.startswith("webhook-")} == {
        "Host": f"hooks.example.org:{server.port}",
        "Accept-Encoding": "identity",
        "Content-Length": str(len(BODY)),
        "Content-Type": "application/json",
        "User-Agent": "askpeer",
        "Connection": "close",
    }


def test_the_public_library_takes_the_signature_and_no_altered_body(server, post):
    post().send()
    (call,) = server.calls
    receiver = Webhook(SECRET)
    assert receiver.verify(call.body, call.headers) == json.loads(BODY)
    for body, headers in (
        (call.body.replace(b"lunch", b"lynch"), call.headers),
        (call.body, call.headers | {"webhook-id": "msg_0"}),
        (call.body, call.headers | {"webhook-timestamp": str(int(call.headers["webhook-timestamp"]) + 1)}),
    ):
        with pytest.raises(Exception, match="No matching signature"):
            receiver.verify(body, headers)


def test_the_signature_is_the_one_that_the_specification_publishes():
    content = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    assert webhook.sign(SECRET, content) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_32_random_bytes_and_signs_like_any_other():
    first, second = webhook.new_secret(), webhook.new_secret()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)
    assert first != second
    own = base64.b64encode(hmac.new(base64.b64decode(first[6:]), b"a.1.b", hashlib.sha256).digest()).decode()
    assert webhook.sign(first, b"a.1.b") == f"v1,{own}"


def test_a_repeat_has_the_same_id_and_its_own_moment(server, post):
    early, late = datetime(2026, 11, 16, 11, tzinfo=UTC), datetime(2026, 11, 16, 11, 0, 30, tzinfo=UTC)
    for one in (post(at=early), post(at=late), post(at=late, key="hook:1:b")):
        one.send()
    first, again, other = [call.headers for call in server.calls]
    assert re.fullmatch(r"msg_[0-9a-f]{32}", first["webhook-id"])
    assert first["webhook-id"] == again["webhook-id"] != other["webhook-id"]
    assert (first["webhook-timestamp"], again["webhook-timestamp"]) == ("1794826800", "1794826830")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_two_hundred_and_its_like_are_success(server, post, status):
    server.answers = [https.answer(f"{status} Fine")]
    assert post().send() is None
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 304, 307, 308, 400, 401, 403, 404, 422, 429, 500, 502, 503])
def test_any_other_answer_is_a_failure_that_may_pass(server, post, status):
    server.answers = [https.answer(f"{status} No")]
    with pytest.raises(webhook.Answered) as failure:
        post().send()
    assert failure.value.http_status == status


def test_gone_is_for_good(server, post):
    server.answers = [https.answer("410 Gone")]
    with pytest.raises(webhook.Gone) as refusal:
        post().send()
    assert isinstance(refusal.value, Undeliverable)


def test_a_redirect_is_not_followed(server, post):
    where = f"Location: https://hooks.example.org:{server.port}/elsewhere\r\n"
    server.answers = [f"HTTP/1.1 307 Elsewhere\r\n{where}Content-Length: 0\r\n\r\n".encode(), https.FINE]
    with pytest.raises(webhook.Answered):
        post().send()
    assert [call.line for call in server.calls] == ["POST /told?by=askpeer HTTP/1.1"]


@pytest.mark.parametrize("answers", [https.hang, https.drip], ids=["hangs", "drips"])
def test_a_server_that_does_not_come_to_its_end_is_left(server, post, answers):
    server.answers = [answers]
    with pytest.raises(TimeoutError):
        post(seconds=1).send()
    assert len(server.calls) == 1


def test_a_server_that_never_says_hello_is_left(server, post):
    server.is_deaf = True
    with pytest.raises(TimeoutError):
        post(seconds=0.5).send()


def test_a_line_that_is_never_taken_is_left(post):
    """A full queue takes no further connection: the kernel lets it wait."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        port = busy.getsockname()[1]
        first = [socket.socket() for _ in range(4)]
        for one in first:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        never = webhook.Post(
            f"https://127.0.0.1:{port}/", SECRET, BODY, "a", datetime.now(UTC), seconds=0.5, known=post().known
        )
        with pytest.raises(TimeoutError):
            never.send()
        for one in first:
            one.close()


@pytest.mark.parametrize("answers", [https.drip_words, https.flood], ids=["slowly", "without end"])
def test_what_follows_a_good_status_changes_nothing(server, post, answers):
    server.answers = [answers]
    assert post(seconds=2).send() is None
    assert server.said < 16 * 1024 * 1024  # what lies in the buffers of both ends, of 64 MiB


@pytest.mark.parametrize(
    "answers",
    [https.reset, b"", b"SMTP here\r\n\r\n", b"HTTP/1.1 twohundred OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X" * 70000],
    ids=["reset", "nothing", "not HTTP", "no number", "a line too long"],
)
def test_what_is_no_answer_is_a_failure_that_may_pass(server, post, answers):
    server.answers = [answers]
    with pytest.raises((OSError, HTTPException)) as failure:
        post().send()
    assert isinstance(failure.value, webhook.UNANSWERED)
    assert len(server.calls) == 1


def test_nobody_there_is_a_failure_that_may_pass(server, post):
    lost = post()
    server.__exit__()
    with pytest.raises(ConnectionRefusedError):
        lost.send()


def test_a_certificate_for_another_name_or_by_a_stranger_is_not_taken(server, post):
    for stranger in (post(host="other.example.org"), post(roots=None)):
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.send()
    assert server.calls == []


def test_a_certificate_may_name_an_address(server, post):
    post(host="127.0.0.1").send()
    assert server.calls[0].headers["Host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("url", ["http://hooks.example.org/", "https://localhost/", "https://hooks.example.org:80/"])
def test_an_address_that_may_not_be_called_is_undeliverable(url):
    with pytest.raises(Undeliverable):
        webhook.Post(url, SECRET, BODY, "a", datetime.now(UTC)).send()


def test_without_being_told_otherwise_nothing_on_this_machine_is_called(server, post):
    for known in ({}, {"127.0.0.2": "127.0.0.1"}):
        with pytest.raises(Undeliverable):
            post(host="127.0.0.1", known=known).send()
    assert server.calls == []


@pytest.fixture
def resolver(monkeypatch):
    """Stands in for the system's resolver, and takes down who is connected to; nothing is."""
    told, tried = [], []

    def resolve(host, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in told.pop(0)]

    def connect(place, timeout):
        tried.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    return told, tried


def test_a_name_that_changes_its_mind_is_called_where_it_was_looked_at(resolver):
    told, tried = resolver
    told += [["9.9.9.9", "149.112.112.112"], ["127.0.0.1"]]
    with pytest.raises(ConnectionRefusedError):
        webhook.Post("https://hooks.example.org/", SECRET, BODY, "a", datetime.now(UTC)).send()
    assert (tried, told) == ([("9.9.9.9", 443), ("149.112.112.112", 443)], [["127.0.0.1"]])


@pytest.mark.parametrize("found", [["127.0.0.1"], ["9.9.9.9", "10.0.0.1"], ["fd00::1", "9.9.9.9"]])
def test_one_address_that_is_not_public_is_enough_to_call_none(resolver, found):
    told, tried = resolver
    told.append(found)
    with pytest.raises(Undeliverable):
        webhook.Post("https://hooks.example.org/", SECRET, BODY, "a", datetime.now(UTC)).send()
    assert tried == []


def test_neither_address_nor_secret_nor_words_are_shown_with_it(post):
    shown = repr(post())
    assert not any(part in shown for part in ("hooks.example.org", "by=askpeer", SECRET[6:], "lunch-alone"))
