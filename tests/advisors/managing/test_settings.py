"""The managers' settings under /admin/: limits and topics, and nothing else."""

import re

import pytest

from questions.intake.models import IntakeLimits
from questions.models import Topic
from tests.factories import (
    ManagerFactory,
    SupervisorFactory,
    TopicFactory,
    make_question,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, settings):
    settings.SECOND_FACTOR = False
    person = ManagerFactory(alias="Tom")
    client.force_login(person)
    return person


def test_the_site_holds_limits_and_topics_and_nothing_else(client, manager):
    groups = client.get("/admin/").context["app_list"]
    assert sorted(model["object_name"] for group in groups for model in group["models"]) == [
        "IntakeLimits",
        "Topic",
    ]
    elsewhere = ("askpeer/servicecalendar/", "intake/oncall/")  # of which there are pages with rules of their own
    for path in (
        *elsewhere,
        "mfa/authenticator/",
        "account/emailaddress/",
        "auth/group/",
        "questions/question/",
        "advisors/person/",
    ):
        assert client.get(f"/admin/{path}").status_code == 404


def test_nobody_signs_in_past_the_second_factor(client, settings):
    response = client.post("/admin/login/?next=/admin/", {"username": "x", "password": "y"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/admin/")
    settings.SECOND_FACTOR = False
    client.force_login(SupervisorFactory())
    assert client.get("/admin/login/").status_code == 403


def test_a_topics_keywords_are_typed_with_commas(client, manager):
    form = {"label": "Lonely", "clean_label": "", "slug": "lonely", "keywords": "left out,  no mates,,left out"}
    assert client.post("/admin/questions/topic/add/", form | {"position": 3}).status_code == 302
    topic = Topic.objects.get()
    assert topic.keywords == ["left out", "no mates"]
    page = client.get(f"/admin/questions/topic/{topic.pk}/change/")
    assert page.context["adminform"].form["keywords"].value() == "left out, no mates"


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        (",".join(str(number) for number in range(41)), "A topic can have 40 keywords at most. These are 41."),
        ("k" * 41, "A keyword can have 40 characters at most: " + "k" * 41),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_keywords_that_will_not_do_are_refused(client, manager, keywords, sentence):
    form = {"label": "Lonely", "slug": "lonely", "keywords": keywords, "position": 3}
    response = client.post("/admin/questions/topic/add/", form)
    assert response.context["adminform"].form.errors == {"keywords": [sentence]}


@pytest.mark.parametrize("path", ["", "intake/intakelimits/add/", "questions/topic/add/"])
def test_the_site_needs_no_inline_script_or_style(client, manager, path):
    content = client.get(f"/admin/{path}").content
    inline = rb"<script(?![^>]*(?:src=|application/json))|\sstyle=|<style|\son(?:click|load|submit)="
    assert re.findall(inline, content) == []


def test_a_topic_keeps_its_slug_by_which_boundaries_know_it(client, manager):
    topic = TopicFactory(slug="food")
    form = {"label": "Food and body", "slug": "food-body", "position": 3}
    assert client.post(f"/admin/questions/topic/{topic.pk}/change/", form).status_code == 302
    topic.refresh_from_db()
    assert (topic.label, topic.slug) == ("Food and body", "food")


def test_a_topic_that_a_question_has_is_not_deleted(client, manager, calendar, now):
    used, unused = TopicFactory(), TopicFactory()
    make_question(now=now, topic=used)
    answers = [client.post(f"/admin/questions/topic/{row.pk}/delete/", {"post": "yes"}) for row in (used, unused)]
    assert [response.status_code for response in answers] == [403, 302]
    assert list(Topic.objects.all()) == [used]


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("questions/topic/", "label__regex=(("),
        ("questions/topic/", "keywords__contains=x"),
    ],
)
def test_an_address_filters_by_nothing_that_the_list_does_not_offer(client, manager, path, by):
    assert client.get(f"/admin/{path}?{by}").status_code == 400


def test_the_lists_offer_no_action_on_several_rows(client, manager):
    topic = TopicFactory()
    client.post("/admin/questions/topic/", {"action": "delete_selected", "_selected_action": str(topic.pk)})
    assert list(Topic.objects.all()) == [topic]


def test_there_is_one_row_of_limits_and_it_is_never_deleted(client, manager, calendar):
    assert client.post("/admin/intake/intakelimits/add/", LIMITS | {"answers_a_day": 0}).status_code == 200
    for wrong in ({"full_after": 2}, {"answers_a_day": 10_001}, {"answers_a_day": 2**63 - 1}, {"answers_a_day": "x"}):
        assert client.post("/admin/intake/intakelimits/add/", LIMITS | wrong).status_code == 200
    assert IntakeLimits.objects.count() == 0
    client.post("/admin/intake/intakelimits/add/", LIMITS)
    row = IntakeLimits.objects.get()
    assert (row.taking, row.answers_a_day, row.full_after) == (True, 7, 9)
    assert client.get("/admin/intake/intakelimits/add/").status_code == 403
    assert client.post(f"/admin/intake/intakelimits/{row.pk}/delete/", {"post": "yes"}).status_code == 403


LIMITS = {"taking": "on", "answers_a_day": 7, "full_after": 9}
