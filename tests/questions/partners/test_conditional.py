"""What a partner may keep for a minute, and ask about again for nothing."""

from datetime import timedelta

import pytest
import time_machine

from questions.intake import kept
from questions.models import Signpost, SignpostChannel, Topic
from questions.partners.models import Partner
from tests.factories import NOW, TopicFactory
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db
SLUG = "everybody-has-someone-to-eat-with"
PATHS = ("topics/", "service/", "library/", f"library/{SLUG}/")
SAID = ("ETag", "Cache-Control", "Vary")


@pytest.fixture(autouse=True)
def _something_to_show(calendar):
    shelf.published(topic=TopicFactory(slug="lonely", label="Lonely", clean_label="On your own"))


def listed(header):
    return {name.strip() for name in header.split(",")}


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_the_partners_alone_for_a_minute_and_carries_a_strong_tag(api, path):
    response = api.get(path)
    assert response["ETag"].startswith('"')
    assert listed(response["Cache-Control"]) == {"private", "max-age=60"}
    assert {"Authorization", "Accept-Language"} - listed(response["Vary"]) == set()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("sent", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_who_has_it_already_gets_no_body(api, path, sent):
    first = api.get(path)
    again = api.get(path, If_None_Match=sent.format(tag=first["ETag"]))
    assert (again.status_code, again.content, again.get("Content-Type")) == (304, b"", None)
    assert [again[name] for name in SAID] == [first[name] for name in SAID]


@pytest.mark.parametrize("sent", ['"other"', "", "other", '"', "é"])
def test_another_tag_gets_the_whole(api, sent):
    response = api.get("topics/", If_None_Match=sent)
    assert (response.status_code, response.json()) == (200, api.get("topics/").json())


def test_a_changed_body_has_another_tag(api):
    first = api.get("topics/")
    Topic.objects.update(label="All alone")
    again = api.get("topics/", If_None_Match=first["ETag"])
    assert (again.status_code, again.json()[0]["label"], again["ETag"] == first["ETag"]) == (200, "All alone", False)


def test_the_service_changes_when_its_promise_does(api):
    first = api.get("service/")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert api.get("service/", If_None_Match=first["ETag"]).status_code == 200


def test_partners_with_other_labels_and_readers_of_another_language_never_share_a_tag(
    api, other, partner, dutch_offered
):
    row = Signpost.objects.create(slug="site", name="Site", country="GB")
    SignpostChannel.objects.create(signpost=row, kind="web", value="https://site.example/")
    partner.signposts.add(row)
    kept.forget()
    Partner.objects.filter(slug="hilltop").update(clean_labels=True)
    assert api.get("topics/")["ETag"] != other.get("topics/")["ETag"]
    assert api.get("service/")["ETag"] != api.get("service/", Accept_Language="nl")["ETag"]


def test_the_head_of_an_answer_has_its_tag(api):
    response = api.send("HEAD", "topics/")
    assert (response.status_code, response["ETag"], response.content) == (200, api.get("topics/")["ETag"], b"")


@pytest.mark.parametrize("path", ["library/never/", "library/?cursor=no", "nowhere/"])
def test_a_problem_is_not_kept(api, path):
    response = api.get(path, If_None_Match="*")
    assert (response["Content-Type"], response.get("ETag"), response["Cache-Control"]) == (
        "application/problem+json",
        None,
        "no-store",
    )


def test_what_is_said_of_a_question_is_not_kept(api):
    asked = api.post("questions/", {"text": "Hello", "age_band": "13-15"})
    read = api.post("questions/read/", {"receipt": asked.json()["receipt"]}, If_None_Match="*")
    assert [(one["Cache-Control"], one.get("ETag")) for one in (asked, read)] == [("no-store", None)] * 2
    assert (asked.status_code, read.status_code) == (201, 200)
