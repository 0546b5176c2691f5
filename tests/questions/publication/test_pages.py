import gzip
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from questions.intake.models import RiskRule
from questions.models import Signpost, SignpostChannel
from questions.publication import hiding, views, withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import LATER, agreed, edited, published

pytestmark = pytest.mark.django_db
BYLINE = "Written by a trained young advisor. Checked by an expert."


def listed(response):
    return re.findall(r'<h2><a href="[^"]*">([^<]*)</a></h2>', response.content.decode())


def said(response):
    """The page's words, tags and white space taken out."""
    body = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).replace("&#x27;", "'").split())


def test_the_library_lists_the_newest_first_with_month_and_topic(client, calendar):
    topic = TopicFactory(label="School")
    published(title="Older", topic=topic)
    published(title="Newer", topic=topic, now=LATER + timedelta(days=31), content_note="exams")
    response = client.get("/library/")
    assert listed(response) == ["Newer", "Older"]
    assert "School · December 2026 · Content note: exams" in said(response)
    assert "School · November 2026" in said(response)


@pytest.mark.parametrize("path", ["/library/", "/library/?topic=school", "/library/lunch/", "/library/feed/"])
def test_a_library_page_is_public_for_a_minute_and_sets_no_cookie(client, calendar, path):
    published(title="Lunch", topic=TopicFactory(slug="school"))
    response = client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies
    assert "X-Robots-Tag" not in response
    assert b'content="noindex"' not in response.content
    assert b"csrfmiddlewaretoken" not in response.content


