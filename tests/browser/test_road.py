"""The whole road in a browser: asked, read first, written, reviewed, mended, read, and erased."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from config.demo import reference
from tests.browser.stage import follow
from tests.factories import NOW, PASSWORD, PersonFactory, SupervisorFactory, keep_on_duty

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "My best mate moved to Leeds and I eat lunch alone in the library every day."
FIRST_DRAFT = "You eat lunch alone since your best mate moved to Leeds. That is hard.\n\nCheer up."
COMMENT = "Say what could help instead."
SECOND_HALF = "You could ask one person in your library if they want to sit with you."
APPROVED = f"You eat lunch alone since your best mate moved to Leeds. That is hard.\n\n{SECOND_HALF}"
FOLLOW_UP = "I asked someone and she said yes. What do I talk about with her?"
ERASED = "Your question has been erased. We can't get it back. You can always ask a new one."
UNKNOWN = "Those words don't open anything. Check the spelling. Old questions are erased."


@pytest.fixture
def topics(stage):
    return reference.seed_topics()


@pytest.fixture
def ash(stage):
    return PersonFactory(alias="Ash", joined_at=NOW - timedelta(days=90))


@pytest.fixture
def sana(stage):
    return keep_on_duty(SupervisorFactory(alias="Sana"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_question_goes_the_whole_road(stage, topics, ash, sana, scripts):
    asker = stage.visitor(java_script_enabled=scripts)
    words = ask(asker)
    advisor, supervisor = (sign_in(stage.visitor(java_script_enabled=scripts), who) for who in (ash, sana))
    triage(supervisor)
    write(advisor, scripts)
    send_back(supervisor)
    mend(advisor)
    approve(supervisor)
    read_the_answer(asker, words)
    answer_back(asker)
    erase(asker, words)


def ask(page):
    """Three pages, with a way back in between. Returns the six words."""
    page.goto("/")
    page.get_by_role("link", name="Ask a question").click()
    expect(page.get_by_role("heading", name="You can leave this site fast")).to_be_visible()
    page.get_by_role("link", name="Go on").click()
    press(page, "Next")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("13 to 15").check()
    page.get_by_label("Where do you live?").select_option("England")
    press(page, "Next")
    page.get_by_label("What's going on?").fill(QUESTION)
    page.get_by_text("Words too hard? Use cards").click()
    page.locator("label.card", has_text="Lonely").click()
    press(page, "Next")
    return check_and_send(page)


def check_and_send(page):
    expect(page.get_by_text(QUESTION)).to_be_visible()
    press(page, "Back")
    expect(page.get_by_label("What's going on?")).to_have_value(QUESTION)
    expect(page.get_by_label("Lonely")).to_be_checked()
    page.get_by_label("What's going on?").fill(f"{QUESTION} Every single one.")
    press(page, "Back")
    expect(page.get_by_label("13 to 15")).to_be_checked()
    press(page, "Next")
    expect(page.get_by_label("What's going on?")).to_have_value(f"{QUESTION} Every single one.")
    page.get_by_label("What's going on?").fill(QUESTION)
    press(page, "Next")
    press(page, "Send it")
    words = page.locator("#words li").all_inner_texts()
    press(page, "I've saved it")
    assert len(words) == 6
    return " ".join(words)


def sign_in(page, person):
    page.goto("/home/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def triage(page):
    page.goto("/review/triage/")
    page.get_by_role("heading", level=3).get_by_role("link").click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_label("One line for the desk").fill("Eats alone since a friend moved away.")
    press(page, "Pass on to the desk")
    expect(page.get_by_text("Passed on. It waits on the desk now.")).to_be_visible()


def write(page, scripts):
    """Claimed, written (saved without being asked to where scripts run), and sent."""
    page.goto("/desk/")
    page.get_by_role("link", name="Read it").click()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    press(page, "Claim it")
    page.get_by_label("Your answer").fill(FIRST_DRAFT)
    page.get_by_label("Detail 1").fill("best mate moved to Leeds")
    if scripts:
        expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    page.get_by_label("Detail 2").fill("eat lunch alone")
    press(page, "Send for review")
    expect(page.get_by_text("Sent for review. A supervisor reads it next.")).to_be_visible()


def open_review(page):
    page.goto("/review/")
    press(page, "Review next")


def send_back(page):
    open_review(page)
    page.get_by_text("Write a comment").click()
    page.get_by_label("Where").select_option("Paragraph 2")
    page.get_by_label("Comment", exact=True).fill(COMMENT)
    press(page, "Add the comment")
    expect(page.locator("#paragraph-2")).to_contain_text(COMMENT)
    expect(page.get_by_text("The open comments come first.")).to_be_visible()
    press(page, "Request changes")
    expect(page.get_by_text("Sent back to its author with your comments.")).to_be_visible()


def mend(page):
    page.goto("/desk/")
    page.get_by_role("heading", level=3).get_by_role("link").click()
    expect(page.get_by_text(COMMENT)).to_be_visible()
    page.get_by_label("Your answer").fill(APPROVED)
    press(page, "Send for review")
    expect(page.get_by_text("Sent for review. A supervisor reads it next.")).to_be_visible()


def approve(page):
    open_review(page)
    press(page, re.compile("^Resolve"))
    page.get_by_label("It is safe").check()
    page.get_by_label("It is accurate").check()
    press(page, "Approve exactly this wording")
    expect(page.get_by_text("Approved and sent.")).to_be_visible()


def open_with(page, words):
    page.goto("/my-question/")
    page.locator("#id_receipt").fill(words)
    press(page, "Open")


def read_the_answer(page, words):
    open_with(page, words.upper().replace(" ", "-"))
    expect(page.get_by_text("Your answer is here.")).to_be_visible()
    answer = page.locator(".message.advisor .note").first
    assert answer.inner_text().split("\n\n") == APPROVED.split("\n\n")


def answer_back(page):
    page.get_by_text("Tell us how the answer was").click()
    page.get_by_role("group", name="Did you feel heard?").get_by_label("Yes").check()
    page.locator("form[action$='/feedback/']").get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()
    page.get_by_text("Write back").first.click()
    page.get_by_label("What would you like to add or ask?").fill(FOLLOW_UP)
    page.locator("form[action$='/follow-up/']").get_by_role("button", name="Send").click()
    expect(page.get_by_text("We have it. The new date is below.")).to_be_visible()
    expect(page.get_by_text(FOLLOW_UP)).to_be_attached()


def erase(page, words):
    page.get_by_role("link", name="Erase this question").click()
    press(page, "Erase it")
    expect(page.get_by_text(ERASED)).to_be_visible()
    open_with(page, words)
    expect(page.locator("p.error")).to_have_text(re.compile(re.escape(UNKNOWN)))


def press(page, name):
    follow(page.get_by_role("button", name=name, exact=isinstance(name, str)))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_receipt_prints_at_a_press_where_scripts_run(stage, topics, scripts):
    page = stage.visitor(java_script_enabled=scripts)
    page.add_init_script("window.print = () => { document.title = 'Printed'; }")
    page.goto("/ask/")
    page.get_by_label("13 to 15").check()
    press(page, "Next")
    page.get_by_label("What's going on?").fill("help")
    press(page, "Next")
    press(page, "Send it")
    button = page.locator("[data-print]")
    expect(button).to_be_visible(visible=scripts)
    if scripts:
        button.click()
        expect(page).to_have_title("Printed")
