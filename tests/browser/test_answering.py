"""An advisor's day and a supervisor's: with scripts and without, with a keyboard alone, on a phone and at a desk."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.signoff import triaging
from advisors.signoff.models import Approval, Rubric
from askpeer import prose
from questions.models import Message, Question, Signpost
from tests.browser import keys
from tests.browser.stage import DESK, SMALLEST, follow
from tests.browser.test_axe import look
from tests.factories import NOW, PersonFactory, SupervisorFactory, TopicFactory, keep_on_duty, make_question

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "My best mate moved to Leeds and I eat lunch alone in the library every day."
LINE = "Eats alone since a friend moved away."
DETAILS = ["best mate moved to Leeds", "eat lunch alone"]
ANSWER = "You eat lunch alone since your best mate moved to Leeds. That is hard."
WITH_LINE = f"{ANSWER}\n\n**Kind Line**: ring 0808 2000 247 (24 hours, every day)"
SOURCE = "The site of Kind Line, read today."
FIRST = f"{ANSWER}\n\nCheer up."
COMMENT = "Say what could help instead."
MENDED = f"{ANSWER}\n\nYou could ask one person in your library if they want to sit with you."
EDITED = MENDED.replace("is hard", "is really hard")
CLAIMED = "It's yours. You can put it back in the next ten minutes without a word."
SENT = "Sent for review. A supervisor reads it next."

BOTH_WAYS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts, at a desk", "no scripts, smallest phone"])


@pytest.fixture
def topic(stage):
    """One topic, with one service to name."""
    topic = TopicFactory(label="Lonely")
    line = Signpost.objects.create(slug="line", name="Kind Line", summary="Helps.", last_verified=date(2026, 11, 3))
    line.topics.set([topic])
    line.channels.create(kind="phone", value="0808 2000 247", hours="24 hours, every day")
    return topic


@pytest.fixture
def fresh(topic):
    """Two new questions; the second came half an hour later."""
    return [make_question(text=WORDS, topic=topic, now=NOW - timedelta(minutes=late)) for late in (60, 30)]


@pytest.fixture
def ruth(stage):
    return SupervisorFactory(alias="Ruth")


@pytest.fixture
def waiting(fresh, ruth):
    """The two, passed on to the desk by a supervisor who is on duty."""
    keep_on_duty(ruth)
    for row in fresh:
        triaging.pass_on(question=row, version=1, summary=LINE, content_notes=[], by=ruth, now=NOW)
    return fresh


@pytest.fixture
def sign_in(stage, scripts):
    def member(person):
        return stage.member(person, viewport=DESK if scripts else SMALLEST, java_script_enabled=scripts)

    return member


@BOTH_WAYS
def test_an_advisor_from_checking_in_to_wrapping_up(sign_in, waiting, scripts):
    ash = PersonFactory(alias="Ash")
    page = sign_in(ash)
    check_in(page, scripts)
    take_the_next_one(page, scripts)
    write_the_answer(page, scripts)
    follow(button(page, "Send for review"))
    arrives(page, SENT, scripts)
    wrap_up(page, scripts)
    first, second = Question.objects.order_by("asked_at")
    assert (first.status, first.holder, second.status) == ("in_review", ash, "open")
    sent = DraftVersion.objects.get(draft__round__question=first, number=Draft.objects.get().number)
    assert (sent.text, sent.writer, sent.sources) == (WITH_LINE, ash, SOURCE)
    assert writing.details_of(sent) == DETAILS
    assert [(turn.minutes, turn.mood) for turn in ash.wrap_ups.all()] == [(90, "good")]


def check_in(page, scripts):
    page.goto("/desk/")
    expect(heading(page, "How are you today?")).to_be_visible()
    follow(button(page, "Fine"))
    expect(heading(page, "How are you today?")).to_have_count(0)
    cards = page.locator(".board .note")
    expect(cards.nth(0)).to_contain_text("Oldest promise that fits you")
    expect(cards.nth(1)).to_contain_text("Fits you")
    expect(cards.nth(0)).to_contain_text(LINE)
    expect(page.get_by_text(WORDS)).to_have_count(0)
    stop(page, scripts)


def take_the_next_one(page, scripts):
    follow(button(page, "Take the next one"))
    arrives(page, CLAIMED, scripts)
    expect(heading(page, "Answering: Lonely")).to_be_visible()
    expect(page.get_by_text(WORDS)).to_be_visible()


def write_the_answer(page, scripts):
    """Without scripts the service is inserted, and the checks are made, by saving."""
    page.get_by_label("Your answer").fill(ANSWER)
    for number, detail in enumerate(DETAILS, start=1):
        page.get_by_label(f"Detail {number}").fill(detail)
    page.get_by_text("Places to send them (1)").click()
    insert = button(page, "Insert Kind Line")
    insert.click() if scripts else follow(insert)
    expect(page.get_by_label("Your answer")).to_have_value(re.compile(rf"^{re.escape(WITH_LINE)}\s*$"))
    page.get_by_label("Where your facts are from").fill(SOURCE)
    if not scripts:
        follow(button(page, "Save"))
    checks = page.locator("[data-checks]")
    for said in ("Two details of theirs: 2 of 2.", "Nothing stopped by the wording check.", "A place to turn to."):
        expect(checks.get_by_text(f"Done: {said}")).to_be_visible()
    expect(checks).to_contain_text("Not yet: 100 to 350 words suit most answers")


def wrap_up(page, scripts):
    page.get_by_role("link", name="Wrap up for today").click()
    expect(page.get_by_text("Being checked")).to_be_visible()
    page.get_by_label("Hours").fill("1")
    page.get_by_label("Minutes").fill("30")
    page.get_by_label("Good").check()
    follow(button(page, "Wrap up"))
    arrives(page, "Thank you for today. See you next time.", scripts)


@BOTH_WAYS
def test_a_supervisor_from_starting_duty_until_the_answer_stands(stage, sign_in, fresh, ruth, scripts):
    sam, page = PersonFactory(alias="Sam"), sign_in(ruth)
    start_duty(page, scripts)
    triage = triage_by_keys if scripts else triage_by_buttons
    triage(page, fresh)
    question = Question.objects.get(pk=fresh[0].pk)
    assert (question.status, question.summary, question.content_notes) == ("open", LINE, ["bullying"])
    claiming.claim(question=question, by=sam, version=question.version, now=NOW)
    send(question, FIRST)
    send_back(page, scripts)
    assert status(question) == "changes_requested"
    send(question, MENDED)
    edit_a_little(page, scripts)
    assert (status(question), Message.objects.filter(kind="answer").count()) == ("in_review", 0)
    accept(sign_in(sam), scripts)
    stands(question, text=EDITED, writer=ruth, approver=sam)
    reads(stage.asker(question, java_script_enabled=scripts), EDITED)


def start_duty(page, scripts):
    page.goto("/review/")
    expect(page.get_by_text("Nobody is on duty, so advisors can't take questions right now.")).to_be_visible()
    follow(button(page, "Start duty"))
    expect(page.get_by_text("You are on duty. Advisors can take questions")).to_be_visible()


def triage_by_keys(page, fresh):
    page.goto("/review/triage/")
    follow(page.get_by_role("link", name="Read next"))
    button(page, "Single keys: off").click()
    page.keyboard.press("8")
    page.keyboard.press("s")
    page.keyboard.type(LINE)
    page.keyboard.press("Escape")
    by_key(page, "p")
    passed_on(page, fresh)
    by_key(page, "u")
    taken_back(page, fresh)
    by_key(page, "p")
    passed_on(page, fresh)


def by_key(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)


def triage_by_buttons(page, fresh):
    page.goto("/review/triage/")
    follow(page.get_by_role("link", name="Read next"))
    page.get_by_label("Bullying").check()
    page.get_by_label("One line for the desk").fill(LINE)
    follow(button(page, "Pass on to the desk"))
    passed_on(page, fresh)
    follow(button(page, "Undo"))
    taken_back(page, fresh)
    follow(button(page, "Pass on to the desk"))
    passed_on(page, fresh)


def passed_on(page, fresh):
    """The next one is here, with a way back."""
    expect(page).to_have_url(re.compile(f"/review/{fresh[1].pk}/triage/$"))
    expect(page.get_by_text("Passed on. It waits on the desk now.")).to_be_visible()
    assert [status(row) for row in fresh] == ["open", "new"]


def taken_back(page, fresh):
    """The first one again, with what was said of it."""
    expect(page).to_have_url(re.compile(f"/review/{fresh[0].pk}/triage/$"))
    expect(page.get_by_text("Taken back. No advisor can read it now.")).to_be_visible()
    expect(page.get_by_label("One line for the desk")).to_have_value(LINE)
    expect(page.get_by_label("Bullying")).to_be_checked()
    assert [status(row) for row in fresh] == ["new", "new"]


def send(question, text):
    """What the author does meanwhile."""
    row, draft = Question.objects.get(pk=question.pk), Draft.objects.filter(round__question=question).first()
    version = writing.save(
        question=row,
        kind="answer",
        text=text,
        details=DETAILS,
        base=draft.number if draft else 0,
        by=row.holder,
        now=NOW,
    )
    row = Question.objects.get(pk=question.pk)
    writing.submit(question=row, kind="answer", base=version.number, by=row.holder, version=row.version, now=NOW)


def review_next(page):
    page.goto("/review/")
    follow(button(page, "Review next"))
    expect(page.get_by_text("You are reviewing this.")).to_be_visible()


def send_back(page, scripts):
    review_next(page)
    stop(page, scripts)
    page.get_by_text("Write a comment").click()
    page.get_by_label("Where").select_option("Paragraph 2")
    page.get_by_label("Comment", exact=True).fill(COMMENT)
    follow(button(page, "Add the comment"))
    expect(page.locator("#paragraph-2")).to_contain_text(COMMENT)
    expect(button(page, "Approve exactly this wording")).to_have_count(0)
    stop(page, scripts)
    follow(button(page, "Request changes"))
    expect(page.get_by_text("Sent back to its author with your comments.")).to_be_visible()


def edit_a_little(page, scripts):
    review_next(page)
    expect(page.locator("del", has_text="Cheer up")).to_be_visible()
    stop(page, scripts)
    follow(page.get_by_role("button", name=re.compile("^Resolve the comment on paragraph 2")))
    expect(page.get_by_text("resolved by Ruth")).to_be_visible()
    page.get_by_role("link", name="Edit it myself").click()
    page.get_by_role("textbox", name="Your wording").fill(EDITED)
    follow(button(page, "Save as a new version"))
    arrives(page, "Saved as a new version. Somebody else approves it now.", scripts)


def accept(page, scripts):
    page.goto("/desk/")
    expect(page.get_by_text("A supervisor changed your wording.")).to_be_visible()
    stop(page, scripts)
    page.locator("li", has_text="A supervisor changed your wording.").get_by_role("link").click()
    expect(page.locator("ins", has_text="really")).to_be_visible()
    stop(page, scripts)
    follow(button(page, "Accept exactly this wording"))
    arrives(page, "Accepted and sent.", scripts)


def stands(question, *, text, writer, approver):
    """One answer was sent, and its one signature is somebody else's, under exactly these words."""
    message, approval = Message.objects.get(kind="answer"), Approval.objects.get(voided_at=None)
    assert (status(question), message.text, approval.version.text) == ("answered", text, text)
    assert (approval.writer, approval.approver) == (writer, approver)
    digest = prose.digest(text, key=question.key())
    assert bytes(message.digest) == bytes(approval.digest) == digest


