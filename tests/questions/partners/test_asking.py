from datetime import date

import pytest

from askpeer import calendars
from askpeer.models import Closure, ServiceCalendar
from questions.intake.models import IntakeLimits
from questions.models import Contact, Message, Question, Signpost, SignpostChannel
from tests.factories import TopicFactory
from tests.questions.partners.test_rules import NO_LINES

pytestmark = pytest.mark.django_db
WHOLE = {
    "text": "I eat my lunch alone.",
    "cards": ["sad", "lonely"],
    "age_band": "13-15",
    "topic": "lonely",
    "wants": ["ideas", "listening"],
    "nation": "GB-ENG",
    "writer": "adult",
    "may_know_advisor": True,
    "email": "someone@example.org",
    "language": "en",
}


def test_a_question_is_saved_with_everything_sent_and_its_receipt_opens_it(api, partner):
    topic = TopicFactory(slug="lonely")
    response = api.post("questions/", WHOLE)
    question = Question.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert body == {
        "id": str(question.pk),
        "receipt": body["receipt"],
        "status": "new",
        "promised_at": "2026-11-19T18:00:00Z",
        "safety": None,
        "outside": None,
    }
    assert len(body["receipt"].split()) == 6
    kept = (question.partner, question.topic, question.wants, question.writer, question.may_know_advisor)
    assert kept == (partner, topic, ["listening", "ideas"], "adult", True)
    assert (Message.objects.get().text, Contact.objects.get().email) == ("I eat my lunch alone.", "someone@example.org")
    assert api.post("questions/read/", {"receipt": body["receipt"]}).json()["id"] == body["id"]


def test_cards_alone_are_a_question(api):
    assert api.post("questions/", {"cards": ["numb"], "age_band": "rather-not-say"}).status_code == 201


def test_neither_words_nor_cards_are_refused_and_nothing_is_stored(api):
    response = api.post("questions/", {"age_band": "13-15", "text": "  "})
    assert (response.status_code, response.json()) == (
        422,
        {
            "type": "/api/v1/docs/#refused",
            "title": "Refused",
            "status": 422,
            "detail": "Write something, or choose a card. One word is enough.",
        },
    )
    assert Question.objects.count() == 0


def help_line(name, country="GB", **values):
    row = Signpost.objects.create(slug=name.lower(), name=name, summary="Talk.", country=country, crisis=True, **values)
    SignpostChannel.objects.create(signpost=row, kind="phone", value="0800 1111", hours="Always")


@pytest.mark.parametrize(("nation", "names"), [("", ["Talkline"]), ("GB-WLS", ["Talkline"]), ("BE-VLG", ["Praatlijn"])])
def test_under_eleven_gets_services_of_their_own_country_and_nothing_is_stored(api, nation, names):
    help_line("Talkline", max_age=18)
    help_line("Praatlijn", country="BE", max_age=18)
    response = api.post("questions/", {"text": "help", "age_band": "under-11", "nation": nation})
    body = response.json()
    assert (response.status_code, body["type"], body["detail"]) == (
        422,
        "/api/v1/docs/#too-young",
        "You're not in trouble. These people talk to children your age.",
    )
    assert [service["name"] for service in body["services"]] == names
    assert body["services"][0]["ways"] == [
        {"kind": "phone", "said": "0800 1111", "href": "tel:08001111", "hours": "Always"}
    ]
    assert Question.objects.count() == 0


@pytest.mark.parametrize("nation", ["FR-IDF", "other"])
def test_a_child_who_is_elsewhere_is_not_sent_to_our_services_but_told_what_to_ring(api, nation):
    help_line("Talkline", max_age=18)
    body = api.post("questions/", {"text": "help", "age_band": "under-11", "nation": nation}).json()
    assert (body["type"], body["detail"], body["services"]) == ("/api/v1/docs/#too-young", NO_LINES, [])


def test_a_service_without_an_hour_ahead_takes_nothing_and_names_who_is_awake(api, calendar):
    help_line("Talkline")
    row = ServiceCalendar.objects.get()
    Closure.objects.create(calendar=row, first_day=date(2026, 11, 1), last_day=date(2029, 1, 1))
    calendars.forget()
    response = api.post("questions/", {"text": "help", "age_band": "13-15"})
    body = response.json()
    assert (response.status_code, body["type"]) == (503, "/api/v1/docs/#closed")
    assert [service["name"] for service in body["services"]] == ["Talkline"]
    assert Question.objects.count() == 0


