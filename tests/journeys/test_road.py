"""One question's whole way through the pages, from the first word to its end."""

import pytest

from tests.journeys.people import APPROVE, cast, marks

pytestmark = pytest.mark.journey

QUESTION = "My best mate moved to Leeds and I eat lunch alone in the library every single day."
FIRST_DRAFT = "You eat lunch alone since your best mate moved to Leeds. That is hard.\n\nCheer up."
APPROVED = (
    "You eat lunch alone since your best mate moved to Leeds. That is hard, and it makes sense that it hurts.\n\n"
    "You could ask one person in your library if they want to sit with you. One small step is enough."
)
APPROVED_HTML = "\n".join(f"<p>{paragraph}</p>" for paragraph in APPROVED.split("\n\n"))
FOLLOW_UP = "I asked someone and she said yes. What do I talk about with her?"
SECOND = "You asked, and she said yes. That took courage.\n\nAsk her what she reads. People like to talk about that."
EMAIL = "road@asker.example"
UNKNOWN = "Those words don't open anything. Check the spelling. Old questions are erased."


def test_a_question_goes_the_whole_road(service):
    people = cast(service)
    asker, ash, sana, tom = people.asker, people.ash, people.sana, people.tom

    receipt = asker.ask(QUESTION, email=EMAIL)
    assert receipt.text.count("We promised you an answer by") == 1
    assert len(asker.words.split()) == 6
    promise = asker.open().text.partition("We promised you an answer by ")[2].partition(".")[0]
    assert f"We promised you an answer by {promise}." in receipt.text

    pk = sana.pass_on(QUESTION)
    assert f"Next, an advisor picks it up. Your answer is still due by {promise}." in asker.page().text

    assert QUESTION in ash.claim(pk).text
    assert f"An advisor is writing to you. Your answer is still due by {promise}." in asker.page().text
    write_in_steps(ash, pk)
    assert f"checking it. It's due by {promise}." in asker.page().text

    send_back(sana, pk)
    assert f"We're making it better before you see it. It's due by {promise}." in asker.page().text
    ash.send(pk, APPROVED, "best mate moved to Leeds", "eat lunch alone")
    approve_once_the_comment_is_resolved(sana, pk)
    assert_a_letter_without_a_word(service)

    shouted = asker.words.upper().replace(" ", "-")
    assert "Your answer is here." in asker.open(shouted).text
    assert asker.answer() == APPROVED_HTML

    follow_up(people, pk)
    consent(people)
    anonymise_but_not_yet_publish(sana, tom)

    page = asker.browser.submit(asker.browser.open("/my-question/erase/"), "Erase it")
    assert "Your question has been erased. We can't get it back. You can always ask a new one." in page.text
    assert UNKNOWN in asker.open().text
    assert "Lunch alone" not in sana.browser.open("/review/publish/").text
    assert QUESTION not in ash.browser.open(f"/desk/{pk}/write/").text


def write_in_steps(ash, pk):
    """Autosave, save, look at the versions, send."""
    form = ash.browser.open(f"/desk/{pk}/write/").form("Save")
    saved = ash.browser.send(f"/desk/{pk}/autosave/", form.values | {"text": ["You eat lunch alone."]})
    assert saved.json()["version"] == 1
    late = ash.browser.send(f"/desk/{pk}/autosave/", form.values | {"text": ["Another window."]})
    assert (late.status, late.json()["theirs"], late.json()["mine"]) == (409, "You eat lunch alone.", "Another window.")
    assert "version 2" in ash.save(pk, FIRST_DRAFT).text
    assert "You eat lunch alone." in ash.browser.open(f"/desk/{pk}/versions/?show=1").text
    unmarked = ash.send(pk, FIRST_DRAFT)
    assert (unmarked.status, unmarked.form("Save").values["text"]) == (422, [FIRST_DRAFT])
    assert "Sent for review." in ash.send(pk, FIRST_DRAFT, "best mate moved to Leeds", "eat lunch alone").text


def send_back(sana, pk):
    sana.comment(pk, "Say what could help instead.", paragraph=2)
    assert "Approve exactly this wording" not in sana.draft(pk).text
    assert "Sent back to its author with your comments." in sana.request_changes(pk).text


def approve_once_the_comment_is_resolved(sana, pk):
    sana.resolve(pk, paragraph=2)
    page = sana.draft(pk)
    stale, said = page.form(APPROVE), {name: [mark] for name, mark in marks(page).items()}
    assert sana.browser.send(stale.action, stale.values | said | {"number": ["1"]}).status == 409
    assert "Approved and sent." in sana.approve(pk).text


def assert_a_letter_without_a_word(service):
    [letter] = service.letters(EMAIL, count=1)
    words = "There is something new for you. Open your page to read it."
    assert letter["Subject"] == "Something new for you"
    assert letter.get_payload().splitlines() == [words, "", f"{service.url}my-question/"]


def follow_up(people, pk):
    asker, ash, sana = people.asker, people.ash, people.sana
    page = asker.browser.submit(asker.page(), "Send", text=FOLLOW_UP)
    assert "We have it. The new date is below." in page.text
    assert sana.pass_on(FOLLOW_UP) == pk
    assert "They wrote back. You answered last time, so you go first." in ash.desk().text
    ash.claim(pk)
    ash.send(pk, SECOND, "she said yes", "asked someone")
    assert "Approved and sent." in sana.approve(pk).text
    asker.open()
    assert asker.answer() == "\n".join(f"<p>{paragraph}</p>" for paragraph in SECOND.split("\n\n"))


def consent(people):
    asker = people.asker
    page = asker.browser.send("/my-question/feedback/", feedback_form(asker.page()))
    assert "Thank you for telling us." in page.text
    page = asker.browser.submit(asker.page(), "Save my choice", choice="yes")
    assert "You said yes. You can take it back here at any time." in page.text


def feedback_form(page):
    [form] = [form for form in page.forms if "felt_heard" in form.fields]
    return form.values | {"felt_heard": ["yes"], "next_step": ["yes"], "words": ["That helped me."]}


def anonymise_but_not_yet_publish(sana, tom):
    shelf = sana.browser.open("/review/publish/")
    candidate = sana.browser.open(shelf.link("No title yet"))
    topic = candidate.form("Save the public text").option("topic", "Lonely")
    texts = {"title": "Lunch alone", "question_text": "I eat alone.", "answer_text": "Ask one person.", "topic": topic}
    saved = sana.browser.submit(candidate, "Save the public text", **texts)
    assert "Saved. It is published once somebody else has checked it." in saved.text
    assert "Lunch alone" in saved.text
    candidate = tom.browser.open(shelf.link("No title yet"))
    early = tom.browser.open(candidate.link("Check the saved words"))
    assert "Ask one person." in early.text
    assert "The answer is less than 14 days old. Give the asker that time to think again." in early.text