def test_a_page_is_the_same_for_a_visitor_with_a_session(calendar):
    published(title="Lunch")
    stranger, member = Client(), Client()
    member.force_login(SupervisorFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
    member.cookies["s"] = "unknown"
    assert member.get("/library/lunch/").content == stranger.get("/library/lunch/").content


def test_search_finds_and_is_neither_stored_nor_indexed(client, calendar):
    published(title="Sitting alone at lunch", keywords=["canteen"])
    response = client.get("/library/", {"q": "Canteen"})
    assert listed(response) == ["Sitting alone at lunch"]
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert b'content="noindex"' in response.content
    assert b'value="Canteen"' in response.content


def test_a_mended_search_says_what_it_looked_for(client, calendar):
    published(title="Sitting alone at lunch", keywords=["canteen"])
    response = client.get("/library/", {"q": "cantene"})
    assert listed(response) == ["Sitting alone at lunch"]
    assert "We looked for “canteen”." in said(response)


def test_nothing_found_leads_to_asking(client, calendar):
    response = client.get("/library/", {"q": "xylophone"})
    assert "We found no answer with those words. Ask us." in said(response)
    assert '<a href="/ask/">Ask us.</a>' in response.content.decode()


def test_only_where_nothing_is_found_the_topics_are_open(client, calendar):
    published(title="Lunch")
    pages = [client.get("/library/", query).content for query in ({"q": "xylophone"}, {"q": "lunch"}, {})]
    assert [b"<details open>" in page for page in pages] == [True, False, False]


def test_a_page_says_once_that_its_answers_are_in_another_language(client, calendar, dutch_offered):
    published(title="Lunch")
    dutch = client.get("/library/", headers={"Accept-Language": "nl"})
    assert said(dutch).count("Deze antwoorden zijn in het Engels.") == 1
    assert "These answers are in" not in said(client.get("/library/", headers={"Accept-Language": "en"}))
    published(title="Middageten", language="nl")
    mixed = client.get("/library/", headers={"Accept-Language": "nl"})
    assert "Sommige van deze antwoorden zijn in het Engels." in said(mixed)
    assert "Some of these answers are in Dutch." in said(client.get("/library/", headers={"Accept-Language": "en"}))


def test_topics_are_chips_and_narrow_the_list(client, calendar):
    published(title="Lunch", topic=TopicFactory(slug="school", label="School"))
    published(title="Shouting", topic=TopicFactory(slug="home", label="Home"))
    response = client.get("/library/", {"topic": "home"})
    assert listed(response) == ["Shouting"]
    chips = re.findall(r'<a class="chip"[^>]*?( aria-current="true")?>([^<]*)</a>', response.content.decode())
    assert sorted(chips) == [("", "Everything"), ("", "School"), (' aria-current="true"', "Home")]


def test_the_next_page_keeps_words_and_topic(client, calendar, monkeypatch):
    topic = TopicFactory(slug="school")
    for number in range(21):
        published(title=f"Lunch {number}", topic=topic, now=LATER + timedelta(minutes=number))
    first = client.get("/library/", {"q": "lunch", "topic": "school"})
    address = re.search(r'<a class="button secondary" href="([^"]*)"', first.content.decode())[1]
    assert address == "?q=lunch&amp;topic=school&amp;cursor=r20"
    assert len(listed(first)) == 20
    assert len(listed(client.get("/library/" + address.replace("&amp;", "&")))) == 1


@pytest.mark.parametrize("typed", ["canteen", "i want to die", "nothing like it anywhere"])
def test_a_search_writes_nothing_down(client, calendar, typed):
    RiskRule.objects.create(label="a wish to die", level="red", phrases=["want to die"])
    published(title="Sitting alone at lunch", keywords=["canteen"])
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/library/", {"q": typed}).status_code == 200
    assert {query["sql"].split()[0] for query in asked.captured_queries} <= {"SELECT", "WITH"}
    assert list(client.cookies) == []


def test_a_search_that_sounds_like_danger_shows_who_helps_and_the_answers_too(client, calendar):
    RiskRule.objects.create(label="a wish to die", level="amber", phrases=["want to die"])
    service = Signpost.objects.create(slug="line", name="The Line", country="GB", crisis=True, min_age=0, max_age=99)
    SignpostChannel.objects.create(signpost=service, kind="phone", value="0800 000 000")
    published(title="I want to die sometimes")
    response = client.get("/library/", {"q": "i WANT to die"})
    assert "Are you safe right now?" in said(response)
    assert '<a href="tel:0800000000">' in response.content.decode()
    assert listed(response) == ["I want to die sometimes"]
    calm = client.get("/library/", {"q": "lunch"})
    assert "Are you safe right now?" not in said(calm)


def test_danger_at_the_end_of_a_pasted_story_is_heard_too(client, calendar):
    RiskRule.objects.create(label="a wish to die", level="red", phrases=["want to die"])
    response = client.get("/library/", {"q": "and then " * 100 + "i want to die"})
    assert "Are you safe right now?" in said(response)
    assert "ring the emergency number where you are" in said(response)


def test_danger_that_a_search_was_mended_into_is_heard_too(client, calendar):
    RiskRule.objects.create(label="an overdose", level="amber", phrases=["overdose"])
    published(title="After an overdose")
    response = client.get("/library/", {"q": "overdoze"})
    assert "We looked for “overdose”." in said(response)
    assert "Are you safe right now?" in said(response)


@pytest.mark.parametrize(
    "typed", ['"', "lunch*", "NEAR(", "\0", "[" * 200_000, "%s", "<script>alert(1)</script>", "\u202e"]
)
def test_whatever_is_searched_for_is_answered(client, calendar, typed):
    response = client.get("/library/", {"q": typed})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"q": "lunch", "cursor": "\0"}, {"cursor": "d" + "9" * 99}])
def test_a_broken_cursor_is_a_sentence(client, calendar, query):
    response = client.get("/library/", query)
    assert response.status_code == 422
    assert "There is a problem That link to more answers is broken. Start from the first page." in said(response)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("topic", ["no-such", "\0", "x" * 5_000])
def test_an_unknown_topic_shows_everything(client, calendar, topic):
    published(title="Lunch")
    assert listed(client.get("/library/", {"topic": topic})) == ["Lunch"]


