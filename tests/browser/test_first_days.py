"""A newcomer's way from the invitation to the first answer that is signed, and a manager's first day: with scripts and
without, at a desk and on the smallest phone. Where scripts run, every page on the way is looked at.
"""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from advisors import consenting, inviting
from advisors.models import GuardianRequest, Invitation, Person
from advisors.signoff import triaging
from advisors.team import teaching
from askpeer.models import Closure
from questions.models import Message, Question, Topic
from questions.partners.models import Partner
from tests.browser.stage import DESK, SMALLEST, follow
from tests.browser.test_answering import ANSWER, BOTH_WAYS, DETAILS, LINE, SENT, WORDS, arrives, button, heading, reads
from tests.factories import NOW, ManagerFactory, SupervisorFactory, TopicFactory, keep_on_duty, make_question

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS, PASSWORD = "robin@askpeer.example", "violet kettle by the harbour"
TRY = "It sounds lonely to sit there on your own. What would a good lunch break look like for you?"
GOOD = "You begin with how it feels. That is just right."
CLOSED = date(2026, 12, 9)
TRACKS = ("craft", "listening", "limits")


@pytest.fixture
def opened(stage, scripts):
    """A browser of somebody's own, signed in or not."""

    def browser(person=None):
        options = {"viewport": DESK if scripts else SMALLEST, "java_script_enabled": scripts}
        return stage.member(person, **options) if person else stage.visitor(**options)

    return browser


@pytest.fixture
def tom(stage):
    return ManagerFactory(alias="Tom")


@pytest.fixture
def ruth(stage):
    return keep_on_duty(SupervisorFactory(alias="Ruth"))


@pytest.fixture
def waiting(ruth):
    """One green question that waits on the desk."""
    question = make_question(
        text=WORDS, topic=TopicFactory(label="Lonely", slug="lonely"), now=NOW - timedelta(hours=1)
    )
    triaging.pass_on(question=question, version=1, summary=LINE, content_notes=[], by=ruth, now=NOW)
    return question


@pytest.mark.parametrize(
    ("age", "scripts"), [(20, True), (15, False)], ids=["20, scripts, at a desk", "15, no scripts, smallest phone"]
)
def test_a_newcomer_from_the_invitation_to_the_first_signed_answer(stage, opened, tom, ruth, waiting, scripts, age):
    managing, reviewing, page = opened(tom), opened(ruth), opened()
    invite(managing, age, scripts)
    join(page, scripts)
    agree_and_say_who(page, scripts)
    if age < 16:
        consent(opened(), scripts)
        find_a_buddy(managing)
    else:
        record_the_checks(managing, scripts)
    keep_away(page, scripts)
    learn(page, reviewing, scripts)
    expect_nothing_missing(page, scripts)
    answer(page, waiting, scripts)
    sit_beside(reviewing, waiting)
    send(page, waiting, scripts)
    sign(reviewing, scripts)
    robin, question = Person.objects.get(email=ADDRESS), Question.objects.get(pk=waiting.pk)
    assert (question.status, Message.objects.get(kind="answer").text) == ("answered", ANSWER)
    assert (robin.answers_given, robin.probation_lifted_on) == (1, None)
    reads(stage.asker(question, java_script_enabled=scripts), ANSWER)


def invite(page, age, scripts):
    page.goto("/manage/invitations/")
    page.get_by_label("E-mail address", exact=True).fill(ADDRESS)
    page.get_by_label("Alias").fill("Robin")
    page.get_by_label("Date of birth").fill(f"{NOW.year - age}-01-20")
    if age < 16:
        page.get_by_label("Guardian's e-mail").fill("guardian@askpeer.example")
    follow(button(page, "Invite"))
    arrives(page, "Robin is invited.", scripts)


def join(page, scripts):
    page.goto(f"/invitation/{inviting.token_of(Invitation.objects.get())}/")
    page.get_by_label("address").fill(ADDRESS)
    page.get_by_label("password").fill(PASSWORD)
    follow(button(page, "Join"))
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    follow(button(page, "Sign in"))
    expect(heading(page, "Welcome, Robin")).to_be_visible()


