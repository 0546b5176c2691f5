"""Every page an asker can come to, read in Dutch: not one English word is left on it.

The data of these tests is Dutch too, as a Flemish service would have it, so whatever is English came from us.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from askpeer import receipts
from askpeer.models import ServiceCalendar
from questions import moves, states
from questions.intake.models import IntakeLimits, RiskRule
from questions.models import LockedNote, Message, Question, Signpost, SignpostChannel, Topic
from questions.publication import hiding, withdrawing
from tests.factories import NOW, SupervisorFactory, make_question
from tests.questions.english import english
from tests.questions.publication.shelf import answered, edited, published

pytestmark = pytest.mark.django_db
NIGHT = NOW + timedelta(hours=12)
ABOUT = {"age_band": "13-15", "wants": ["listening"], "writer": "anyone"}
TEXTS = {
    "title": "Samen eten lukt ook jou",
    "question_text": "Ik eet elke middag alleen op school.",
    "answer_text": "Dat klinkt **eenzaam**. Misschien past de tekenclub bij jou.",
    "content_note": "pesten",
    "keywords": ["alleen"],
}


def check(response, status=200):
    assert (response.status_code, english(response.content.decode())) == (status, [])


@pytest.fixture(autouse=True)
def flanders(calendar, dutch_offered):
    ServiceCalendar.objects.update(country="BE", subdivision="", home="BE")
    Topic.objects.create(slug="eenzaam", label="Eenzaam")
    RiskRule.objects.create(label="Niet veilig", level="red", language="nl", phrases=["niet veilig vannacht"])
    for name, oldest, kind, value in (
        ("Noodlijn", 120, "phone", "112"),
        ("Luisterlijn", 18, "phone", "102"),
        ("Chatlijn", 25, "chat", "https://chat.example/"),
        ("Weblijn", 25, "web", "https://web.example/"),
    ):
        row = Signpost.objects.create(
            slug=name.lower(), name=name, summary="Dag en nacht.", country="BE", max_age=oldest, crisis=True
        )
        SignpostChannel.objects.create(signpost=row, kind=kind, value=value, hours="altijd")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def dutch(clock):
    return Client(headers={"accept-language": "nl"})


@pytest.fixture
def opened(dutch):
    """Make a question with this maker and open it with its words."""

    def open_with(make=make_question, **values):
        receipt = receipts.draw()
        make(text="Ik voel me alleen.", receipt=receipt, **values)
        assert dutch.post("/my-question/", {"receipt": receipt}).status_code == 302
        return Question.objects.get()

    return open_with


def with_answer(**values):
    question = answered(**values)
    text = "Dat klinkt eenzaam."
    Message(round=question.round, kind="answer", text=text, html=f"<p>{text}</p>", digest=b"d" * 32, sent_at=NOW).save()
    return question


def test_the_check_finds_english_where_there_is_some():
    html = (
        '<p lang="nl">Dag <b aria-label="the way out">hier</b> <i lang="en">English</i> zijn nog acht woorden meer.</p>'
    )
    assert english(html) == ["the", "out"]
    page = render_to_string("404.html").replace('<html lang="en">', '<html lang="nl">')
    assert english(page)[:5] == ["to", "the", "page", "leave", "if"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/about/",
        "/who-pays/",
        "/privacy/",
        "/cards/",
        "/ask/",
        "/ask/young/",
        "/ask/leaving/",
        "/ask/saved/",
        "/my-question/",
        "/library/",
    ],
)
@pytest.mark.parametrize("at", [NOW, NIGHT])
def test_a_page_that_anybody_can_open(dutch, clock, path, at):
    clock.move_to(at)
    check(dutch.get(path))


def test_asking_from_the_first_page_to_the_last(dutch):
    check(dutch.post("/ask/", {"nation": "XX", "wants": ["x"], "writer": "x"}, follow=True))
    dutch.post("/ask/", ABOUT)
    check(dutch.get("/ask/words/"))
    check(dutch.post("/ask/words/", {"text": "", "cards": ["x"], "topic": "x"}, follow=True))
    check(dutch.post("/ask/words/", {"text": "o" * 3001, "moment_1": "o" * 121}, follow=True))
    text = "Bel me op 020 7946 0958, mail ik@voorbeeld.nl, zie https://voorbeeld.nl of @ikke op insta, B33 8TH."
    dutch.post("/ask/words/", {"text": text, "cards": ["sad", "numb"], "moment_1": "Ruzie", "topic": "eenzaam"})
    check(dutch.get("/ask/check/"))
    check(dutch.post("/ask/check/", {"email": "geen adres"}, follow=True))
    dutch.post("/ask/check/", {"email": ""})
    check(dutch.get("/ask/receipt/"))
    dutch.post("/ask/receipt/")
    check(dutch.get("/ask/saved/"))


@pytest.mark.parametrize("limits", [{"taking": False}, {"answers_a_day": 1}])
def test_the_first_page_when_many_write_or_nobody_new_can(dutch, limits):
    for _ in range(4):
        make_question()
    IntakeLimits.objects.create(**limits)
    check(dutch.get("/"))
    check(dutch.get("/ask/"))


def test_suggesting_a_word(dutch):
    check(dutch.get("/words/eenzaam/"))
    for word in ("", "een twee drie vier vijf", "ik@voorbeeld.nl", "o" * 41):
        check(dutch.post("/words/eenzaam/", {"word": word}), 422)
    assert dutch.post("/words/eenzaam/", {"word": "alleen"}).status_code == 302
    check(dutch.get("/words/eenzaam/thanks/"))


@pytest.mark.parametrize("at", [NOW, NIGHT])
@pytest.mark.parametrize("nation", ["", "other", "BE-VLG"])
def test_the_page_after_a_risk_phrase(dutch, clock, at, nation):
    clock.move_to(at)
    dutch.post("/ask/", ABOUT | {"nation": nation, "about_staff": "on"})
    dutch.post("/ask/words/", {"text": "Ik ben niet veilig vannacht."})
    assert dutch.post("/ask/check/", {"email": ""}).url == "/ask/safe/"
    check(dutch.get("/ask/safe/"))
    check(dutch.get("/ask/receipt/"))
    assert re.sub(r"^[a-z ]+\n", "", dutch.get("/ask/notes.txt").content.decode()).split(" ")[0].strip() == "Uiterlijk"


def test_words_that_open_nothing(dutch):
    check(dutch.post("/my-question/", {"receipt": ""}), 422)
    check(dutch.post("/my-question/", {"receipt": "o" * 301}), 422)
    typed = receipts.word_list()[100] + "x"
    page = dutch.post("/my-question/", {"receipt": typed}).content.decode()
    assert "Bedoel je “" in page
    check(dutch.post("/my-question/reply/", {"text": "Dag allemaal"}), 403)


@pytest.mark.parametrize("about_staff", [False, True])
@pytest.mark.parametrize("nation", ["", "other"])
def test_the_page_of_an_urgent_question(dutch, opened, nation, about_staff):
    opened(level="red", nation=nation, about_staff=about_staff, language="nl")
    check(dutch.get("/my-question/"))


@pytest.mark.parametrize("status", [status for status in states.STATUSES if status != "withdrawn"])
def test_a_questions_page_in_every_status(dutch, opened, clock, status):
    question = opened(about_staff=True)
    Question.objects.filter(pk=question.pk).update(status=status)
    check(dutch.get("/my-question/"))
    assert english("<p>" + dutch.get("/my-question/notes.txt").content.decode()) == []
    clock.move_to(NOW + timedelta(minutes=15))
    Question.objects.filter(pk=question.pk).update(entered_at=NOW - timedelta(days=30))
    question.rounds.update(due_at=NOW - timedelta(days=9), promised_at=NOW - timedelta(days=9))
    check(dutch.get("/my-question/"))


def test_everything_an_asker_can_do_with_an_answer(dutch, opened):
    opened(with_answer)
    check(dutch.get("/my-question/"))
    check(dutch.post("/my-question/follow-up/", {"text": ""}), 422)
    check(dutch.post("/my-question/follow-up/", {"text": "o" * 1501}), 422)
    check(dutch.post("/my-question/follow-up/", {"text": "x\0y"}), 422)
    check(dutch.post("/my-question/feedback/", {"felt_heard": "x"}), 422)
    check(dutch.post("/my-question/feedback/", {}), 422)
    check(dutch.post("/my-question/consent/", {"choice": "x"}), 422)
    check(dutch.post("/my-question/reply/", {"text": "Dag"}), 422)
    check(dutch.get("/my-question/talk/"))
    check(dutch.post("/my-question/talk/", {"text": "Dag mama"}))
    check(dutch.get("/my-question/erase/"))
    for act, fields in (
        ("feedback", {"felt_heard": "yes"}),
        ("report", {"words": ""}),
        ("consent", {"choice": "no"}),
        ("consent", {"choice": "show_me"}),
        ("follow-up", {"text": "Nog iets"}),
    ):
        assert dutch.post(f"/my-question/{act}/", fields).status_code == 302
        check(dutch.get("/my-question/"))


def test_a_shared_answer_on_its_askers_page(dutch, opened):
    question = opened(with_answer)
    dutch.post("/my-question/consent/", {"choice": "show_me"})
    edited(question.publications.get(), **TEXTS)
    check(dutch.get("/my-question/"))
    dutch.post("/my-question/consent/", {"choice": "yes"})
    check(dutch.get("/my-question/"))


def test_erasing_where_a_locked_note_stays(dutch, opened):
    question, day = opened(), NOW.date() + timedelta(days=20)
    LockedNote.objects.create(
        about=question, words="Woorden.", reason="Zorg.", made_by=SupervisorFactory(), made_at=NOW, last_day=day
    )
    check(dutch.get("/my-question/erase/"))


def test_erasing_is_said_once(dutch, opened, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    opened()
    assert dutch.post("/my-question/erase/").status_code == 302
    page = dutch.get("/my-question/")
    assert "Je vraag is gewist." in page.content.decode()
    check(page)


def test_a_reply_to_what_we_asked(dutch, opened):
    question = opened(email="ik@voorbeeld.be")
    for to, role in (("open", "supervisor"), ("in_progress", "advisor"), ("in_review", "advisor")):
        moves.move(question, to, by=moves.Actor(role, "person:x"), now=NOW)
    moves.move(question, "pending_asker", by=moves.Actor("supervisor", "person:y"), now=NOW)
    check(dutch.get("/my-question/"))
    check(dutch.post("/my-question/reply/", {"text": ""}), 422)
    assert dutch.post("/my-question/reply/", {"text": "Op maandag."}).status_code == 302
    check(dutch.get("/my-question/"))


def test_the_library(dutch):
    publication = published(topic=Topic.objects.get(), language="nl", **TEXTS)
    path = f"/library/{publication.slug}/"
    for page in ("/library/", "/library/?q=alleen", "/library/?q=zzzzzz", "/library/?q=niet+veilig+vannacht", path):
        check(dutch.get(page))
    check(dutch.get("/library/?cursor=x"), 422)
    check(dutch.get(path + "report/"))
    check(dutch.get(path + "reported/"))
    hiding.report(publication, NOW)
    check(dutch.get(path), 404)
    withdrawing.withdraw_for(Question.objects.get(), now=NOW)
    check(dutch.get(path), 410)


def test_pages_for_when_something_is_wrong(dutch):
    check(dutch.get("/nowhere/"), 404)
    check(dutch.get("/my-question/reply/"), 405)
    check(dutch.post("/ask/", data=b"x" * (1024 * 1024 + 1), content_type="text/plain"), 413)
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "nl"})
    check(strict.post("/ask/", ABOUT), 403)


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "413", "500", "503", "csrf"])
def test_an_error_page_without_a_request(name):
    name = f"{name}.html"
    with translation.override("nl"):
        assert english(render_to_string(name)) == []
        assert english(render_to_string(name, request=RequestFactory().get("/"))) == []
