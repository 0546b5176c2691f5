"""A marker in every field that a person can fill: found in no database, log, queue or letter."""

import base64
import re
import secrets
import sqlite3
import string
import zlib

import psycopg
import pytest
from psycopg import sql

from tests.journeys import unsent
from tests.journeys.browser import call
from tests.journeys.people import Advisor, cast

pytestmark = pytest.mark.journey

MOMENTS = tuple(f"moment_{number}" for number in range(1, 7))
FIELDS = (
    "text",
    *MOMENTS,
    "address",
    "level_reason",
    "summary",
    "kept_draft",
    "handover",
    "clarification",
    "reply",
    "answer",
    "comment",
    "learning_note",
    "edited",
    "report",
    "feedback",
    "sheet",
    "public_title",
    "public_question",
    "public_answer",
    "content_note",
    "keyword",
    "follow_up",
    "too_long",
    "wrong_words",
    "search",
    "api_text",
    "malformed",
    *unsent.FIELDS,
    *unsent.SENT_ALONG,
)


def test_what_people_write_is_found_nowhere(service):
    marks = {name: mark(name) for name in FIELDS}
    receipt = live_a_whole_life(service, marks)
    slip_in_errors(service, marks)
    unsent.leave_drafts(service, marks)
    unsent.type_elsewhere(service, marks)
    unsent.send_along(service, marks)
    receipts = {f"receipt {shape!r}": receipt.replace(" ", shape) for shape in (" ", "-", "_", ",", "")}

    places = {name: unfold(content) for name, content in everything_kept(service).items()}
    found = {
        (name, place)
        for name, words in (marks | receipts).items()
        for place, content in places.items()
        if any(shape in content for shape in shapes(words))
    }
    assert found == {("address", "letters")}  # an envelope has to say where it goes
    assert b"lonely" in places["database"]
    assert b"subject: something new for you" in places["letters"]
    assert b'"route": "intake:mine"' in places["web.log"]
    assert b"_kombu.binding.celery" in places["broker"]


@pytest.mark.parametrize(
    "content",
    [
        b"a Canary1 b",
        "Canary1".encode("utf-16-le"),
        b"63616e61727931",
        b".eJxLVMjJz0tPLVIoSa0oUSjPLMlQSE7MSyyqNAQAgRcJmQ:1vN:sig",
    ]
    + [base64.b64encode(b"x" * lead + b"canary1" + b"yyy") for lead in range(3)],
)
def test_the_search_finds_a_marker_however_it_is_written_down(content):
    assert any(shape in unfold(content) for shape in shapes("canary1"))


def mark(field):
    """A word that stands nowhere else; letters alone, for a number might be taken for somebody's."""
    return "canary" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(12)) + field.replace("_", "")


def live_a_whole_life(service, marks):
    """Fill every field of one question's life; return its six words."""
    people = cast(service)
    asker, ash, sana, bo = people.asker, people.ash, people.sana, Advisor(service.signed_in("bo"))
    address = f"{marks['address']}@asker.example"
    text = f"My green bike and my {marks['text']} went missing."
    asker.ask(text, email=address, **{moment: marks[moment] for moment in MOMENTS})
    pk = sana.find(marks["text"])
    sana.browser.submit(sana.question(pk), "Change the level", level="amber", reason=marks["level_reason"])
    sana.pass_on(marks["text"], summary=marks["summary"])

    ash.claim(pk)
    assert "version 1" in ash.save(pk, marks["kept_draft"]).text
    workspace = ash.browser.open(f"/desk/{pk}/write/")
    ash.browser.submit(workspace, "Not for me, put it back", note=marks["handover"])
    assert marks["handover"] in bo.claim(pk).text

    bo.ask_back(pk, marks["clarification"])
    sana.approve(pk)
    asker.browser.submit(asker.open(), "Send reply", text=marks["reply"])
    sana.browser.submit(sana.browser.open("/review/triage/"), "Pass on to the advisor")
    answer(bo, people, pk, marks)
    service.letters(address, count=2)
    share_it(asker, sana, marks)
    speak_of_it(service, asker, marks)
    sana.pass_on(marks["follow_up"], summary=marks["summary"])
    return asker.words


def answer(bo, people, pk, marks):
    """Written, sent back with a comment, sent again, edited by one supervisor and approved by another."""
    wording = f"Your green bike is gone.\n\nThat is a loss, {marks['answer']}."
    bo.send(pk, wording, "green bike", "went missing")
    assert marks["comment"] in people.sana.comment(pk, marks["comment"]).text
    people.sana.request_changes(pk)
    bo.send(pk, f"{wording} Truly.", "green bike", "went missing")
    people.sana.resolve(pk)
    page = people.sana.browser.open(f"/review/{pk}/edit/")
    text, note = f"{wording} {marks['edited']}", marks["learning_note"]
    assert (
        "Saved as a new version."
        in people.sana.browser.submit(page, "Save as a new version", text=text, note=note).text
    )
    assert "Approved and sent." in people.tom.approve(pk).text


