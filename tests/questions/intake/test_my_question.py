import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session

from askpeer import receipts
from askpeer.models import OutboxRow
from questions import erasing, moves
from questions.intake import withdrawing
from questions.models import Feedback, Message, Question, SafetyReport, Signpost, SignpostChannel
from questions.publication import consenting, publishing
from questions.publication.models import Consent
from tests.factories import SupervisorFactory, make_question
from tests.questions.intake.test_verbs import answered, pending
from tests.questions.publication.shelf import LATER, edited, published

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 11, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def opened(site, clock):
    """Make a question with this maker and open it in the browser with its words."""

    def open_with(make, **values):
        receipt = receipts.draw()
        question = make(now=NOW, receipt=receipt, **values)
        assert site.post("/my-question/", {"receipt": receipt}).url == "/my-question/"
        return question

    return open_with


def test_the_words_open_the_page_for_twenty_minutes(site, clock, opened):
    question = opened(make_question)
    session = Session.objects.get()
    assert session.get_decoded()["question"] == str(question.pk)
    assert b"I feel alone at my new school." in site.get("/my-question/").content
    clock.shift(timedelta(minutes=19))
    assert b"I feel alone at my new school." in site.get("/my-question/").content
    clock.shift(timedelta(minutes=21))
    assert b"Your six words" in site.get("/my-question/").content


def test_a_browser_that_closes_forgets_the_question(site, opened):
    """Without a Max-Age and an Expires a cookie ends with the browser's own session (RFC 6265, 5.3)."""
    opened(make_question)
    cookie = site.cookies["s"]
    assert cookie.value
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_the_receipt_is_in_no_session(site, clock, calendar):
    receipt = receipts.draw()
    make_question(receipt=receipt)
    site.post("/my-question/", {"receipt": receipt})
    assert sorted(Session.objects.get().get_decoded()) == ["_session_expiry", "question"]


