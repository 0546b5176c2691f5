"""One thing to ask first: with an address the clock stops for it, without one it goes into the answer."""

import pytest

from tests.journeys.people import cast

pytestmark = pytest.mark.journey

QUESTION = "My brother shouts every evening and I hide in the bathroom until he stops."
CLARIFICATION = "Is there a grown-up at home in the evening who knows about it?"
REPLY = "My gran lives with us but she is nearly deaf."
ANSWER = "You hide in the bathroom when your brother shouts. You should not have to.\n\nTell your gran in writing."
EMAIL = "clear@asker.example"


def test_a_clarifying_question_waits_for_its_reply(service):
    people = cast(service)
    asker, ash, sana = people.asker, people.ash, people.sana
    asker.ask(QUESTION, email=EMAIL)
    pk = sana.pass_on(QUESTION)
    ash.claim(pk)
    assert "Sent for review." in ash.ask_back(pk, CLARIFICATION).text
    assert "Approved and sent." in sana.approve(pk).text
    assert [letter["Subject"] for letter in service.letters(EMAIL, count=1)] == ["Something new for you"]

    waiting = asker.open()
    assert "We need to ask you one thing. No rush." in waiting.text
    assert asker.answer() == f"<p>{CLARIFICATION}</p>"
    assert "Thank you. We have your reply." in asker.browser.submit(waiting, "Send reply", text=REPLY).text

    beside = ash.browser.open(f"/desk/{pk}/write/")
    assert ("They replied. A supervisor reads it first." in beside.text, REPLY in beside.text) == (True, False)
    pass_reply(sana)
    assert REPLY in ash.browser.open(f"/desk/{pk}/write/").text
    ash.send(pk, ANSWER, "hide in the bathroom", "my gran")
    assert "Approved and sent." in sana.approve(pk).text

    service.letters(EMAIL, count=2)
    assert "Your answer is here." in asker.page().text
    assert asker.answer() == "\n".join(f"<p>{paragraph}</p>" for paragraph in ANSWER.split("\n\n"))


def pass_reply(sana):
    page = sana.browser.open("/review/triage/")
    assert REPLY in page.text
    assert "Passed on. The advisor can read it now." in sana.browser.submit(page, "Pass on to the advisor").text


def test_who_left_no_address_is_not_kept_waiting(service):
    people = cast(service)
    question = "I never know what to say when people ask how my weekend was."
    people.asker.ask(question)
    pk = people.sana.pass_on(question)
    workspace = people.ash.claim(pk)
    refused = people.ash.ask_back(pk, CLARIFICATION)

    assert "Ask one clarifying question instead" not in workspace.text
    assert refused.status == 422
    assert "They left no e-mail, or were asked before. Put your question inside the answer." in refused.text
    assert refused.form("Save").values["text"] == [CLARIFICATION]
