from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from questions.partners.models import Partner
from questions.publication import withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, TopicFactory
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db


def shelve(first, *, more):
    """Copies of a published answer, each a minute younger than the one before."""
    shared = {name: getattr(first, name) for name in ("status", "topic", "edited_by", "checked_by", "checked_on")}
    Publication.objects.bulk_create(
        Publication(
            slug=f"answer-{number}",
            title=f"Answer {number}",
            published_at=first.published_at + timedelta(minutes=number),
            review_by=first.review_by,
            **shared,
        )
        for number in range(1, more + 1)
    )


def test_topics_come_in_order_with_their_own_labels(api):
    TopicFactory(slug="home", label="Shit at home", clean_label="Stuff at home", keywords=["parents"], position=2)
    TopicFactory(slug="lonely", label="Lonely", position=1)
    assert api.get("topics/").json() == [
        {"slug": "lonely", "label": "Lonely", "keywords": []},
        {"slug": "home", "label": "Shit at home", "keywords": ["parents"]},
    ]


def test_a_partner_that_asks_for_it_gets_the_clean_label(api):
    TopicFactory(slug="home", label="Shit at home", clean_label="Stuff at home")
    Partner.objects.update(clean_labels=True)
    assert [topic["label"] for topic in api.get("topics/").json()] == ["Stuff at home"]


def test_the_clean_label_stands_wherever_a_topic_is_named(api):
    home = TopicFactory(slug="home", label="Shit at home", clean_label="Stuff at home")
    slug = shelf.published(topic=home).slug
    Partner.objects.update(clean_labels=True)
    (listed,), read = api.get("library/").json()["items"], api.get(f"library/{slug}/").json()
    assert (listed["topic_label"], read["topic_label"]) == ("Stuff at home", "Stuff at home")
    assert [b"Shit" in api.get(path).content for path in ("topics/", "library/", f"library/{slug}/")] == [False] * 3


@pytest.mark.parametrize("rows", [1, 3])
def test_topics_take_the_same_queries_however_many(api, rows, django_assert_num_queries):
    TopicFactory.create_batch(rows)
    api.get("topics/")
    with django_assert_num_queries(2):
        assert len(api.get("topics/").json()) == rows


def test_the_service_tells_hours_and_the_promise(api):
    body = api.get("service/").json()
    assert body.pop("hours") == [
        {"day": day, "opens": "10:00", "closes": "18:00"}
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    ]
    assert body == {
        "open": True,
        "opens_at": "2026-11-16T11:00:00Z",
        "closes_at": "2026-11-16T18:00:00Z",
        "promised_at": "2026-11-19T18:00:00Z",
        "time_zone": "Europe/London",
        "languages": ["en"],
        "notice": "Harbour Youth can see what you write.",
        "about_lead": False,
        "signposts": [],
    }


def test_the_service_lists_the_languages_that_are_switched_on(api, dutch_offered):
    assert api.get("service/").json()["languages"] == ["en", "nl"]


def test_at_the_weekend_the_service_says_when_it_opens(api):
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False):
        body = api.get("service/").json()
    assert (body["open"], body["opens_at"]) == (False, "2026-11-23T10:00:00Z")


def test_the_library_lists_what_is_published_without_saying_when_in_the_month(api):
    shelf.published()
    found = Publication.objects.get()
    assert api.get("library/").json() == {
        "items": [
            {
                "slug": "everybody-has-someone-to-eat-with",
                "title": "Everybody has someone to eat with",
                "topic": found.topic.slug,
                "topic_label": found.topic.label,
                "language": "en",
                "age_group": "14-17",
                "content_note": "",
                "published": "2026-11",
                "checked_on": "2026-11-30",
            }
        ],
        "next_cursor": "",
        "looked_for": None,
        "safety": None,
    }


def test_an_answer_is_read_by_its_slug(api):
    shelf.published()
    body = api.get("library/everybody-has-someone-to-eat-with/").json()
    assert (body["question"], body["answer"], body["answer_html"]) == (
        "I moved here and I eat my lunch alone every day.",
        "That sounds **lonely**. You could ask about the art club.",
        "<p>That sounds <strong>lonely</strong>. You could ask about the art club.</p>\n",
    )


def test_words_and_topic_narrow_the_library(api):
    lonely = TopicFactory(slug="lonely")
    shelf.published(topic=lonely)
    shelf.published(title="Resits", question_text="I failed maths.", answer_text="Ask about resits.", keywords=[])
    for query, titles in (
        ({"q": "resits"}, ["Resits"]),
        ({"topic": "lonely"}, ["Everybody has someone to eat with"]),
        ({"q": "resits", "topic": "lonely"}, []),
        ({"topic": "no-such-topic"}, []),
    ):
        assert [item["title"] for item in api.get("library/", query).json()["items"]] == titles


def test_the_cursor_leads_through_every_answer_once(api):
    shelve(shelf.published(), more=20)
    first = api.get("library/").json()
    second = api.get("library/", {"cursor": first["next_cursor"]}).json()
    titles = [item["title"] for item in first["items"] + second["items"]]
    assert titles == [*(f"Answer {number}" for number in range(20, 0, -1)), "Everybody has someone to eat with"]
    assert second["next_cursor"] == ""


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_takes_the_same_queries_however_many(api, rows, django_assert_num_queries):
    shelve(shelf.published(), more=rows - 1)
    api.get("topics/")
    with django_assert_num_queries(2):
        assert len(api.get("library/").json()["items"]) == rows


def test_a_broken_cursor_and_a_misspelt_parameter_get_a_sentence(api):
    broken = api.get("library/", {"cursor": "no"})
    assert (broken.status_code, broken.json()["type"]) == (422, "/api/v1/docs/#refused")
    misspelt = api.get("library/", {"topics": "lonely"})
    assert [error["field"] for error in misspelt.json()["errors"]] == ["topics"]


def test_an_answer_that_was_taken_down_is_gone_and_one_that_never_was_is_not_found(api):
    publication = shelf.published()
    slug = publication.slug
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=NOW)
    gone, never = api.get(f"library/{slug}/"), api.get("library/never/")
    assert (gone.status_code, gone.json()["type"]) == (410, "/api/v1/docs/#withdrawn")
    assert (never.status_code, never.json()["type"]) == (404, "/api/v1/docs/#not-found")


def test_what_is_hidden_or_not_yet_published_is_not_found(api):
    hidden, candidate = shelf.published(), shelf.agreed()
    Publication.objects.filter(pk=hidden.pk).update(hidden_at=NOW)
    assert [api.get(f"library/{row.slug}/").status_code for row in (hidden, candidate)] == [404, 404]
    assert api.get("library/").json()["items"] == []