def agree_and_say_who(page, scripts):
    page.goto("/desk/agreement/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    follow(button(page, "I agree to all six"))
    arrives(page, "Thank you. You agreed to how we work here.", scripts)
    page.goto("/desk/profile/")
    page.get_by_label("A line about you").fill("Cats, climbing, and long bus rides.")
    follow(button(page, "Save"))
    arrives(page, "Saved. This is how the team sees you.", scripts)


def consent(page, scripts):
    page.goto(f"/guardian/{consenting.token_of(GuardianRequest.objects.get())}/")
    follow(button(page, "Yes, they may"))
    expect(heading(page, "You said yes")).to_be_visible()


def find_a_buddy(page):
    page.goto(f"/manage/people/{Person.objects.get(email=ADDRESS).pk}/")
    page.get_by_text("Change languages, school or buddy").click()
    page.locator("[name=buddy]").select_option(label="Ruth")
    follow(button(page, "Save languages, school and buddy"))


def record_the_checks(page, scripts):
    page.goto(f"/manage/people/{Person.objects.get(email=ADDRESS).pk}/")
    page.get_by_text("Record checks").click()
    page.get_by_label("Which checks did you see?").fill("Enhanced check, two references")
    page.get_by_label("Seen on", exact=True).fill(f"{NOW:%Y-%m-%d}")
    follow(button(page, "Save the checks"))
    expect(page.get_by_text("Enhanced check, two references").first).to_be_visible()


def keep_away(page, scripts):
    page.goto("/desk/boundaries/")
    page.get_by_role("group", name="Lonely").get_by_label("Fine").check()
    follow(button(page, "Save"))


def learn(page, reviewing, scripts):
    """Every unit of the three tracks: one's own answer first, then ours, then what somebody says of it."""
    for track in TRACKS:
        for unit in teaching.course(track).units:
            page.goto(f"/desk/training/{track}/{unit.slug}/")
            expect(heading(page, "How we would have done it")).to_have_count(0)
            page.get_by_role("textbox").first.fill(TRY)
            follow(button(page, "Send my answer"))
            expect(heading(page, "How we would have done it")).to_be_visible()
            say_what_works(reviewing)
    reviewing.goto("/review/training/")
    for _ in TRACKS:
        follow(reviewing.get_by_role("button", name="Pass this track").first)
    arrives(reviewing, "Robin has passed", scripts)
    page.goto("/desk/training/")
    arrives(page, "You have passed all three, until", scripts)


def say_what_works(page):
    page.goto("/review/training/")
    follow(page.get_by_role("link", name="Read it").first)
    page.get_by_role("textbox").first.fill(GOOD)
    page.get_by_label("Good enough").check()
    follow(button(page, "Send my feedback"))


def expect_nothing_missing(page, scripts):
    page.goto("/desk/welcome/")
    arrives(page, "You have all you need.", scripts)


def answer(page, question, scripts):
    page.goto("/desk/")
    follow(button(page, "Fine"))
    follow(button(page, "Take the next one"))
    page.get_by_label("Your answer").fill(ANSWER)
    for number, detail in enumerate(DETAILS, start=1):
        page.get_by_label(f"Detail {number}").fill(detail)
    follow(button(page, "Save"))


def sit_beside(page, question):
    page.goto(f"/review/{question.pk}/beside/")
    follow(button(page, "Sit down beside Robin"))


def send(page, question, scripts):
    page.goto(f"/desk/{question.pk}/write/")
    follow(button(page, "Send for review"))
    arrives(page, SENT, scripts)


def sign(page, scripts):
    page.goto("/review/")
    follow(button(page, "Review next"))
    for label in ("It is safe", "It is accurate"):
        page.get_by_label(label).check()
    for line in ("Reaction", "Interpretation", "Exploration", "Personal", "Within"):
        page.get_by_role("group", name=line).get_by_role("radio").first.check()
    page.get_by_label("The words that worked").fill("That is hard.")
    follow(button(page, "Approve exactly this wording"))
    arrives(page, "Approved and sent.", scripts)


@BOTH_WAYS
def test_a_managers_first_day(opened, tom, scripts, calendar):
    page = opened(tom)
    page.goto("/manage/")
    expect(page.get_by_role("heading", name="Monday", exact=True, level=1)).to_be_visible()
    close_a_day(page, scripts)
    make_a_topic(page, scripts)
    invite(page, 20, scripts)
    change_who_they_are(page, scripts)
    make_a_partner(page, scripts)
    assert list(Closure.objects.values_list("first_day", "last_day")) == [(CLOSED, CLOSED)]
    assert list(Topic.objects.values_list("slug", "label", "keywords")) == [("cats", "Cats", ["kitten", "paws"])]
    assert [one.alias for one in Invitation.objects.all()] == ["Robin"]
    assert Person.objects.get(pk=tom.pk).alias == "Thomas"
    partner = Partner.objects.get()
    assert (partner.name, [key.scopes for key in partner.keys.all()]) == ("Hilltop Club", [["publish"]])


def close_a_day(page, scripts):
    page.goto("/manage/hours/close/")
    page.locator("[name=first_day]").fill(f"{CLOSED}")
    page.locator("[name=last_day]").fill(f"{CLOSED}")
    page.locator("[name=reason]").fill("The building is painted.")
    page.locator("[name=why]").first.check()
    follow(button(page, "See what this changes"))
    expect(heading(page, "What this changes")).to_be_visible()
    follow(button(page, "Save the hours"))
    arrives(page, "Saved", scripts)


def make_a_topic(page, scripts):
    page.goto("/manage/topics/new/")
    for name, text in (("label", "Cats"), ("slug", "cats"), ("keywords", "kitten, paws")):
        page.locator(f"[name={name}]").fill(text)
    follow(button(page, "Make the topic"))
    expect(page.get_by_role("link", name="Cats", exact=True)).to_be_visible()


def change_who_they_are(page, scripts):
    page.goto("/manage/people/")
    page.get_by_role("link", name="Tom").first.click()
    page.get_by_text("Change alias or address").click()
    page.get_by_label("Alias").fill("Thomas")
    follow(button(page, "Save who they are"))
    expect(heading(page, "Thomas")).to_be_visible()


def make_a_partner(page, scripts):
    page.goto("/manage/partners/new/")
    page.get_by_label("Name", exact=True).fill("Hilltop Club")
    page.get_by_label("A club or youth service").check()
    follow(button(page, "Make this partner"))
    page.goto(f"/manage/partners/{Partner.objects.get().pk}/keys/")
    page.locator("[value=publish]").check()
    follow(button(page, "Make the key"))
    expect(page.get_by_text("ap_").first).to_be_visible()
    follow(button(page, "I have copied it"))