def reads(page, text):
    page.goto("/my-question/")
    answer = page.locator(".message.advisor .note").first
    assert answer.inner_text().split("\n\n") == text.split("\n\n")


def test_with_a_keyboard_alone_an_advisor_sends_and_a_supervisor_approves(stage, waiting, ruth):
    sam, question = PersonFactory(alias="Sam", answers_given=0), waiting[0]
    claiming.claim(question=question, by=sam, version=question.version, now=NOW)
    write_by_keys(stage.member(sam, viewport=DESK), question)
    assert status(question) == "in_review"
    approve_by_keys(stage.member(ruth, viewport=DESK))
    stands(question, text=MENDED, writer=sam, approver=ruth)
    marks = Rubric.objects.get(by=ruth)
    assert (marks.safe, marks.accurate, marks.personal, marks.within_limits) == (True, True, True, True)
    assert (marks.reaction, marks.interpretation, marks.exploration) == (2, 1, 0)
    assert marks.phrase == "That is hard."


def write_by_keys(page, question):
    page.goto(f"/desk/{question.pk}/write/")
    keys.write(page, page.get_by_label("Your answer"), MENDED)
    for number, detail in enumerate(DETAILS, start=1):
        keys.write(page, page.get_by_label(f"Detail {number}"), detail)
    keys.follow(page, button(page, "Send for review"))
    expect(page.get_by_text(SENT)).to_be_visible()


