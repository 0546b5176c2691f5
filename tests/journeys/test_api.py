"""The same road's two ends through the API of a partner."""

import pytest

from tests.journeys.browser import call
from tests.journeys.people import cast

pytestmark = pytest.mark.journey

QUESTION = "Since we moved house I have not slept well, and nobody in my new form talks to me."
ANSWER = "You have not slept well since you moved. New places are loud at night.\n\nTry one new thing this week."
BODY = {"text": QUESTION, "age_band": "16-17", "nation": "GB-SCT", "topic": "lonely", "wants": ["ideas"]}
SIX_WORDS = {"receipt": "abacus abdomen abide ability able about"}


def test_a_partner_asks_reads_and_erases(service):
    asked = service.call("questions/", body=BODY, Idempotency_Key="journey-1")
    again = service.call("questions/", body=BODY, Idempotency_Key="journey-1")
    other = service.call("questions/", body=BODY | {"text": "Another."}, Idempotency_Key="journey-1")
    assert (asked.status, again.status, other.status) == (201, 201, 422)
    assert again.json() == asked.json()
    assert (asked.headers["Idempotent-Replay"], again.headers["Idempotent-Replay"]) == (None, "true")
    assert sorted(asked.json()) == ["id", "outside", "promised_at", "receipt", "safety", "status"]

    question, receipt = asked.json()["id"], {"receipt": asked.json()["receipt"]}
    check_waiting(service.call("questions/read/", body=receipt).json(), asked.json())
    shouted = receipt["receipt"].upper().replace(" ", "-")
    assert service.call("questions/read/", body={}, Askpeer_Receipt=shouted).json()["id"] == question

    people = cast(service)
    assert people.sana.pass_on(QUESTION) == question
    answer(people, question)
    read = service.call("questions/read/", body=receipt).json()
    assert (read["status"], read["status_text"]) == ("answered", "Your answer is here.")
    assert read["answer"]["text"] == ANSWER
    assert read["answer"]["html"].strip() == "\n".join(f"<p>{words}</p>" for words in ANSWER.split("\n\n"))

    assert service.call("questions/feedback/", body=receipt | {"felt_heard": True}).status == 204
    assert service.call("questions/consent/", body=receipt | {"choice": "no"}).status == 204
    followed = service.call("questions/follow-up/", body=receipt | {"text": "Which new thing?"})
    assert (followed.status, followed.json()["status"]) == (201, "new")

    erased = service.call("questions/erase/", body=receipt)
    assert (erased.status, erased.json()["status"]) == (200, "withdrawn")
    gone, never = service.call("questions/read/", body=receipt), service.call("questions/read/", body=SIX_WORDS)
    assert (gone.status, gone.headers.get_content_type()) == (404, "application/problem+json")
    assert gone.body == never.body


def check_waiting(read, asked):
    """What reading says of a question that was just asked."""
    assert {name: read[name] for name in ("id", "status", "promised_at", "due_at", "late", "answer")} == {
        "id": asked["id"],
        "status": "new",
        "promised_at": asked["promised_at"],
        "due_at": asked["promised_at"],
        "late": False,
        "answer": None,
    }
    assert [(said["kind"], said["voice"], said["text"]) for said in read["messages"]] == [
        ("question", "asker", QUESTION)
    ]


def answer(people, question):
    people.ash.claim(question)
    people.ash.send(question, ANSWER, "moved house", "not slept well")
    assert "Approved and sent." in people.sana.approve(question).text


def test_a_partner_shows_what_there_is(service):
    topics = service.call("topics/").json()
    assert (topics[0]["label"], topics[2]["slug"], len(topics)) == ("Feeling rubbish", "lonely", 18)

    hours = service.call("service/").json()
    assert (hours["open"], hours["time_zone"], len(hours["hours"])) == (True, "Europe/London", 7)
    assert {(day["opens"], day["closes"]) for day in hours["hours"]} == {("00:00", "00:00")}

    nothing = {"items": [], "next_cursor": "", "looked_for": None, "safety": None}
    assert service.call("library/").json() == nothing
    nothing = service.call("library/no-such-answer/")
    assert (nothing.status, nothing.json()["type"]) == (404, "/api/v1/docs/#not-found")

    schema = call(service.url, "/api/v1/schema/?format=json").json()
    assert (schema["openapi"], "/api/v1/questions/" in schema["paths"]) == ("3.1.1", True)


def test_nobody_without_a_key_gets_in(service):
    refused = call(service.url, "/api/v1/questions/", key="ap_not-a-key", body=BODY)
    young = service.call("questions/", body=BODY | {"age_band": "under-11"})
    assert (refused.status, refused.json()["type"]) == (401, "/api/v1/docs/#key-needed")
    assert (young.status, young.json()["type"]) == (422, "/api/v1/docs/#too-young")
