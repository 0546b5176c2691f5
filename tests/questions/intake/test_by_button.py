"""Asking after a partner's button led here: on our own pages, in its look, and in confidence from it too."""

from datetime import timedelta

import pytest

from questions.intake import withdrawing
from questions.models import Question, Topic
from questions.partners.models import Partner
from tests.questions.intake.conftest import ABOUT, MONDAY, shown

pytestmark = pytest.mark.django_db

HOME = "https://www.rookery.example"
BY_BUTTON = "/ask/?from=rookery"
CAME = "You came here from Rookery &amp; Sons. They can't see what you write."
LOOK = '<link rel="stylesheet" href="/partners/look/rookery.css">'


@pytest.fixture
def rookery(site, clock):
    return Partner.objects.create(name="Rookery & Sons", slug="rookery", origins=[HOME], colour="#5a1e8c")


def look_of(page):
    html = page.content.decode()
    return (html.count(CAME), html.count(LOOK))


def walk(site, *, start=BY_BUTTON, referer=f"{HOME}/", **words):
    """The three pages of asking, the first opened from the partner's site."""
    pages = [site.get(start, headers={"Referer": referer})]
    site.post("/ask/", ABOUT | {"shown": shown(pages[0])})
    pages.append(site.get("/ask/words/"))
    site.post("/ask/words/", {"text": "I eat my lunch alone."} | words)
    pages.append(site.get("/ask/check/"))
    return pages


def test_all_three_pages_are_in_its_look_and_the_question_is_not_its_own_to_see(site, clock, rookery):
    assert [look_of(page) for page in walk(site)] == [(1, 1)] * 3
    clock.shift(timedelta(minutes=1))
    assert site.post("/ask/check/", {}).url == "/ask/receipt/"
    question = Question.objects.get()
    assert (question.partner, question.by_button, question.quarantined) == (rookery, True, False)


def test_from_a_place_that_is_not_on_the_list_the_pages_are_ours_and_an_advisor_of_it_is_kept_away_all_the_same(
    site, clock, rookery
):
    pages = walk(site, referer="https://elsewhere.example/")
    assert [look_of(page) for page in pages] == [(0, 0)] * 3
    site.post("/ask/check/", {})
    question = Question.objects.get()
    assert (question.partner, question.by_button) == (rookery, True)


def test_a_partner_without_a_colour_is_named_all_the_same(site, rookery):
    Partner.objects.update(colour="")
    assert look_of(walk(site)[0]) == (1, 0)


@pytest.mark.parametrize("start", ["/ask/", "/ask/?from=", "/ask/?from=nobody", "/ask/?from=%00", "/ask/?from=../x"])
def test_who_comes_by_no_button_of_ours_asks_as_everybody_does(site, clock, rookery, start):
    assert [look_of(page) for page in walk(site, start=start)] == [(0, 0)] * 3
    site.post("/ask/check/", {})
    question = Question.objects.get()
    assert (question.partner, question.by_button) == (None, False)


def test_what_the_first_page_carries_cannot_be_made_up(site, clock, rookery):
    site.post("/ask/", ABOUT | {"shown": '{"came": ["rookery", true, false]}'})
    assert look_of(site.get("/ask/words/")) == (0, 0)


def test_it_is_kept_where_the_first_page_has_a_problem_and_where_it_waited_for_two_hours(site, clock, rookery):
    first = site.get(BY_BUTTON, headers={"Referer": HOME})
    clock.shift(timedelta(hours=2))
    site.post("/ask/", {"nation": "GB-ENG", "shown": shown(first)})
    again = site.get("/ask/")
    assert (look_of(again), "There is a problem" in again.content.decode()) == ((1, 1), True)
    site.post("/ask/", ABOUT | {"shown": shown(again)})
    assert look_of(site.get("/ask/words/")) == (1, 1)


def test_it_is_kept_where_the_last_page_outlived_its_draft(site, clock, rookery):
    check = walk(site)[2]
    clock.shift(timedelta(hours=2))
    site.post("/ask/check/", ABOUT | {"shown": shown(check), "text": "I eat my lunch alone."})
    resumed = site.get("/ask/check/")
    assert (look_of(resumed), "That page had waited too long" in resumed.content.decode()) == ((1, 1), True)
    site.post("/ask/check/", {})
    assert Question.objects.get().partner == rookery


def test_who_had_begun_before_and_comes_by_the_button_then_is_of_the_partner_from_there_on(site, clock, rookery):
    walk(site, start="/ask/")
    first = site.get(BY_BUTTON, headers={"Referer": HOME})
    assert look_of(first) == (1, 1)
    site.post("/ask/", ABOUT | {"shown": shown(first)})
    assert look_of(site.get("/ask/check/")) == (1, 1)


def test_a_partner_that_ended_meanwhile_is_named_no_more_and_its_advisors_are_kept_away_all_the_same(
    site, clock, rookery
):
    walk(site)
    Partner.objects.update(active=False)
    assert look_of(site.get("/ask/check/")) == (0, 0)
    assert site.post("/ask/check/", {}).url == "/ask/receipt/"
    question = Question.objects.get()
    assert (question.partner, question.by_button) == (rookery, True)


def test_an_erased_question_does_not_say_whose_button_led_to_it(site, clock, rookery, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    walk(site)
    site.post("/ask/check/", {})
    question = Question.objects.get()
    withdrawing.erase(question=question, told=None, now=MONDAY)
    question.refresh_from_db()
    assert (question.status, question.partner, question.by_button) == ("withdrawn", None, False)


@pytest.mark.parametrize(("clean", "label"), [(False, "Shit at home"), (True, "Stuff at home")])
def test_topics_stand_under_the_labels_it_chose(site, clock, rookery, clean, label):
    Topic.objects.all().delete()
    Topic.objects.create(slug="home", label="Shit at home", clean_label="Stuff at home")
    Partner.objects.update(clean_labels=clean)
    _, words, check = walk(site, topic="home")
    assert words.content.decode().count(f">{label}</option>") == 1
    assert check.content.decode().count(f"Topic: {label}") == 1


def test_the_ask_pages_stand_in_nobodys_frame(site, rookery):
    response = site.get(BY_BUTTON, headers={"Referer": HOME})
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