def approve_by_keys(page):
    """A line of the rubric is come to with Tab, chosen with Space, and gone through with the arrows."""
    page.goto("/review/")
    keys.follow(page, button(page, "Review next"))
    for label in ("It is safe", "It is accurate"):
        keys.press(page, page.get_by_label(label), "Space")
    for line, downs in (("Reaction", 2), ("Interpretation", 1), ("Exploration", 0), ("Personal", 0), ("Within", 0)):
        keys.press(page, page.get_by_role("group", name=line).get_by_role("radio").first, "Space")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
    keys.write(page, page.get_by_label("The words that worked"), "That is hard.")
    keys.follow(page, button(page, "Approve exactly this wording"))
    expect(page.get_by_text("Approved and sent.")).to_be_visible()


def arrives(page, said, scripts):
    """On a page that says so."""
    expect(page.get_by_text(said)).to_be_visible()
    stop(page, scripts)


def stop(page, scripts):
    """A state that the walk through every page does not come to: looked at once, where a script can look."""
    if not scripts:
        return
    look(page)
    page.evaluate("() => { for (const one of document.querySelectorAll('details')) one.open = false; }")


def status(question):
    return Question.objects.get(pk=question.pk).status


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def heading(page, name):
    return page.get_by_role("heading", name=name)
