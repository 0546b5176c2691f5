"""Forty in a row: single keys on the triage page, off by default, and never while somebody types."""

import pytest
from playwright.sync_api import expect

from questions.models import Question
from tests.browser.stage import follow
from tests.factories import SupervisorFactory, make_question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def questions(stage, moment):
    return [make_question(now=moment, level="amber"), make_question(now=moment)]


@pytest.fixture
def page(stage, questions):
    page = stage.member(SupervisorFactory(alias="Ruth"))
    page.goto(f"/review/{questions[0].pk}/triage/")
    return page


def switch_on(page):
    page.get_by_role("button", name="Single keys: off").click()
    expect(page.get_by_role("button", name="Single keys: on")).to_be_visible()


def test_no_key_does_anything_until_somebody_switches_them_on(page, questions):
    for key in "gar10-spqun?":
        page.keyboard.press(key)
    expect(page.get_by_label("Suicidal thoughts")).not_to_be_checked()
    expect(page.get_by_label("Red", exact=True)).not_to_be_checked()
    assert page.url.endswith(f"/review/{questions[0].pk}/triage/")
    assert not Question.objects.filter(quarantined=True).exists()


def test_keys_choose_toggle_and_pass_on_and_u_undoes_it(page, questions):
    switch_on(page)
    page.keyboard.press("1")
    page.keyboard.press("-")
    expect(page.get_by_label("Suicidal thoughts")).to_be_checked()
    expect(page.get_by_label("Threats online")).to_be_checked()
    page.keyboard.press("1")
    expect(page.get_by_label("Suicidal thoughts")).not_to_be_checked()
    page.keyboard.press("s")
    expect(page.get_by_label("One line for the desk")).to_be_focused()
    page.keyboard.type("pass as quick")  # every letter of it is a key elsewhere
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("p")
    assert page.url.endswith(f"/review/{questions[1].pk}/triage/")
    row = Question.objects.get(pk=questions[0].pk)
    assert (row.status, row.summary, row.content_notes) == ("open", "pass as quick", ["threats online"])
    with page.expect_navigation():
        page.keyboard.press("u")
    assert page.url.endswith(f"/review/{questions[0].pk}/triage/")
    assert Question.objects.get(pk=questions[0].pk).status == "new"


def test_the_switch_is_remembered_and_goes_off_again(page, questions):
    switch_on(page)
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith(f"/review/{questions[1].pk}/triage/")
    page.get_by_role("button", name="Single keys: on").click()
    page.keyboard.press("2")
    expect(page.get_by_label("Self-harm")).not_to_be_checked()
    follow(page.get_by_role("link", name="Read next"))
    expect(page.get_by_role("button", name="Single keys: off")).to_be_visible()


def test_a_level_is_chosen_by_key_and_sent_by_enter_alone(page, questions):
    switch_on(page)
    page.keyboard.press("g")
    expect(page.get_by_label("Green", exact=True)).to_be_checked()
    expect(page.get_by_label("Why", exact=False).first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_label("Red", exact=True)).to_be_focused()
    assert Question.objects.get(pk=questions[0].pk).level == "amber"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Question.objects.get(pk=questions[0].pk).level == "red"


def test_q_sets_apart_and_lets_out_and_with_ctrl_nothing_happens(page, questions):
    switch_on(page)
    page.keyboard.press("Control+2")
    page.keyboard.press("Alt+2")
    expect(page.get_by_label("Self-harm")).not_to_be_checked()
    for apart in (True, False):
        with page.expect_navigation():
            page.keyboard.press("q")
        assert Question.objects.get(pk=questions[0].pk).quarantined is apart
    page.keyboard.press("?")
    expect(page.get_by_text("choose green, amber or red")).to_be_visible()
