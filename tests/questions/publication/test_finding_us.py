"""What a search engine and a person who shares a page are told: one address for each, and no door that is shut."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from questions.publication import hiding, publishing, withdrawing
from questions.publication.models import Publication
from tests.factories import SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import LATER, agreed, edited, published

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://notes.example"


def canonical(response):
    return re.findall(r'<link rel="canonical" href="([^"]*)">', response.content.decode())


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/library/lunch/", "/library/lunch/"),
        ("/library/lunch/?from=a-friend", "/library/lunch/"),
        ("/library/", "/library/"),
        ("/library/?topic=school", "/library/?topic=school"),
        ("/library/?topic=no-such", "/library/"),
        ("/library/?q=lunch", "/library/"),
        ("/library/?q=lunch&topic=school", "/library/"),
    ],
)
def test_a_page_names_its_one_address_and_never_what_was_searched_for(client, calendar, path, named):
    published(title="Lunch", topic=TopicFactory(slug="school"))
    assert canonical(client.get(path)) == [f"https://notes.example{named}"]


def test_what_is_not_there_names_no_address(client, calendar):
    gone, hidden = published(title="Gone"), published(title="Hidden")
    withdrawing.withdraw(publication=gone, by=SupervisorFactory(), now=LATER)
    hiding.report(hidden, LATER)
    answers = [client.get(path) for path in ("/library/gone/", "/library/hidden/", "/library/never/")]
    assert [(answer.status_code, canonical(answer)) for answer in answers] == [(410, []), (404, []), (404, [])]


@pytest.mark.parametrize("method", ["get", "head"])
def test_an_address_without_its_last_stroke_leads_to_the_page_for_good(client, calendar, method):
    published(title="Lunch")
    response = getattr(client, method)("/library/lunch")
    assert (response.status_code, response["Location"]) == (301, "/library/lunch/")


def test_what_had_a_longer_address_keeps_it(calendar):
    publication, person = published(title="Lunch"), SupervisorFactory()
    Publication.objects.update(slug="l" * 70)
    publication.refresh_from_db()
    edited(publication, by=person, title="Other words", now=LATER)
    publishing.publish(publication=publication, version=3, by=SupervisorFactory(), now=LATER + MONTH)
    assert Publication.objects.get().slug == "l" * 70


def test_robots_are_told_of_the_sitemap_and_kept_from_nothing(client, db):
    response = client.get("/robots.txt")
    assert response.content.decode() == (
        "User-agent: *\nAllow: /\n\nSitemap: https://notes.example/library/sitemap.xml\n"
    )
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=60"
    assert client.post("/robots.txt").status_code == 405


@pytest.mark.parametrize(
    ("review_by", "said"),
    [
        ("2026-12-30", "We read it again by 30 December 2026."),
        ("2026-12-29", "It's time for us to read it again."),
    ],
)
def test_a_day_that_is_over_is_not_promised_any_more(client, calendar, review_by, said):
    published(title="Lunch")
    Publication.objects.update(review_by=review_by)
    with time_machine.travel(LATER + MONTH, tick=False):
        html = client.get("/library/lunch/").content.decode().replace("&#x27;", "'")
    assert re.findall(r"Checked on 30 November 2026\. ([^<]*)</p>", html) == [said]


def test_a_page_that_names_an_answer_taken_down_since_is_sent_anew_to_whoever_asks_by_date(client, calendar):
    topic = TopicFactory()
    published(title="Lunch", topic=topic)
    other = published(title="Dinner alone", topic=topic)
    first = client.get("/library/lunch/")
    withdrawing.withdraw(publication=other, by=SupervisorFactory(), now=LATER)
    again = client.get("/library/lunch/", headers={"If-Modified-Since": first["Last-Modified"]})
    assert (b"Dinner alone" in first.content, again.status_code, b"Dinner alone" in again.content) == (True, 200, False)


def test_on_paper_the_page_has_its_address_and_a_button_waits_for_scripts(client, calendar):
    published(title="Lunch", content_note="eating")
    html = client.get("/library/lunch/").content.decode()
    sheet, rest = html.split('<article class="sheet">')[1].split("</article>")
    assert sheet.count('<p class="small on-paper" translate="no">https://notes.example/library/lunch/</p>') == 1
    assert ("Content note:" in sheet, "<button" in sheet) == (True, False)
    assert rest.count('<button class="button secondary quiet" type="button" data-print hidden>Print this page') == 1


def spoken(html):
    """(language, words) of what is marked as one of its own, the page itself left out."""
    return re.findall(r'<(?!html)[^>]* lang="(\w+)"[^>]*>\s*(?:<p>)?([^<]*)', html)


def test_words_in_another_language_than_the_page_are_marked_as_theirs(calendar, dutch_offered):
    topic = TopicFactory()
    published(title="Lunch", topic=topic, content_note="eating")
    published(title="Dinner", topic=topic)
    dutch = Client(headers={"accept-language": "nl"})
    page, shelf = (dutch.get(path).content.decode() for path in ("/library/lunch/", "/library/?q=lunch+eating"))
    assert spoken(page) == [
        ("en", "Lunch"),
        ("en", "eating"),
        ("en", "I moved here and I eat my lunch alone every day."),
        ("en", "That sounds "),
        ("en", "Dinner"),
    ]
    assert spoken(shelf)[:2] == [("en", "Lunch"), ("en", "eating")]
    assert spoken(Client().get("/library/").content.decode()) == []


def test_a_text_is_in_the_language_of_its_question(client, calendar, dutch_offered):
    publication = edited(agreed(language="nl"), title="Samen eten")
    publishing.publish(publication=publication, version=publication.version, by=SupervisorFactory(), now=LATER)
    assert spoken(client.get("/library/samen-eten/").content.decode())[0] == ("nl", "Samen eten")
    dutch = Client(headers={"accept-language": "nl"}).get("/library/").content.decode()
    assert spoken(dutch) == []


def test_topics_wait_behind_one_line_that_names_the_chosen_one(client, calendar):
    published(title="Lunch", topic=TopicFactory(slug="school", label="School"))
    pages = [client.get(path).content.decode() for path in ("/library/", "/library/?topic=school")]
    assert [re.findall(r"<details><summary>([^<]*)</summary>", page) for page in pages] == [
        ["Topics"],
        ["Topic: School"],
    ]
    assert [page.count('<a class="chip" href="?topic=school"') for page in pages] == [1, 1]