def test_unknown_erased_and_turned_round_words_are_answered_alike_byte_for_byte(site, clock, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    receipt, erased = receipts.draw(), receipts.draw()
    make_question(receipt=receipt)
    withdrawing.erase(question=make_question(receipt=erased), now=NOW)
    pages = []
    for typed in (receipts.draw(), erased, " ".join(reversed(receipt.split()))):
        response = site.post("/my-question/", {"receipt": typed})
        html = response.content.decode().replace(typed, "WORDS")
        pages.append((response.status_code, dict(response.headers) | {"Content-Length": ""}, _without_token(html)))
    assert pages == [pages[0]] * 3
    assert pages[0][0] == 422
    assert "Those words don&#x27;t open anything. Check the spelling. Old questions are erased." in pages[0][2]


def _without_token(html):
    head, *rest = html.split('name="csrfmiddlewaretoken" value="')
    return head + "".join(part[64:] for part in rest)


def test_a_word_that_is_not_on_the_list_gets_a_suggestion(site):
    right = receipts.word_list()[100]
    typed = " ".join([right + "x", *receipts.word_list()[200:205]])
    page = site.post("/my-question/", {"receipt": typed}).content.decode()
    assert f"Did you mean “{right}” where you typed “{right}x”?" in page


@pytest.mark.parametrize("typed", ["", "x" * 301, "a\0b", "<script>", "[" * 1000])
def test_bad_words_get_a_sentence(site, typed):
    response = site.post("/my-question/", {"receipt": typed})
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_the_twenty_first_wrong_try_has_to_wait_and_the_right_words_do_not(site, calendar, cache):
    receipt = receipts.draw()
    make_question(receipt=receipt)
    with time_machine.travel(datetime(2026, 11, 16, 11, 1, tzinfo=UTC), tick=False):
        statuses = [site.post("/my-question/", {"receipt": receipts.draw()}).status_code for _ in range(21)]
        page = site.post("/my-question/", {"receipt": "x"})
        right = site.post("/my-question/", {"receipt": receipt})
    assert statuses == [422] * 20 + [429]
    assert "Wait fifteen minutes, then type your words again." in page.content.decode()
    assert right.url == "/my-question/"


def test_a_reply_is_sent_from_the_page(site, clock, opened):
    opened(pending)
    response = site.post("/my-question/reply/", {"text": "In my class."}, follow=True)
    assert "Thank you. We have your reply." in response.content.decode()
    assert (Question.objects.get().status, Message.objects.get(kind="reply").text) == ("in_progress", "In my class.")


def test_a_follow_up_is_sent_from_the_page(site, clock, opened):
    opened(answered)
    response = site.post("/my-question/follow-up/", {"text": "And then?", "someone_else": "on"}, follow=True)
    assert "We promised you an answer by 6pm on Thursday 19 November." in response.content.decode()
    assert Question.objects.get().round_number == 2


def test_feedback_report_and_consent_are_sent_from_the_page(site, clock, opened):
    opened(answered)
    sent = [
        site.post("/my-question/feedback/", {"felt_heard": "yes", "words": "good"}).url,
        site.post("/my-question/report/", {"words": "it names my town"}).url,
        site.post("/my-question/consent/", {"choice": "show_me"}).url,
    ]
    assert sent == ["/my-question/"] * 3
    assert (Feedback.objects.get().felt_heard, SafetyReport.objects.get().words) == (True, "it names my town")
    assert Consent.objects.get().choice == "show_me"
    assert OutboxRow.objects.get().kind == "safety-report"


@pytest.mark.parametrize(
    ("act", "data", "sentence"),
    [
        ("follow-up", {"text": ""}, "Write something. One word is enough."),
        ("follow-up", {"text": "z" * 1501}, "There is room for 1500 characters. This has 1501."),
        ("follow-up", {"text": "a\0"}, "There is a character in your text that we cannot store."),
        ("feedback", {}, "Choose an answer or write a few words first."),
        ("feedback", {"felt_heard": "maybe"}, "Choose from the list."),
        ("feedback", {"words": "z" * 1001}, "There is room for 1000 characters."),
        ("report", {"words": "z" * 1501}, "There is room for 1500 characters."),
        ("consent", {}, "Choose one of the three."),
        ("consent", {"choice": "sell it"}, "Choose from the list."),
        ("reply", {"text": "late words"}, "We are not waiting for a reply any more."),
    ],
)
def test_bad_input_is_said_on_the_page_with_what_was_typed(site, clock, opened, act, data, sentence):
    opened(answered)
    response = site.post(f"/my-question/{act}/", data)
    said = response.content.decode()
    assert response.status_code == 422
    assert sentence in said
    assert [typed for name, typed in data.items() if name in {"text", "words"} and typed not in said] == []


def boxes(page):
    """Every read-only box of the page by its label: its id and what stands in it."""
    box = r'<label for="(\w+)">([^<]*)</label>\s*<textarea id="\1" rows="\d" readonly>\n([^<]*)</textarea>'
    return {label: (name, typed) for name, label, typed in re.findall(box, page)}


def dead_links(page):
    """Where the page's links lead to in itself that is not there."""
    return [name for name in re.findall(r'href="#(\w+)"', page) if f'id="{name}"' not in page]


def test_a_reply_that_another_tab_already_sent_can_be_copied(site, clock, opened):
    opened(pending)
    assert site.post("/my-question/reply/", {"text": "In my class."}).status_code == 302
    response = site.post("/my-question/reply/", {"text": "In my <b> class.\nAnd at home."})
    page = response.content.decode().replace("\r", "")
    assert response.status_code == 422
    assert boxes(page) == {"What you wrote": ("id_reply_text", "In my &lt;b&gt; class.\nAnd at home.")}
    assert page.index("We are not waiting for a reply now.") < page.index("What you wrote")


@pytest.mark.parametrize(
    ("act", "data", "kept"),
    [
        ("reply", {"text": "z" * 1501}, ["z" * 1501]),
        ("follow-up", {"text": "my long words", "someone_else": "on"}, ["my long words"]),
        ("feedback", {"felt_heard": "maybe", "words": "my long words"}, ["my long words"]),
        ("feedback", {"felt_heard": "yes"}, []),
        ("report", {"words": "z" * 1501}, ["z" * 1501]),
        ("consent", {}, []),
    ],
)
def test_a_form_with_no_place_on_the_page_gives_back_its_words_and_no_dead_link(site, clock, opened, act, data, kept):
    opened(make_question)
    response = site.post(f"/my-question/{act}/", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("There is a problem") == 1
    assert ([typed for _name, typed in boxes(page).values()], dead_links(page)) == (kept, [])


def test_a_form_that_has_its_place_is_not_shown_twice(site, clock, opened):
    opened(answered)
    page = site.post("/my-question/report/", {"words": "z" * 1501}).content.decode()
    assert (page.count("z" * 1501), boxes(page), dead_links(page)) == (1, {}, [])


def test_who_asked_to_see_it_first_reads_the_words_before_and_after_they_are_published(site, clock, opened):
    question = opened(answered)
    site.post("/my-question/consent/", {"choice": "show_me"})
    publication = edited(
        question.publications.get(), now=NOW, title="Lunch", question_text="Alone.", answer_text="Ask."
    )
    words = "<h3>Lunch</h3><p>Alone.</p><p>Ask.</p>"
    assert shared(site) == ("This is what others would read:", words)
    site.post("/my-question/consent/", {"choice": "yes", "version": "2"})
    later = NOW + timedelta(days=14)
    publishing.publish(publication=publication, version=2, by=SupervisorFactory(), now=later)
    assert shared(site) == ("This stands in the library:", words)


def consent_form(site):
    """The version that the page's form is for, and the choice that is ticked."""
    form = site.get("/my-question/").content.decode().split('action="/my-question/consent/"')[1].split("</form>")[0]
    version = re.search(r'name="version" value="(\d+)"', form)
    ticked = re.search(r'value="(\w+)"[^>]*checked', form)
    return version and version[1], ticked and ticked[1]


@pytest.mark.parametrize(("level", "asked"), [("green", True), ("red", False)])
def test_nobody_is_asked_to_share_what_is_never_published(site, clock, opened, level, asked):
    opened(answered, level=level)
    assert ("Could it help someone else?" in site.get("/my-question/").content.decode()) is asked


def test_a_yes_from_an_old_page_shows_the_new_words_and_asks_again(site, clock, opened):
    publication = edited(consented(opened(answered), "show_me"), title="Lunch")
    old = consent_form(site)
    edited(publication, title="Lunch, again", question_text="Alone.", answer_text="Ask.")
    response = site.post("/my-question/consent/", {"choice": "yes", "version": old[0]})
    page = response.content.decode()
    assert (old, response.status_code) == (("2", "show_me"), 409)
    assert "We changed the words a moment ago. Please read them again." in page
    assert '<input type="hidden" name="version" value="3">' in page
    assert "<h3>Lunch, again</h3><p>Alone.</p><p>Ask.</p>" in page
    assert Consent.objects.get().choice == "show_me"
    assert site.post("/my-question/consent/", {"choice": "yes", "version": "3"}).status_code == 302
    assert consent_form(site) == ("3", "yes")
    edited(publication)
    assert consent_form(site) == ("4", "show_me")
    assert "We changed the words after you said yes." in site.get("/my-question/").content.decode()


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "-1", "2.5"])
def test_a_yes_with_no_version_that_can_be_read_is_not_taken(site, clock, opened, version):
    edited(consented(opened(answered), "show_me"))
    response = site.post("/my-question/consent/", {"choice": "yes", "version": version})
    assert (response.status_code in {409, 422}, Consent.objects.count()) == (True, 1)
    assert "There is a problem" in response.content.decode()


