"""Writing in a browser: the checks follow the typing, services go in at the cursor, and the desk closes at night."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from advisors import roles
from advisors.drafting import claiming
from advisors.drafting.models import Draft, DraftVersion
from questions import moves, states
from questions.models import Message, Question, Signpost
from tests.browser.stage import DESK, SMALLEST, follow
from tests.browser.test_axe import AXE, RUN, TAGS
from tests.factories import NOW, PersonFactory, SupervisorFactory, TopicFactory, keep_on_duty, make_question

pytestmark = pytest.mark.django_db(transaction=True)

BLOCKED = "It stays just between us."
LINE = "**Kind Line**: ring 0808 2000 247 (24 hours, every day)"
FOCUSED = "() => document.activeElement.id"
WIDTH = "() => document.scrollingElement.scrollWidth"


@pytest.fixture
def claimed(stage):
    """A question with one service to name, and who holds it."""
    ruth, topic = keep_on_duty(SupervisorFactory(alias="Ruth")), TopicFactory()
    line = Signpost.objects.create(slug="line", name="Kind Line", summary="Helps.", last_verified=date(2026, 11, 3))
    line.topics.set([topic])
    line.channels.create(kind="phone", value="0808 2000 247", hours="24 hours, every day")

    def claim(person):
        question = make_question(text="I eat lunch alone and my mum is sad.", topic=topic, now=NOW)
        Message.objects.filter(round__question=question).update(passed_at=NOW)
        moves.move(question, states.OPEN, by=roles.supervisor(ruth), now=NOW)
        claiming.claim(question=question, by=person, version=question.version, now=NOW)
        return f"/desk/{question.pk}/write/"

    return claim


def test_the_checks_follow_the_typing_and_one_line_is_said(stage, claimed):
    sam = PersonFactory()
    page = stage.member(sam, viewport=DESK)
    page.goto(claimed(sam))
    page.get_by_label("Your answer").press_sequentially(BLOCKED)
    expect(page.locator("[data-summary]")).to_have_text("1 of 5 checks done. The wording check stops it.")
    expect(page.locator("[data-checks]")).to_contain_text("“just between us”")
    expect(page.locator("[data-saved]")).to_have_text("Saved 11:00")
    reason = page.get_by_label("These words are right here")
    expect(reason).to_be_visible()
    page.get_by_label("Your answer").fill("Hi.")
    expect(reason).to_be_hidden()
    expect(page.locator("[data-version]")).to_have_text(", version 2")


def test_stopped_words_go_on_to_the_supervisor_with_a_reason(stage, claimed):
    sam = PersonFactory()
    page = stage.member(sam, viewport=DESK)
    page.goto(claimed(sam))
    page.get_by_label("Your answer").fill(BLOCKED)
    page.get_by_label("Detail 1").fill("eat lunch alone")
    page.get_by_label("Detail 2").fill("my mum")
    page.get_by_label("These words are right here").fill("Their own words.")
    follow(page.get_by_role("button", name="Send for review"))
    expect(page.get_by_text("Sent for review.")).to_be_visible()
    assert Draft.objects.get().insisted == "Their own words."


def test_a_service_goes_in_where_the_cursor_stands(stage, claimed):
    sam = PersonFactory()
    page = stage.member(sam, viewport=DESK)
    page.goto(claimed(sam))
    box = page.get_by_label("Your answer")
    box.fill("One.\n\nTwo.")
    box.evaluate("box => box.setSelectionRange(4, 4)")
    page.get_by_text("Places to send them (1)").click()
    expect(page.get_by_text("Checked on 3 November")).to_be_visible()
    page.get_by_role("button", name="Insert Kind Line").click()
    expect(box).to_have_value(f"One.\n\n{LINE}\n\nTwo.")
    assert page.evaluate(FOCUSED) == "id_text"
    page.keyboard.type("Here")
    expect(box).to_have_value(f"One.\n\n{LINE}\n\nHereTwo.")


def test_without_scripts_the_line_is_saved_at_the_end_and_the_box_has_the_focus(stage, claimed):
    sam = PersonFactory()
    page = stage.member(sam, viewport=SMALLEST, java_script_enabled=False)
    page.goto(claimed(sam))
    page.get_by_label("Your answer").fill("One.")
    page.get_by_text("Places to send them (1)").click()
    follow(page.get_by_role("button", name="Insert Kind Line"))
    expect(page.get_by_label("Your answer")).to_have_value(f"One.\n\n{LINE}")
    expect(page.get_by_label("Your answer")).to_be_focused()


def test_at_nine_the_desk_of_somebody_under_18_closes_and_no_word_is_gone(stage, claimed):
    kim = PersonFactory(born_on=date(2010, 3, 1))
    path = claimed(kim)
    with time_machine.travel(datetime(2026, 11, 16, 20, 59, 50, tzinfo=UTC)) as clock:
        page = stage.member(kim, viewport=DESK)
        page.goto(path)
        clock.shift(timedelta(minutes=1))
        box = page.get_by_label("Your answer")
        box.fill("Typed as it struck nine.")
        said = page.locator("[data-saved]")
        expect(said).to_contain_text("writing is closed until 7 in the morning. What you wrote is saved.")
        expect(box).not_to_be_editable()
        expect(box).to_have_value("Typed as it struck nine.")
    assert [row.text for row in DraftVersion.objects.all()] == ["Typed as it struck nine."]


@pytest.mark.parametrize("viewport", [SMALLEST, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_on_the_page_at_once_has_no_violation_and_fits(stage, claimed, viewport, scheme):
    sam = PersonFactory()
    page = stage.member(sam, viewport=viewport, color_scheme=scheme)
    page.goto(claimed(sam))
    page.get_by_label("Your answer").fill(
        f"{BLOCKED} When I was your age. Calm down. He committed suicide. https://elsewhere.example 07700 900123"
    )
    page.get_by_label("Detail 1").fill("my dad")
    expect(page.locator("[data-checks]")).to_contain_text("You speak of yourself:")
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.evaluate(AXE)
    assert page.evaluate(RUN, [TAGS, False]) == []
    assert page.evaluate(WIDTH) <= viewport["width"]
    assert Question.objects.get().status == "in_progress"
