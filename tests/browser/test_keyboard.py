"""Everything an asker can do, with Tab, Enter, Space and the arrows alone; and the focus is seen at every stop."""

import pytest
from playwright.sync_api import expect

from config.demo import reference
from questions.intake.context import WEATHER
from questions.models import Feedback, Message, SafetyReport
from questions.publication.models import Consent
from tests.browser import keys
from tests.browser.rows import ANSWER, asked_back, with_answer

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_is_asked_and_opened(stage):
    reference.seed_topics()
    page = stage.visitor()
    page.goto("/")
    keys.follow(page, link(page, "Ask a question"))
    keys.follow(page, link(page, "Go on"))
    say_a_little(page)
    say_it(page)
    keys.follow(page, button(page, "Send it"))
    words = " ".join(page.locator("#words li").all_inner_texts())
    keys.follow(page, button(page, "I've saved it"))
    keys.follow(page, link(page, "Open my question"))
    keys.write(page, page.get_by_label("Your six words").first, words)
    keys.follow(page, button(page, "Open"))
    expect(page.get_by_text("We've got your question. We promised you an answer by")).to_be_visible()
    expect(page.get_by_text("Sad")).to_be_visible()


def say_a_little(page):
    """A choice of one is stepped through with the arrows, a list is opened by typing, a box is ticked with Space."""
    keys.tab_to(page, page.get_by_label("Under 11"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    keys.write(page, page.get_by_label("Where do you live?"), "Wal")
    keys.press(page, page.get_by_label("Ideas to try"), "Space")
    keys.follow(page, button(page, "Next"))


def say_it(page):
    keys.write(page, page.get_by_label("What's going on?"), "help")
    keys.press(page, summary(page, "Words too hard? Use cards"))
    keys.press(page, page.get_by_label("Sad", exact=True), "Space")
    keys.press(page, summary(page, "Or say what happened, step by step"))
    keys.write(page, page.get_by_label("First", exact=True), "We moved.")
    keys.follow(page, button(page, "Next"))


def test_a_question_of_ours_is_replied_to(stage):
    page = stage.asker(asked_back())
    page.goto("/my-question/")
    keys.write(page, page.get_by_label("Your reply"), "Year nine.")
    keys.follow(page, button(page, "Send reply"))
    expect(page.get_by_text("Thank you. We have your reply.")).to_be_visible()


def test_an_answer_is_spoken_of_shared_printed_followed_up_and_erased(stage):
    page = stage.asker(with_answer())
    page.goto("/my-question/")
    give_feedback(page)
    share_and_report(page)
    make_a_sheet(page)
    write_back(page)
    keys.follow(page, link(page, "Erase this question"))
    keys.follow(page, button(page, "Erase it"))
    expect(page.get_by_text("Your question has been erased. We can't get it back.")).to_be_visible()


def give_feedback(page):
    keys.press(page, summary(page, "Tell us how the answer was"))
    keys.press(page, page.get_by_role("group", name="Did you feel heard?").get_by_label("Yes"), "Space")
    keys.write(page, page.get_by_label("Anything you want to say about it"), "Kind.")
    keys.follow(page, page.locator("form[action$='/feedback/'] button"))
    assert Feedback.objects.get().felt_heard is True
    assert Feedback.objects.get().words == "Kind."


def share_and_report(page):
    keys.press(page, summary(page, "Could it help someone else?"))
    keys.tab_to(page, page.get_by_label("Show me first"))
    page.keyboard.press("ArrowDown")
    keys.follow(page, button(page, "Save my choice"))
    assert Consent.objects.get().choice == "yes"
    keys.press(page, summary(page, "Something wrong with this answer?"))
    keys.write(page, page.get_by_label("What is wrong with it?"), "There is no art club.")
    keys.follow(page, button(page, "Tell a supervisor"))
    assert SafetyReport.objects.get().words == "There is no art club."


def make_a_sheet(page):
    keys.follow(page, link(page, "Make a sheet to talk about it"))
    sheet = page.get_by_label("What the sheet will say")
    keys.tab_to(page, sheet)
    page.keyboard.press("Control+A")
    page.keyboard.type("I eat alone.")
    keys.follow(page, button(page, "Make the sheet"))
    expect(page.locator("article.sheet")).to_have_text("I eat alone.")
    keys.follow(page, link(page, "Back"))


def write_back(page):
    keys.press(page, summary(page, "Write back"))
    keys.write(page, page.get_by_label("What would you like to add or ask?"), "Thank you.")
    keys.press(page, page.get_by_label("I'd like someone else to answer this time"), "Space")
    keys.follow(page, page.locator("form[action$='/follow-up/'] button"))
    assert Message.objects.get(kind=Message.Kind.FOLLOW_UP).text == "Thank you."


def test_three_times_shift_leaves_from_a_page_that_was_only_read(stage):
    stage.stand_in = WEATHER
    page = stage.asker(with_answer())
    page.goto("/my-question/")
    keys.tab_to(page, summary(page, "Write back"))
    for _ in range(3):
        page.keyboard.press("Shift")
    expect(page).to_have_title("Elsewhere")
    page.goto("/my-question/")
    expect(page.get_by_text(ANSWER)).to_have_count(0)


def link(page, name):
    return page.get_by_role("link", name=name, exact=True)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def summary(page, text):
    return page.locator("summary", has_text=text)
