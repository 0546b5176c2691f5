"""Words for a topic: what is taken, how it lies in the database, and the pages."""

import gzip

import pytest
from django.db import connection

from askpeer import rotating
from askpeer.errors import Refused
from questions.intake import suggesting
from questions.intake.models import SuggestedWord
from questions.models import Topic

PAGE = "/words/lonely/"
ROOM = "There is room for 40 characters. This has 41. Nothing is lost: make it shorter."
ODD = "There is a character in your text that we cannot store. Try typing that part again."
NONE = "Type the word you would use."
MANY = "That is more than four words. Keep it short, as you would type it to look for it."
TELLING = "Leave out numbers, addresses and user names. We only need a word for the topic."


@pytest.fixture
def lonely(db):
    return Topic.objects.create(slug="lonely", label="Lonely", clean_label="Alone", keywords=["No mates"])


def kept():
    return sorted((row.word, str(row.sent_on)) for row in SuggestedWord.objects.all())


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("billy no mates", "billy no mates"),
        ("  Billy\n no,  mates ", "Billy no mates"),
        ("x" * 40, "x" * 40),
        ("e\u0301ens\u200baam", "\u00e9ensaam"),
    ],
)
def test_a_word_waits_in_one_line_and_one_form(lonely, now, typed, word):
    suggesting.suggest(topic=lonely, word=typed, now=now)
    assert kept() == [(word, "2026-11-16")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", NONE),
        (" ,\u200b\n", NONE),
        ("x" * 41, ROOM),
        ("one two three four five", MANY),
        ("a\0b", ODD),
        ("a\ud800b", ODD),
        ("ring 07700 900123", TELLING),
        ("me@example.org", TELLING),
        ("@billy_07", TELLING),
    ],
)
def test_what_will_not_do_is_refused_with_a_sentence(lonely, now, typed, sentence):
    with pytest.raises(Refused) as refusal:
        suggesting.suggest(topic=lonely, word=typed, now=now)
    assert (str(refusal.value), kept()) == (sentence, [])


@pytest.mark.parametrize("known", ["lonely", "ALONE", "no  mates", "Left Out"])
def test_a_word_that_the_topic_has_or_that_waits_is_not_kept_again(lonely, now, known):
    suggesting.suggest(topic=lonely, word="left out", now=now)
    suggesting.suggest(topic=lonely, word=known, now=now)
    assert kept() == [("left out", "2026-11-16")]


def test_the_same_word_waits_for_each_topic_by_itself(lonely, now):
    for topic in (lonely, Topic.objects.create(slug="friends", label="Friends")):
        suggesting.suggest(topic=topic, word="left out", now=now)
    assert [word for word, _ in kept()] == ["left out", "left out"]


def test_past_two_hundred_nothing_more_is_kept_and_nothing_said(lonely, now):
    SuggestedWord.objects.bulk_create(SuggestedWord(topic=lonely, word=f"w{n}", sent_on=now) for n in range(199))
    for word in ("the last one", "one too many"):
        suggesting.suggest(topic=lonely, word=word, now=now)
    words = [word for word, _ in kept()]
    assert (len(words), "the last one" in words, "one too many" in words) == (200, True, False)


def test_it_lies_sealed_and_its_key_is_rotated(lonely, now, settings):
    settings.KEKS = {"first": b"1" * 32}
    suggesting.suggest(topic=lonely, word="billy no mates", now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM intake_suggestedword")
        (row,) = cursor.fetchall()
    assert [b"billy" in (value if isinstance(value, bytes | memoryview) else str(value).encode()) for value in row] == [
        False
    ] * len(row)
    settings.KEKS = {"second": b"2" * 32, "first": b"1" * 32}
    assert rotating.rotate()["intake_suggestedword"] == 1
    settings.KEKS = {"second": b"2" * 32}
    assert kept() == [("billy no mates", "2026-11-16")]


def test_a_topic_of_the_library_leads_to_it_and_stays_free_of_tokens(site, lonely):
    link = 'href="/words/lonely/" rel="nofollow">Suggest a word for this</a>'
    page = site.get("/library/?topic=lonely")
    assert (page.content.decode().count(link), page.cookies, b"csrf" in page.content) == (1, {}, False)
    assert site.get("/library/").content.decode().count("Suggest a word") == 0


def test_from_the_page_to_the_thanks(site, lonely):
    page = site.get(PAGE)
    assert page.content.decode().count("<h1>What would you call this?</h1>") == 1
    response = site.post(PAGE, {"word": "Billy no mates"})
    assert (response.status_code, response.url) == (302, "/words/lonely/thanks/")
    assert [word for word, _ in kept()] == ["Billy no mates"]
    thanks = site.get(response.url).content.decode()
    assert thanks.count("<h1>Thank you for the word</h1>") == 1
    assert "Billy" not in thanks


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", NONE),
        ("x" * 41, ROOM),
        ("a\0b", ODD),
        ("ring 07700 900123", TELLING),
    ],
)
def test_the_page_says_what_will_not_do_and_keeps_what_was_typed(site, lonely, typed, sentence):
    response = site.post(PAGE, {"word": typed})
    form = response.context["form"]
    assert (response.status_code, form.errors, form["word"].value()) == (422, {"word": [sentence]}, typed)
    assert kept() == []


def test_half_a_pair_of_surrogates_comes_in_as_marks_of_what_cannot_be_read(site, lonely):
    response = site.post(PAGE, "word=a%ED%A0%80b", content_type="application/x-www-form-urlencoded")
    assert (response.status_code, [word for word, _ in kept()]) == (302, ["a\ufffd\ufffd\ufffdb"])


def test_html_comes_back_escaped(site, lonely):
    page = site.post(PAGE, {"word": "<b>one two three four five</b>"}).content.decode()
    assert (page.count("<b>one"), page.count("&lt;b&gt;one")) == (0, 1)


@pytest.mark.parametrize("path", ["/words/nothing/", "/words/nothing/thanks/"])
def test_there_is_no_page_for_a_topic_that_is_none(site, lonely, path):
    assert (site.get(path).status_code, site.post(path, {"word": "x"}).status_code) in {(404, 404), (404, 405)}


def test_ten_an_hour_from_one_network(site, lonely, cache):
    said = [site.post(PAGE, {"word": f"word {chr(97 + n)}"}).status_code for n in range(11)]
    assert said == [302] * 10 + [429]
    response = site.post(PAGE, {"word": "one more"})
    sentence = "We got a lot of words from where you are. Please try again in an hour."
    assert response.context["form"].errors == {"__all__": [sentence]}
    assert SuggestedWord.objects.count() == 10


@pytest.mark.parametrize("path", [PAGE, "/words/lonely/thanks/"])
def test_its_pages_are_light(site, lonely, path):
    assert len(gzip.compress(site.get(path).content)) <= 6144