def test_an_answer_shows_note_question_answer_byline_and_dates_in_that_order(client, calendar):
    published(title="Lunch", content_note="eating")
    words = said(client.get("/library/lunch/"))
    parts = [
        "Lunch",
        "Content note: eating",
        "I eat my lunch alone every day.",
        "That sounds lonely .",
        BYLINE,
        "Published in November 2026. Checked on 30 November 2026. We read it again by 30 November 2027.",
        "Something wrong with this answer?",
    ]
    places = [words.index(part) for part in parts]
    assert places == sorted(places)


def test_an_answer_of_a_sensitive_topic_always_carries_a_note(client, calendar):
    published(title="Lunch", topic=TopicFactory(label="Not wanting to be here", sensitive=True))
    assert "Content note: Not wanting to be here" in said(client.get("/library/lunch/"))


def test_an_answer_leads_to_three_others(client, calendar):
    topic = TopicFactory()
    for title in ("Lunch", "One", "Two", "Three", "Four"):
        published(title=title, topic=topic)
    others = client.get("/library/lunch/").content.decode().split("More like this")[1]
    assert sorted(re.findall(r'href="/library/([a-z]+)/"', others)) != ["lunch"]
    assert len(re.findall(r'<li><a href="/library/[a-z]+/"', others)) == 3


def test_a_page_that_is_still_the_same_is_not_sent_again(client, calendar):
    publication = published(title="Lunch")
    first = client.get("/library/lunch/")
    assert first["Last-Modified"] == "Mon, 30 Nov 2026 00:00:00 GMT"
    again = client.get("/library/lunch/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "public, max-age=60")
    Publication.objects.update(title="Dinner")
    assert client.get("/library/lunch/", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert publication.slug == "lunch"


def test_a_withdrawn_answer_is_gone_with_a_kind_page(client, calendar):
    publication = published(title="Lunch")
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=LATER)
    response = client.get("/library/lunch/")
    assert response.status_code == 410
    assert "This answer isn't here any more" in said(response)
    assert "Lunch" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    report = client.post("/library/lunch/report/")
    assert (report.status_code, report["Location"]) == (302, "/library/lunch/")
    publication.refresh_from_db()
    assert client.get(f"/library/{publication.slug}/").status_code == 404


@pytest.mark.parametrize("slug", ["never-was", "x" * 300, "%00", "..", "日本"])
def test_an_address_that_never_was_is_not_found(client, calendar, slug):
    assert client.get(f"/library/{slug}/").status_code == 404


def test_a_candidate_has_no_page(client, calendar):
    publication = edited(agreed())
    for path in (f"/library/{publication.slug}/", f"/library/{publication.slug}/report/"):
        assert client.get(path).status_code == 404
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=NOW)
    assert client.get(f"/library/{publication.slug}/").status_code == 404


def test_a_report_hides_the_answer_until_somebody_has_looked(calendar):
    publication = published(title="Lunch")
    client = Client(enforce_csrf_checks=True)
    page = client.get("/library/lunch/report/")
    assert page["Cache-Control"] == "no-store"
    assert Publication.objects.get().hidden_at is None
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page.content.decode())[1]
    sent = client.post("/library/lunch/report/", {"csrfmiddlewaretoken": token})
    assert (sent.status_code, sent["Location"]) == (302, "/library/lunch/reported/")
    assert "Thank you for telling us" in said(client.get(sent["Location"]))
    hidden = client.get("/library/lunch/")
    assert (hidden.status_code, hidden["Cache-Control"]) == (404, "no-store")
    assert "We're checking this answer" in said(hidden)
    assert listed(client.get("/library/")) == []
    hiding.show_again(publication=publication, by=SupervisorFactory(), now=LATER)
    assert client.get("/library/lunch/").status_code == 200


def test_a_report_without_the_forms_token_changes_nothing(calendar):
    published(title="Lunch")
    assert Client(enforce_csrf_checks=True).post("/library/lunch/report/").status_code == 403
    assert Publication.objects.get().hidden_at is None


def test_a_second_report_changes_nothing(client, calendar):
    published(title="Lunch")
    client.post("/library/lunch/report/")
    first = Publication.objects.get().hidden_at
    assert client.post("/library/lunch/report/")["Location"] == "/library/lunch/"
    assert Publication.objects.get().hidden_at == first


