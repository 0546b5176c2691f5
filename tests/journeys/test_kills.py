"""Processes killed without warning: what is in the database is the truth, and the rest finds its way back."""

import shutil
from email import message_from_bytes

import pytest

from tests.journeys.people import Asker, cast
from tests.journeys.service import until

pytestmark = pytest.mark.journey

ANSWER = "You miss your old street and the park. That makes sense.\n\nAsk if you can visit for a day."
SHOWN = "\n".join(f"<p>{paragraph}</p>" for paragraph in ANSWER.split("\n\n"))


def send(people, pk):
    """From the desk to the asker."""
    people.ash.claim(pk)
    people.ash.send(pk, ANSWER, "my old street", "the park")
    assert "Approved and sent." in people.sana.approve(pk).text


def test_a_worker_killed_during_a_send_loses_no_letter(service):
    people, address = cast(service), "worker@asker.example"
    question = "I miss my old street and the park so much since Monday."
    people.asker.ask(question, email=address)
    pk = people.sana.pass_on(question)

    with service.mailbox.hanging():
        send(people, pk)
        interrupted = until(lambda: dropped(service, address), what="a letter to hang")
        service.kill("worker")
    people.asker.open()
    assert people.asker.answer() == SHOWN
    assert service.mailbox.to(address) == []

    service.run("worker")
    [letter] = service.letters(address, count=1)
    assert {letter["Message-ID"] for letter in interrupted} == {letter["Message-ID"]}


def dropped(service, address):
    letters = map(message_from_bytes, list(service.mailbox.dropped))
    return [letter for letter in letters if letter["To"] == address]


def test_a_broker_killed_and_emptied_holds_no_page_up(service):
    people, address = cast(service), "broker@asker.example"
    question = "I miss my old street and the park, most of all on Sundays."
    service.kill("broker")
    shutil.rmtree(service.home / "broker")
    assert service.health()["broker"] == "down"

    people.asker.ask(question, email=address)
    send(people, people.sana.pass_on(question))
    people.asker.open()
    assert people.asker.answer() == SHOWN
    assert service.mailbox.to(address) == []

    service.run("broker")
    [letter] = service.letters(address, count=1)
    assert letter["Subject"] == "Something new for you"
    assert service.health()["broker"] == "up"


def test_a_web_server_killed_between_two_pages_forgets_nothing(service):
    asker, typed = Asker(service.browser()), "I keep missing the park, and I cannot say why."
    page = asker.browser.submit(asker.browser.open("/ask/"), "Next", age_band="13-15")
    asker.browser.submit(page, "Next", text=typed)
    service.kill("web")
    service.run("web")

    asker.finish(asker.browser.open("/ask/check/"))
    service.kill("web")
    service.run("web")
    assert typed in asker.open().text