def test_while_closed_somebody_elsewhere_is_told_what_to_ring(api, calendar):
    help_line("Talkline")
    IntakeLimits.objects.create(taking=False)
    body = api.post("questions/", {"text": "help", "age_band": "13-15", "nation": "FR-IDF"}).json()
    assert (body["type"], body["detail"].endswith(f" {NO_LINES}"), body["services"]) == (
        "/api/v1/docs/#closed",
        True,
        [],
    )


def test_a_queue_too_long_takes_nothing_and_names_who_is_awake(api, calendar):
    help_line("Talkline")
    IntakeLimits.objects.create(taking=False)
    response = api.post("questions/", {"text": "help", "age_band": "13-15"})
    body = response.json()
    assert (response.status_code, body["type"]) == (503, "/api/v1/docs/#closed")
    assert body["detail"] == "We can't take new questions right now, because we could not answer them in time."
    assert [service["name"] for service in body["services"]] == ["Talkline"]
    assert (api.get("service/").json()["promised_at"], Question.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        (
            {"age_band": "14"},
            [("age_band", "Use one of: under-11, 11-12, 13-15, 16-17, 18-21, 22-25, rather-not-say.")],
        ),
        ({"age_band": ["13-15"]}, None),
        ({"text": "x" * 3001}, [("text", "There is room for 3,000 characters. Make it shorter.")]),
        ({"text": ["x"]}, [("text", "Not a valid string.")]),
        ({"cards": ["sad", "posh"]}, None),
        ({"cards": "sad"}, None),
        ({"nation": "England"}, [("nation", "Use an ISO 3166-2 code such as GB-ENG, or leave it out.")]),
        ({"wants": ["money"]}, [("wants.0", "Use one of: listening, ideas, facts.")]),
        ({"writer": "robot"}, [("writer", "Use one of: anyone, adult, expert.")]),
        ({"language": "xx"}, [("language", "Use one of: en, nl.")]),
        ({"email": "nobody"}, [("email", "Enter a valid email address.")]),
        ({"may_know_advisor": "perhaps"}, [("may_know_advisor", "Must be a valid boolean.")]),
    ],
)
def test_a_field_that_cannot_be_used_is_named(api, change, errors):
    response = api.post("questions/", {"text": "hi", "age_band": "13-15"} | change)
    body = response.json()
    assert (response.status_code, body["type"]) == (422, "/api/v1/docs/#invalid")
    found = [(error["field"], error["detail"]) for error in body["errors"]]
    assert found == errors if errors else len(found) == 1
    assert Question.objects.count() == 0


def test_unknown_fields_are_refused_by_name(api):
    body = api.post("questions/", {"text": "hi", "age_band": "13-15", "name": "Jo", "ip": "x"}).json()
    assert [error["field"] for error in body["errors"]] == ["name", "ip"]
    assert body["errors"][0]["detail"].startswith("There is no such field here. The fields are: text, cards, age_band")


def test_an_unknown_topic_is_refused(api):
    response = api.post("questions/", {"text": "hi", "age_band": "13-15", "topic": "no-such"})
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "We don't have that topic. Choose one from the list, or leave it out.",
    )


def test_a_language_that_is_not_offered_is_refused_in_a_sentence(api):
    response = api.post("questions/", {"text": "Hallo", "age_band": "13-15", "language": "nl"})
    body = response.json()
    assert (response.status_code, body["type"]) == (422, "/api/v1/docs/#refused")
    assert (body["detail"], Question.objects.count()) == ("We can't answer in that language yet.", 0)


@pytest.mark.parametrize(("sent", "names"), [({"language": "nl"}, ["102", "112"]), ({}, ["999"])])
def test_a_child_is_told_of_the_country_of_the_language_they_ask_in(api, dutch_offered, sent, names):
    for at, (name, country, oldest) in enumerate((("999", "GB", 120), ("112", "BE", 120), ("102", "BE", 25))):
        row = Signpost.objects.create(slug=name, name=name, country=country, max_age=oldest, crisis=True, position=at)
        SignpostChannel.objects.create(signpost=row, kind="phone", value=name)
    body = api.post("questions/", {"text": "Hallo", "age_band": "under-11"} | sent).json()
    assert [service["name"] for service in body["services"]] == names