def share_it(asker, sana, marks):
    """The asker wants to see it first; a supervisor writes the public text, and nobody publishes it."""
    asker.open()
    asker.browser.submit(asker.page(), "Save my choice", choice="show_me")
    editor = sana.browser.open(sana.browser.open("/review/publish/").link("No title yet"))
    words = {"question_text": "public_question", "answer_text": "public_answer", "content_note": "content_note"}
    words |= {"title": "public_title", "keywords": "keyword"}
    topic = editor.form("Save the public text").option("topic", "Lonely")
    given = {name: marks[field] for name, field in words.items()} | {"topic": topic}
    assert marks["public_title"] in sana.browser.submit(editor, "Save the public text", **given).text
    assert marks["public_answer"] in asker.page().text


def speak_of_it(service, asker, marks):
    """Everything an asker can do with an answer."""
    assert marks["answer"] in asker.open().text
    asker.browser.submit(asker.page(), "Tell a supervisor", words=marks["report"])
    [form] = [form for form in asker.page().forms if "felt_heard" in form.fields]
    asker.browser.send(form.action, form.values | {"felt_heard": ["no"], "words": [marks["feedback"]]})
    sheet = asker.browser.open("/my-question/talk/")
    assert marks["sheet"] in asker.browser.submit(sheet, "Make the sheet", text=marks["sheet"]).text
    asker.browser.submit(asker.page(), "Send", text=f"{marks['too_long']} {'more ' * 400}")
    unsent.come_back_late(asker, marks)
    asker.browser.submit(asker.page(), "Send", text=marks["follow_up"])
    service.letters("sana@askpeer.example", count=1)


def slip_in_errors(service, marks):
    """What goes wrong is where texts leak: wrong words, a search, a body that is no JSON, a draft left unsent."""
    browser = service.browser()
    assert browser.submit(browser.open("/my-question/"), "Open", receipt=marks["wrong_words"]).status == 422
    assert browser.open(f"/library/?q={marks['search']}").status == 200
    body = {"text": marks["api_text"], "age_band": "16-17"}
    assert service.call("questions/", body=body, Idempotency_Key="canary").status == 201
    assert service.call("questions/", body=[marks["malformed"]]).status in {400, 422}
    assert call(service.url, "/api/v1/questions/", key=marks["malformed"], body=body).status == 401


def everything_kept(service):
    """{place: bytes}: every file of the home, every row, every key of broker and cache, every letter."""
    kept = {name: b"\n".join(values_of(connection)) for name, connection in service.redis().items()}
    return service.files() | kept | {"database": rows_of(service), "letters": b"\n".join(service.mailbox.letters)}


def rows_of(service):
    """Every table as text."""
    if "DATABASE_URL" not in service.env:
        connection = sqlite3.connect(service.home / "askpeer.sqlite3")
        try:
            return "\n".join(connection.iterdump()).encode()
        finally:
            connection.close()
    with psycopg.connect(service.env["DATABASE_URL"]) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return b"\n".join(copied(connection, table) for (table,) in tables)


def copied(connection, table):
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
        return b"".join(bytes(row) for row in rows)


def values_of(connection):
    """Every key of a Redis-compatible server, and what is under it."""
    readers = {
        b"string": connection.get,
        b"list": lambda key: b"\n".join(connection.lrange(key, 0, -1)),
        b"set": lambda key: b"\n".join(connection.smembers(key)),
        b"zset": lambda key: b"\n".join(connection.zrange(key, 0, -1)),
        b"hash": lambda key: b"\n".join(part for pair in connection.hgetall(key).items() for part in pair),
    }
    with connection:
        for key in connection.scan_iter():
            yield key
            yield readers[connection.type(key)](key) or b""


def unfold(content):
    """In lower case, with everything beside it that was packed by zlib and base64, as sessions are."""
    packed = re.findall(rb"eJ[A-Za-z0-9_-]{20,}", content)
    return b"\n".join([content, *filter(None, map(unpacked, packed))]).lower()


def unpacked(text):
    try:
        return zlib.decompressobj().decompress(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
    except (zlib.error, ValueError):
        return b""


def shapes(words):
    """The ways these words may be written down: plain, UTF-16, hex, and base64 at each of its three offsets."""
    plain = words.lower().encode()
    encoded = [base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, words.lower().encode("utf-16-le"), plain.hex().encode(), *(text.lower() for text in encoded)]