@pytest.mark.parametrize(
    "path",
    ["/library/", "/library/lunch/", "/library/lunch/reported/", "/library/feed/", "/library/sitemap.xml"],
)
def test_a_page_to_read_takes_no_post(client, calendar, path):
    published(title="Lunch")
    assert client.post(path).status_code == 405


def test_the_feed_has_titles_notes_and_no_moment(client, calendar, settings):
    settings.SITE_URL = "https://notes.example"
    publication = published(title="Lunch & <more>", content_note="eating")
    published(title="Hidden one")
    hiding.report(Publication.objects.get(title="Hidden one"), LATER)
    response = client.get("/library/feed/")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = ET.fromstring(response.content).findall(atom + "entry")
    assert {child.tag.removeprefix(atom): child.text for child in entry if child.text} == {
        "title": "Lunch & <more>",
        "id": f"urn:uuid:{publication.pk}",
        "summary": "eating",
        "published": "2026-11-01T00:00:00+00:00",
        "updated": "2026-11-30T00:00:00+00:00",
    }
    assert entry.find(atom + "link").get("href") == "https://notes.example/library/lunch-more/"


def test_the_sitemap_lists_the_library_and_its_answers(client, calendar, settings):
    settings.SITE_URL = "https://notes.example"
    published(title="Lunch")
    response = client.get("/library/sitemap.xml")
    found = [child.text for url in ET.fromstring(response.content) for child in url]
    assert found == ["https://notes.example/library/", "https://notes.example/library/lunch/", "2026-11-30"]
    assert response["Content-Type"] == "application/xml; charset=utf-8"


def test_an_empty_feed_and_sitemap_are_well_formed(client, db):
    assert ET.fromstring(client.get("/library/feed/").content).tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(ET.fromstring(client.get("/library/sitemap.xml").content)) == 1


@pytest.mark.parametrize("view", [views.library, views.feed, views.sitemap])
def test_head_has_the_headers_of_get_and_no_body(rf, calendar, view):
    published(title="Lunch")
    got, head = view(rf.get("/")), view(rf.head("/"))
    assert (head.content, head["ETag"], head["Content-Length"]) == (b"", got["ETag"], str(len(got.content)))
    unchanged = view(rf.head("/", headers={"If-None-Match": got["ETag"]}))
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "queries"),
    [("/library/", 2), ("/library/?q=lunch", 3), ("/library/feed/", 1), ("/library/sitemap.xml", 1)],
)
def test_a_list_costs_the_same_for_one_answer_and_for_three(client, calendar, django_assert_num_queries, path, queries):
    topic = TopicFactory()
    for more in (1, 2):
        for _ in range(more):
            published(title="Lunch", topic=topic)
        client.get(path)  # the crisis line and the risk phrases are read once and kept
        with django_assert_num_queries(queries):
            client.get(path)


def test_an_answers_page_costs_the_same_with_one_related_answer_and_with_three(
    client, calendar, django_assert_num_queries
):
    topic = TopicFactory()
    published(title="Dinner", topic=topic)
    for more in (1, 2):
        for _ in range(more):
            published(title="Lunch", topic=topic)
        client.get("/library/dinner/")
        with django_assert_num_queries(4):
            client.get("/library/dinner/")


@pytest.mark.parametrize("path", ["/library/", "/library/?q=lunch", "/library/lunch/", "/library/lunch/report/"])
def test_a_page_is_light(client, calendar, path):
    published(title="Lunch")
    assert len(gzip.compress(client.get(path).content)) <= 6 * 1024


def test_every_name_of_the_library_has_an_address():
    names = {"library": [], "feed": [], "sitemap": [], "answer": ["a"], "report": ["a"], "reported": ["a"]}
    assert [reverse(f"library:{name}", args=args) for name, args in names.items()] == [
        "/library/",
        "/library/feed/",
        "/library/sitemap.xml",
        "/library/a/",
        "/library/a/report/",
        "/library/a/reported/",
    ]
