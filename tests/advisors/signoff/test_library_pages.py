"""The publication editor, over the library's own verbs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisors.signoff import reviewing, shelving
from advisors.signoff.forms import IDENTITY
from questions.models import Question, Round
from questions.publication import consenting, hiding
from questions.publication.models import Publication
from tests.advisors.signoff.conftest import row, signed_in
from tests.factories import TopicFactory

pytestmark = pytest.mark.django_db
ALL = [slug for slug, _ in IDENTITY]


@pytest.fixture
def candidate(in_review, now, ruth):
    """Make an answered question whose asker said yes three weeks ago; return its publication."""

    def make():
        draft = in_review()
        reviewing.approve(draft=draft, number=1, by=ruth, now=now)
        Round.objects.update(answered_at=timezone.now() - timedelta(days=21))
        consenting.consent(question=row(draft), round_number=1, choice="yes", now=now)
        return Publication.objects.get(question=draft.round.question_id)

    return make


def at(name, publication):
    return reverse(f"review:{name}", args=[publication.pk])


def public(**values):
    base = {"version": 1, "title": "Eating alone", "question_text": "I eat by myself.", "answer_text": "That is hard."}
    return base | {"topic": TopicFactory().pk, "age_group": "14-17", "keywords": "lunch, alone"} | values


def test_two_people_put_an_answer_into_the_library(candidate, ruth, omar):
    publication, first, second = candidate(), signed_in(ruth), signed_in(omar)
    assert "I moved to a new school" in first.get(at("publication", publication)).content.decode()
    assert first.post(at("publication", publication), public()).url == "/review/publish/"
    own = first.post(at("publication_check", publication), {"version": 2, "checked": ALL})
    assert (own.status_code, Publication.objects.get().status) == (422, "anonymised")
    assert second.post(at("publication_check", publication), {"version": 2, "checked": ALL}).status_code == 302
    kept = Publication.objects.get()
    assert (kept.status, kept.edited_by, kept.checked_by, kept.keywords) == (
        "published",
        ruth,
        omar,
        ["lunch", "alone"],
    )


def test_the_second_person_reads_the_words_that_are_not_public_yet(candidate, ruth, omar):
    publication, second = candidate(), signed_in(omar)
    signed_in(ruth).post(at("publication", publication), public(content_note="Sad"))
    shelf, editor = second.get("/review/publish/"), second.get(at("publication", publication)).content.decode()
    assert shelf.content.decode().count(">Eating alone</a>") == 1
    assert editor.count("<h1>Eating alone</h1>") == 1
    form = second.get(at("publication", publication)).context["public_form"]
    names = ("title", "question_text", "answer_text", "age_group", "content_note", "keywords")
    assert [form[name].value() for name in names] == [
        "Eating alone",
        "I eat by myself.",
        "That is hard.",
        "14-17",
        "Sad",
        "lunch, alone",
    ]


def test_the_whole_list_has_to_be_ticked(candidate, ruth, omar):
    publication, second = candidate(), signed_in(omar)
    signed_in(ruth).post(at("publication", publication), public())
    for checked in ([], ALL[:-1]):
        assert second.post(at("publication_check", publication), {"version": 2, "checked": checked}).status_code == 422
    assert Publication.objects.get().status == "anonymised"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"version": 7}, 409),
        ({"version": "x"}, 422),
        ({"title": ""}, 422),
        ({"title": "x" * 121}, 422),
        ({"question_text": "Ring 07700 900123"}, 422),
        ({"answer_text": "a\0b"}, 422),
        ({"topic": "x"}, 422),
        ({"age_group": "99"}, 422),
    ],
)
def test_a_text_that_cannot_stand_is_a_sentence_and_keeps_the_rest(candidate, ruth, values, status):
    publication = candidate()
    answer = signed_in(ruth).post(at("publication", publication), public(content_note="Kept note") | values)
    html = answer.content.decode()
    assert (answer.status_code, "There is a problem" in html, "Kept note" in html) == (status, True, True)
    assert Publication.objects.get().status == "candidate"


def test_taking_down_wipes_the_words_once(candidate, ruth):
    publication, browser = candidate(), signed_in(ruth)
    browser.post(at("publication", publication), public())
    assert browser.post(at("publication_withdraw", publication)).status_code == 302
    assert browser.post(at("publication_withdraw", publication)).status_code == 422
    assert (Publication.objects.get().status, Publication.objects.get().answer_text) == ("unpublished", "")


def test_a_reported_answer_leads_the_list_and_comes_back_by_a_person(candidate, ruth, omar):
    waiting, hidden = candidate(), candidate()
    signed_in(ruth).post(at("publication", hidden), public())
    signed_in(omar).post(at("publication_check", hidden), {"version": 2, "checked": ALL})
    hidden.refresh_from_db()
    hiding.report(hidden, timezone.now())
    assert [(item, state) for item, state in shelving.waiting(ruth).items] == [
        (hidden, "Reported and hidden"),
        (waiting, "Waits to be written"),
    ]
    assert signed_in(ruth).post(at("publication_show", hidden)).status_code == 302
    assert [item for item, _ in shelving.waiting(ruth).items] == [waiting]


def test_the_editor_opens_to_reviewers_alone(client, candidate, advisor, ruth):
    publication = candidate()
    for name in ("publication", "publication_check", "publication_withdraw", "publication_show"):
        assert client.post(at(name, publication)).status_code == 302
        assert signed_in(advisor).post(at(name, publication)).status_code == 403
    assert signed_in(ruth).get(at("publication_check", publication)).status_code == 405


def test_a_case_about_staff_is_not_on_the_shelf(candidate, ruth):
    publication = candidate()
    Question.objects.update(about_staff=True)
    assert shelving.waiting(ruth).items == []
    assert signed_in(ruth).get(at("publication", publication)).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_shelf_costs_the_same_whatever_its_length(candidate, ruth, count, django_assert_num_queries):
    for _ in range(count):
        candidate()
    with django_assert_num_queries(1):
        items = shelving.waiting(ruth).items
        assert [state for _, state in items] == ["Waits to be written"] * count
