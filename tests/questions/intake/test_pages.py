"""Pages that ask nothing, and small helps on those that do: leaving fast, what stays private, young words, printing."""

import gzip
import re

import pytest
import time_machine

from askpeer import receipts
from questions.intake import withdrawing
from questions.models import Topic
from tests.factories import NOW, make_question
from tests.questions.intake.conftest import ABOUT

LEAVING = "Leaving deletes what you typed. History, downloads and screenshots stay."


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def main(response):
    """The part of a page that is its own, without what every page has around it."""
    return response.content.decode().split("<main")[1].split("</main>")[0]


def links(html):
    return re.findall(r'<a class="button" href="([^"]*)">([^<]*)', html)


def test_the_landing_page_leads_to_how_to_leave_and_that_to_the_first_page(site, clock):
    assert links(main(site.get("/"))) == [("/ask/leaving/", "Ask a question")]
    assert links(main(site.get("/ask/leaving/"))) == [("/ask/", "Go on")]
    assert links(main(site.get("/about/"))) == [("/ask/", "Ask a question")]


def test_how_to_leave_costs_nothing_and_knows_nobody(site, clock, django_assert_num_queries):
    site.get("/")
    site.cookies.clear()
    with django_assert_num_queries(0):
        page = site.get("/ask/leaving/")
    html = page.content.decode()
    assert (page.status_code, page.cookies, html.count("<form")) == (200, {}, 0)
    assert len(gzip.compress(page.content)) <= 6144
    assert main(page).count('class="leave"') == 1
    told = ("<h1>You can leave this site fast</h1>", "press Shift three times", LEAVING)
    assert [html.count(words) for words in told] == [1, 1, 1]


def test_how_to_open_a_private_window_is_the_same_on_both_pages(site, clock):
    helps = [re.search(r"<details>.*?</details>", main(site.get(path)), re.S)[0] for path in ("/", "/ask/leaving/")]
    assert helps[0] == helps[1]
    assert helps[0].count("<summary>How to open a private window</summary>") == 1


def test_the_forum_row_says_how_to_tell_a_safe_one_and_names_none(site, clock):
    row = re.search(r"<tr><th scope=\"row\">Forum</th>.*?</tr>", main(site.get("/")), re.S)[0]
    assert row.count("A safe one has rules, and people who check what is posted.") == 1
    assert row.count("<a ") == 0


def test_the_privacy_page_tells_of_locked_notes(site, clock):
    page = main(site.get("/privacy/"))
    told = [
        "Then a locked note of your words stays here, even if you erase your question.",
        "Only one of us can open such a note: the one in charge of keeping people safe here.",
        "We tell you about it before you press erase, and how long it stays.",
        "Our small team reads this. Nobody else, unless someone could be badly hurt.",
        "We don&#x27;t save which phone you used.",
    ]
    assert [page.replace("'", "&#x27;").count(sentence) for sentence in told] == [1] * 5


@pytest.mark.parametrize(
    ("age_band", "offered"),
    [("11-12", ["Not sure", "Stuff at home", "Lonely"]), ("13-15", ["Not sure", "Shit at home", "Lonely"])],
)
def test_elevens_and_twelves_are_offered_clean_labels(site, clock, age_band, offered):
    Topic.objects.create(slug="home", label="Shit at home", clean_label="Stuff at home")
    Topic.objects.create(slug="lonely", label="Lonely", position=1)
    site.post("/ask/", ABOUT | {"age_band": age_band})
    page = site.get("/ask/words/").content.decode()
    select = re.search(r'<select name="topic".*?</select>', page, re.S)[0]
    assert re.findall(r"<option[^>]*>([^<]*)", select) == offered
    site.post("/ask/words/", {"text": "help", "topic": "home"})
    assert main(site.get("/ask/check/")).count(f"Topic: {offered[1]}") == 1


def test_the_receipt_has_buttons_that_only_scripts_show(site, clock):
    site.post("/ask/", ABOUT)
    site.post("/ask/words/", {"text": "help"})
    site.post("/ask/check/", {"email": ""})
    page = main(site.get("/ask/receipt/"))
    assert re.findall(r'<button class="button secondary" type="button" [^>]*hidden>([^<]*)', page) == [
        "Copy the words",
        "Print",
    ]
    assert page.count("data-print hidden") == 1


COUNTED = "Words we counted: {}. There should be six."


@pytest.mark.parametrize("count", [1, 3, 5, 7])
def test_too_few_or_too_many_words_are_counted_for_the_typist(site, clock, count):
    typed = " ".join(receipts.word_list()[:count])
    page = main(site.post("/my-question/", {"receipt": typed}))
    assert page.count("Those words don&#x27;t open anything. Check the spelling. Old questions are erased.") == 2
    assert re.findall(r"Words we counted: \d+", page) == [f"Words we counted: {count}"]
    assert page.split("<details")[0].count(COUNTED.format(count)) == 1


def test_a_take_down_counts_them_in_its_own_place(site, clock):
    page = main(site.post("/my-question/take-down/", {"receipt": "three of six"}))
    assert [part.count(COUNTED.format(3)) for part in page.split("<details")] == [0, 1]


def test_six_words_are_never_counted_whatever_became_of_them(site, clock, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    erased = receipts.draw()
    withdrawing.erase(question=make_question(receipt=erased), now=NOW)
    for typed in (receipts.draw(), erased, "qqqq " * 6):
        page = main(site.post("/my-question/", {"receipt": typed}))
        assert page.count("Words we counted") == 0


@pytest.mark.parametrize("query", ["q=xylophone", "topic=lonely", "q=xylophone&topic=lonely", ""])
def test_an_empty_library_says_so_in_one_piece(site, clock, query):
    Topic.objects.create(slug="lonely", label="Lonely")
    page = main(site.get(f"/library/?{query}"))
    said = "We found no answer with those words." if "q=" in query else "No answers yet."
    assert re.findall(r'<p class="empty">(.*?)</p>', page) == [f'{said} <a href="/ask/">Ask us.</a>']
