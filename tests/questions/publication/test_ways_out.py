"""Every way out of the library, in every place where an answer can be read or found: it is in none of them."""

import json

import pytest
from django.utils import timezone

from questions import erasing, moves
from questions.intake import feedback
from questions.intake import withdrawing as leaving
from questions.intake.models import RiskRule
from questions.partners import keys
from questions.partners.models import Partner
from questions.publication import consenting, hiding, searching, withdrawing
from questions.publication.models import Publication
from tests.factories import SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import LATER, published

pytestmark = pytest.mark.django_db
RECEIPT = "abandon ability absence acorn acrobat action"
SLUG, WORD = "zebras-at-lunch", "zebras"
OTHER = {"title": "Lunch for one", "keywords": ["zebras"]}


def says_no(publication):
    consenting.consent(question=publication.question, round_number=1, choice="no", now=LATER)


def wants_to_see_it_first(publication):
    consenting.consent(question=publication.question, round_number=1, choice="show_me", now=LATER)


def erases(publication):
    leaving.erase(question=publication.question, now=LATER)


def types_the_words_after_the_purge(publication):
    erasing.erase(publication.question, by=moves.SERVICE, now=LATER)
    assert withdrawing.withdraw_by_receipt(RECEIPT, now=LATER) == 1


def supervisor_withdraws(publication):
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=LATER)


def reader_reports(publication):
    assert hiding.report(publication, LATER)


def turns_red(publication):
    RiskRule.objects.create(label="Not safe", level="red", phrases=["not safe tonight"])
    feedback.give(question=publication.question, words="I am not safe tonight.", now=LATER)


WAYS = {
    says_no: 410,
    wants_to_see_it_first: 410,
    erases: 410,
    types_the_words_after_the_purge: 410,
    supervisor_withdraws: 410,
    reader_reports: 404,
    turns_red: 410,
}
PATHS = {
    "list": "/library/",
    "topic": "/library/?topic=lonely",
    "search": f"/library/?q={WORD}",
    "another answer": "/library/lunch-for-one/",
    "feed": "/library/feed/",
    "sitemap": "/library/sitemap.xml",
    "API list": "/api/v1/library/",
    "API topic": "/api/v1/library/?topic=lonely",
    "API search": f"/api/v1/library/?q={WORD}",
}


@pytest.fixture
def key(calendar, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    partner = Partner.objects.create(name="Harbour Youth", slug="harbour")
    return keys.issue(partner=partner, scopes=["read", "publish"], now=timezone.now())


@pytest.fixture
def places(client, key):
    """Where the answer is named now, by the name of the place."""

    def look():
        headers = {"Authorization": f"Bearer {key}"}
        pages = {name: client.get(path, headers=headers) for name, path in PATHS.items()}
        assert {page.status_code for page in pages.values()} == {200}
        named = [name for name, page in pages.items() if SLUG.encode() in page.content]
        other = Publication.objects.get(slug="lunch-for-one")
        found = {
            "similar": searching.similar("zebras eat lunch", topic=None),
            "similar of the topic": searching.similar("zebras eat lunch", topic=other.topic),
            "related": searching.related(other),
        }
        return named + [name for name, rows in found.items() if SLUG in {row.slug for row in rows}]

    return look


@pytest.fixture
def own(client, key):
    """What its page and its address in the API answer: the status, and whether a word of it is there."""

    def look():
        headers = {"Authorization": f"Bearer {key}"}
        pages = client.get(f"/library/{SLUG}/"), client.get(f"/api/v1/library/{SLUG}/", headers=headers)
        return [(page.status_code, "Zebras" in page.content.decode()) for page in pages]

    return look


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_way_it_goes_it_is_nowhere_at_once(way, places, own):
    topic = TopicFactory(slug="lonely")
    publication = published(title="Zebras at lunch", topic=topic, receipt=RECEIPT, keywords=["zebras", "lunch"])
    published(topic=topic, **OTHER)
    before = (own(), places())
    way(publication)
    everywhere = [*PATHS, "similar", "similar of the topic", "related"]
    assert before == ([(200, True), (200, True)], everywhere)
    assert (own(), places()) == ([(WAYS[way], False)] * 2, [])


def test_the_api_says_of_a_hidden_answer_that_it_is_not_found_and_of_another_that_it_is_gone(client, key, calendar):
    published(title="Zebras at lunch")
    reader_reports(Publication.objects.get())
    headers = {"Authorization": f"Bearer {key}"}
    hidden = json.loads(client.get(f"/api/v1/library/{SLUG}/", headers=headers).content)
    supervisor_withdraws(Publication.objects.get())
    gone = json.loads(client.get(f"/api/v1/library/{SLUG}/", headers=headers).content)
    assert [one["type"].rpartition("#")[2] for one in (hidden, gone)] == ["not-found", "withdrawn"]
