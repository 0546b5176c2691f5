"""Two people at one draft, in two browsers: each sees the other, the wording and the notes within ten seconds."""

import pytest
from playwright.sync_api import expect

from advisors.drafting import claiming, writing
from advisors.duty import presence as duty
from advisors.signoff import triaging
from questions.models import Question
from tests.browser.stage import DESK, follow
from tests.browser.test_axe import look
from tests.factories import NOW, PersonFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 10_000  # milliseconds
FIRST, SECOND = "Eating alone is hard.", "Eating alone at a new school is hard."
NOTE, REPLY = "Begin with what they told you.", "Like this?"


@pytest.fixture
def sam(stage):
    return PersonFactory(alias="Sam", answers_given=0)


@pytest.fixture
def ruth(stage):
    return SupervisorFactory(alias="Ruth")


@pytest.fixture
def question(sam, ruth):
    """One that Sam writes, and saved once."""
    duty.go_on(person=ruth, now=NOW)
    row = make_question(text="I moved to a new school in May and I eat lunch alone.", now=NOW)
    triaging.pass_on(question=row, version=1, summary="New school.", content_notes=[], by=ruth, now=NOW)
    claiming.claim(question=row, by=sam, version=row.version, now=NOW)
    writing.save(question=row, kind="answer", text=FIRST, details=[], base=0, by=sam, now=NOW)
    return row


@pytest.fixture
def pages(stage, sam, ruth, question):
    """Open both pages, with or without scripts: Sam's workspace, and Ruth's chair beside it."""

    def open_(*, scripts):
        advisor, supervisor = (
            stage.member(person, viewport=DESK, java_script_enabled=scripts) for person in (sam, ruth)
        )
        advisor.goto(f"/desk/{question.pk}/write/")
        supervisor.goto(f"/review/{question.pk}/beside/")
        expect(supervisor.get_by_text(FIRST)).to_be_visible()
        follow(supervisor.get_by_role("button", name="Sit down beside Sam"))
        return advisor, supervisor

    return open_


def test_within_ten_seconds_they_see_each_other_the_wording_and_the_notes(pages):
    advisor, supervisor = pages(scripts=True)
    expect(advisor.get_by_text("Ruth sits beside you. Ruth is here.")).to_be_visible(timeout=WITHIN)
    expect(supervisor.get_by_text("You sit beside Sam. Sam is here.")).to_be_visible(timeout=WITHIN)
    answer = advisor.get_by_label("Your answer")
    answer.fill(SECOND)
    expect(supervisor.get_by_text(SECOND)).to_be_visible(timeout=WITHIN)
    write(supervisor, NOTE)
    expect(advisor.get_by_text(NOTE)).to_be_visible(timeout=WITHIN)
    expect(advisor.get_by_text("There is a new note.")).to_be_visible()
    answer.fill(f"{SECOND} It says nothing bad about you.")
    write(advisor, REPLY)
    expect(supervisor.get_by_text(REPLY)).to_be_visible(timeout=WITHIN)
    expect(answer).to_have_value(f"{SECOND} It says nothing bad about you.")
    expect(advisor.get_by_label("A note on the margin")).to_have_value("")
    for page in (advisor, supervisor):
        look(page)


def test_when_the_draft_moves_on_the_page_says_so(pages, question, sam):
    _advisor, supervisor = pages(scripts=True)
    fresh = Question.objects.get(pk=question.pk)
    claiming.hand_back(question=fresh, by=sam, version=fresh.version, note="", now=NOW)
    expect(supervisor.get_by_text("Nobody is writing this answer right now.")).to_be_visible(timeout=WITHIN)
    box = supervisor.get_by_label("A note on the margin")
    box.fill(NOTE)
    supervisor.get_by_role("button", name="Send the note").click()
    expect(supervisor.get_by_text("Nobody is writing this answer right now.").last).to_be_visible()
    expect(box).to_have_value(NOTE)


def test_asking_for_somebody_leaves_the_draft_as_it_is(stage, sam, ruth, question):
    advisor = stage.member(sam, viewport=DESK)
    advisor.goto(f"/desk/{question.pk}/write/")
    advisor.get_by_label("Your answer").fill(SECOND)
    advisor.get_by_role("button", name="Ask someone to sit beside me").click()
    expect(advisor.get_by_text("You asked for somebody to sit beside you.")).to_be_visible()
    expect(advisor.get_by_label("Your answer")).to_have_value(SECOND)
    supervisor = stage.member(ruth)
    supervisor.goto("/review/")
    expect(supervisor.get_by_text("Sam asks for somebody")).to_be_visible()


def test_without_scripts_looking_again_does_the_same(pages):
    advisor, supervisor = pages(scripts=False)
    advisor.get_by_label("Your answer").fill(SECOND)
    follow(advisor.get_by_role("button", name="Save", exact=True))
    look_again(supervisor)
    expect(supervisor.get_by_text("You sit beside Sam. Sam is here.")).to_be_visible()
    expect(supervisor.get_by_text(SECOND)).to_be_visible()
    write(supervisor, NOTE, go=True)
    look_again(advisor)
    expect(advisor.get_by_text("Ruth sits beside you. Ruth is here.")).to_be_visible()
    expect(advisor.get_by_text(NOTE)).to_be_visible()
    write(advisor, REPLY, go=True)
    expect(advisor.get_by_label("Your answer")).to_have_value(SECOND)
    look_again(supervisor)
    expect(supervisor.get_by_text(REPLY)).to_be_visible()


def write(page, note, *, go=False):
    page.get_by_label("A note on the margin").fill(note)
    button = page.get_by_role("button", name="Send the note")
    follow(button) if go else button.click()


def look_again(page):
    follow(page.get_by_role("link", name="Look again"))