def consented(question, choice):
    consenting.consent(question=question, round_number=1, choice=choice, now=NOW)
    return question.publications.get()


def test_a_no_is_for_every_answer_of_the_question(site, clock, opened):
    question = opened(answered)
    consented(question, "yes")
    question.rounds.create(number=2, asked_at=NOW, promised_at=NOW, due_at=NOW, answered_at=NOW)
    consenting.consent(question=question, round_number=2, choice="yes", now=NOW)
    site.post("/my-question/consent/", {"choice": "no"})
    assert set(question.publications.values_list("status", flat=True)) == {"unpublished"}


GONE = "Was something of yours in the library? Then it is gone from our site within a minute."


def test_the_six_words_take_a_published_answer_down_after_the_purge(site, clock, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    receipt, other = receipts.draw(), receipts.draw()
    publication = published(receipt=receipt)
    erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    pages = []
    for typed in (other, receipt, receipt):
        response = site.post("/my-question/take-down/", {"receipt": typed.upper()})
        assert (response.status_code, response.url) == (302, "/my-question/")
        html = site.get("/my-question/").content.decode()
        pages.append((dict(response.headers), _without_token(html)))
        publication.refresh_from_db()
    assert pages == [pages[0]] * 3
    assert pages[0][1].count(GONE) == 1
    assert publication.status == "unpublished"


def test_words_of_a_published_answer_open_nothing_after_the_purge_like_any_others(site, clock, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    receipt, other = receipts.draw(), receipts.draw()
    erasing.erase(published(receipt=receipt).question, by=moves.SERVICE, now=LATER)
    said = []
    for typed in (other, receipt):
        page = site.post("/my-question/", {"receipt": typed})
        said.append((page.status_code, _without_token(page.content.decode().replace(typed, "WORDS"))))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type your six words."),
        ("x" * 301, "There is room for 300 characters. This has 301."),
        ("five words are not enough", "Those are not six words from us. Check the spelling."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_words_that_cannot_be_six_of_ours_are_said_to_be_none(site, typed, sentence):
    response = site.post("/my-question/take-down/", {"receipt": typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert GONE not in response.content.decode()


def test_a_misspelt_word_of_a_take_down_gets_a_suggestion(site):
    right = receipts.word_list()[100]
    typed = " ".join([right + "x", *receipts.word_list()[200:205]])
    page = site.post("/my-question/take-down/", {"receipt": typed}).content.decode()
    assert page.count(f"Did you mean “{right}” where you typed “{right}x”?") == 1
    assert page.split("take-down/")[1].count(typed) == 1


def test_guesses_at_a_take_down_are_slowed_like_those_at_opening_and_the_right_words_are_not(site, calendar, cache):
    receipt = receipts.draw()
    published(receipt=receipt)
    with time_machine.travel(datetime(2026, 11, 16, 11, 1, tzinfo=UTC), tick=False):
        for path in ("/my-question/", "/my-question/take-down/") * 10:
            site.post(path, {"receipt": receipts.draw()})
        wrong = site.post("/my-question/take-down/", {"receipt": receipts.draw()})
        right = site.post("/my-question/take-down/", {"receipt": receipt})
    assert (wrong.status_code, right.status_code) == (429, 302)
    assert "Wait fifteen minutes, then type your words again." in wrong.content.decode()


def test_taking_down_is_folded_away_until_something_is_wrong_with_it(site):
    pages = [site.get("/my-question/"), site.post("/my-question/", {"receipt": ""})]
    pages.append(site.post("/my-question/take-down/", {"receipt": ""}))
    summary = r"<details( open)?><summary>Take down what you let us publish</summary>(.*?)</details>"
    folds = [re.findall(summary, page.content.decode(), re.S) for page in pages]
    assert [[is_open for is_open, _inside in fold] for fold in folds] == [[""], [""], [" open"]]
    assert all('id="id_take_down_receipt"' in inside for fold in folds for _open, inside in fold)


def test_taking_down_refuses_a_get(site):
    assert site.get("/my-question/take-down/").status_code == 405


def shared(site):
    """What the asker's page says of the library, and the words it shows."""
    page = site.get("/my-question/").content.decode()
    return re.search(r'<p>(This [^<]*:)</p>\s*<div class="note plain">(<h3>.*?)</div>', page, re.S).groups()


@pytest.mark.parametrize("act", ["reply", "follow-up", "feedback", "report", "consent"])
def test_an_act_refuses_a_get_and_asks_for_the_words_when_the_page_had_closed(site, act):
    assert site.get(f"/my-question/{act}/").status_code == 405
    response = site.post(f"/my-question/{act}/", {"text": "my long words", "words": "my long words"})
    assert response.status_code == 403
    assert "my long words" in response.content.decode()


def test_what_was_typed_into_a_closed_page_is_there_again_after_the_words(site, clock, calendar):
    receipt = receipts.draw()
    answered(NOW, receipt=receipt)
    page = site.post("/my-question/follow-up/", {"text": "my long words"}).content.decode()
    assert 'name="act" value="follow_up"' in page
    response = site.post("/my-question/", {"receipt": receipt, "wrote": "my long words", "act": "follow_up"})
    assert (response.status_code, response.content.decode().count("my long words")) == (200, 1)


def test_words_of_a_closed_page_that_have_no_place_any_more_can_be_copied(site, clock, calendar):
    receipt = receipts.draw()
    make_question(now=NOW, receipt=receipt)
    response = site.post("/my-question/", {"receipt": receipt, "wrote": "my long words", "act": "reply"})
    assert boxes(response.content.decode()) == {"What you wrote": ("id_reply_text", "my long words")}


def test_erasing_asks_once_and_says_so_once(site, clock, opened, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    opened(answered)
    assert site.get("/my-question/erase/").status_code == 200
    gone = "Your question has been erased. We can&#x27;t get it back. You can always ask a new one."
    after = site.post("/my-question/erase/", follow=True)
    assert [after.content.decode().count(gone), site.get("/my-question/").content.decode().count(gone)] == [1, 0]
    assert (Question.objects.get().status, Session.objects.count()) == ("withdrawn", 0)


def test_what_stays_elsewhere_is_said_before_erasing_where_something_is_published(site, clock, opened):
    question = opened(answered)
    site.post("/my-question/consent/", {"choice": "yes"})
    publication = edited(question.publications.get(), now=NOW)
    pages = [site.get("/my-question/erase/").content.decode()]
    later = NOW + timedelta(days=14)
    publishing.publish(publication=publication, version=2, by=SupervisorFactory(), now=later)
    pages.append(site.get("/my-question/erase/").content.decode())
    assert [page.count("copies people saved we can't remove.") for page in pages] == [0, 1]


def test_without_a_ledger_nothing_is_erased_and_the_page_says_so(site, clock, opened, settings, tmp_path):
    settings.LEDGER = tmp_path
    opened(answered)
    response = site.post("/my-question/erase/")
    assert response.status_code == 503
    assert "Nothing has changed." in response.content.decode()
    assert Question.objects.get().status == "answered"


def test_the_thread_is_saved_as_text(site, clock, opened):
    opened(answered)
    response = site.get("/my-question/notes.txt")
    assert response.content.decode() == (
        "Your answer is here.\n\n"
        "11am on Monday 16 November\nYou:\nI feel alone at my new school.\n\n"
        "11am on Monday 16 November\nYour advisor:\nHere is what could help.\n"
    )
    assert response["Content-Disposition"] == 'attachment; filename="notes.txt"'


def test_the_sheet_holds_what_the_asker_left_in_it_and_is_kept_nowhere(site, clock, opened):
    opened(answered)
    first = site.get("/my-question/talk/").content.decode()
    assert "What somebody wrote to me:" in first
    sheet = site.post("/my-question/talk/", {"text": "Only this."}).content.decode()
    article = sheet.split("<article")[1].split("</article>")[0]
    assert article == ' class="sheet note plain"><p>Only this.</p>'
    assert Message.objects.count() == 2


def test_leaving_closes_the_question_on_this_device(site, clock, opened):
    opened(make_question)
    site.get("/leave/")
    assert Session.objects.count() == 0
    assert b"Your six words" in site.get("/my-question/").content


LINK = '<a href="#people">You don\'t have to wait for us. Talk to someone now.</a>'


@pytest.mark.parametrize(("level", "count"), [("green", 0), ("amber", 1), ("red", 1)])
def test_an_urgent_question_leads_to_people_above_its_promise(site, clock, opened, level, count):
    opened(make_question, level=level)
    page = site.get("/my-question/").content.decode().replace("&#x27;", "'")
    above, below = page.split("We promised you an answer by")
    assert (above.count(LINK), below.count('id="people"'), page.count(LINK)) == (count, count, count)


def test_elsewhere_an_urgent_question_names_no_number_of_ours(site, clock, opened):
    opened(make_question, level="red", nation="other")
    page = site.get("/my-question/").content.decode().replace("&#x27;", "'")
    assert [name for name in ("999", "0800 1111", "Childline", "#people") if name in page] == []
    crisis_line, above, below = re.split("<h1>|We promised you", page.partition("<main")[2])
    ring = "If you're in danger, ring the emergency number where you are."
    assert [part.count(ring) for part in (crisis_line, above, below)] == [1, 1, 0]


def test_on_a_redirected_page_our_words_come_before_the_services(site, clock, opened, topic):
    club = Signpost.objects.create(slug="club", name="Club", summary="Meets.", country="GB")
    SignpostChannel.objects.create(signpost=club, kind="phone", value="0800 222")
    club.topics.add(topic)
    question = opened(make_question, topic=topic)
    supervisor = moves.Actor("supervisor", "person:s")
    moves.move(question, "redirected", by=supervisor, now=NOW)
    words = "The club knows more than us."
    Message(
        round=question.round, kind="redirect", text=words, html=f"<p>{words}</p>", digest=b"d" * 32, sent_at=NOW
    ).save()
    page = site.get("/my-question/").content.decode()
    order = [page.index(text) for text in (words, "People who can help", "tel:0800222", "Everything so far")]
    assert order == sorted(order)
    assert page.count(words) == 1


def test_a_case_about_staff_shows_a_way_outside(site, clock, opened):
    opened(make_question, about_staff=True)
    page = site.get("/my-question/").content.decode()
    assert "From now on, only the person in charge of safety here looks after this." in page
    assert 'href="tel:08001111"' in page


def test_a_case_about_staff_of_somebody_elsewhere_points_at_nobody_who_is_not_named(site, clock, opened):
    opened(make_question, about_staff=True, nation="other")
    page = site.get("/my-question/").content.decode()
    assert "ring the emergency number where you are" in page
    assert "these people have nothing to do with us" not in page


def test_a_signpost_of_the_topic_abroad_takes_no_place_of_the_emergency_advice(site, clock, opened, topic):
    club = Signpost.objects.create(slug="club", name="Club", summary="Meets.", country="FR")
    SignpostChannel.objects.create(signpost=club, kind="phone", value="0033 222")
    club.topics.add(topic)
    question = opened(make_question, about_staff=True, nation="FR-IDF", topic=topic)
    moves.move(question, "redirected", by=moves.Actor("supervisor", "person:s"), now=NOW)
    page = site.get("/my-question/").content.decode()
    assert page.count("t know the help lines there.") == 1
    assert ("these people have nothing to do with us" in page, "Meets." in page) == (False, True)


def test_the_page_of_an_answered_question_weighs_six_kilobytes_at_most(site, clock, opened):
    opened(answered)
    assert len(gzip.compress(site.get("/my-question/").content)) <= 6144


def test_the_questions_page_costs_the_same_with_one_text_and_with_three(site, clock, opened, django_assert_num_queries):
    question = opened(answered)
    site.get("/my-question/")
    with django_assert_num_queries(10):
        site.get("/my-question/")
    for text in ("one", "two"):
        Message(round=question.round, kind="reply", text=text, sent_at=NOW).save()
    with django_assert_num_queries(10):
        site.get("/my-question/")
