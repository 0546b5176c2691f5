"""The manager's pages of the settings: as they are, refused, what a change would do, and saved."""

from collections.abc import Iterator

from playwright.sync_api import Page

from advisors.signoff.models import Wording
from questions.intake.models import RiskRule
from questions.models import Signpost, Topic
from tests.browser.acts import Act, Place, press, type_into
from tests.browser.demo import Demo

SEE = "See what this changes"
FILE = "slug,name,summary,country,min_age,max_age,channels\n"


def settings(demo: Demo) -> Iterator[Place]:
    for round_ in (limits, topics, signposts, risk, texts, keeping):
        yield from round_(demo)


def limits(demo: Demo) -> Iterator[Place]:
    at = "/manage/limits/"
    yield Place("limits", at, who="Tom")
    yield Place("limits, no number", at, type_into("Answers a working day that are sure", "many", "Save"), "Tom")
    yield Place("limits, it would close", at, closing, "Tom")
    yield Place("limits, typed again", at, then(closing, press("Change something")), "Tom")


def closing(page: Page) -> None:
    page.get_by_label("Take new questions").uncheck()
    press("Save")(page)


def then(*acts: Act) -> Act:
    def act(page: Page) -> None:
        for one in acts:
            one(page)

    return act


def topics(demo: Demo) -> Iterator[Place]:
    at, topic = "/manage/topics/", Topic.objects.get(slug="lonely")
    yield Place("topics", at, who="Tom")
    yield Place("topics, moved", at, press(f"Down : {topic.label}"), "Tom")
    yield Place("a new topic, nothing typed", f"{at}new/", press("Make the topic"), "Tom")
    yield Place("a topic", f"{at}{topic.pk}/", who="Tom")
    yield Place("a topic, in use", f"{at}{topic.pk}/", who="Tom")
    yield Place("a topic, retired", f"{at}{topic.pk}/", press("Retire it"), "Tom")
    yield Place("a topic, brought back", f"{at}{topic.pk}/", press("Bring it back"), "Tom")


def signposts(demo: Demo) -> Iterator[Place]:
    at, row = "/manage/signposts/", Signpost.objects.get(slug="999")
    yield Place("signposts", at, who="Tom")
    yield Place("signposts, some", f"{at}?stale=on&country=BE", who="Tom")
    yield Place("a new service, nothing typed", f"{at}new/", press("Save"), "Tom")
    yield Place("a service", f"{at}{row.pk}/", who="Tom")
    yield Place("a service, checked", f"{at}{row.pk}/", press("I checked it today"), "Tom")
    yield Place("a service, not taken out", f"{at}{row.pk}/", press("Take it out"), "Tom")
    yield Place("a file of services, none", f"{at}import/", press(SEE), "Tom")
    yield Place("a file of services, wrong", f"{at}import/", with_file(f"{FILE}Bad,,x,XX,1,2,fax\n"), "Tom")
    good = f"{FILE}ours,Ours,They listen.,GB,0,120,phone | 116 123\n"
    yield Place("a file of services, good", f"{at}import/", with_file(good), "Tom")


def with_file(text: str) -> Act:
    def act(page: Page) -> None:
        file = {"name": "services.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.get_by_label("The file").set_input_files(files=[file])
        press(SEE)(page)

    return act


def risk(demo: Demo) -> Iterator[Place]:
    at, red = "/manage/risk/", RiskRule.objects.filter(level="red", language="en")[0]
    yield Place("risk phrases", at, who="Tom")
    yield Place("risk phrases, tried", at, type_into("A text to try", "I will kill myself tonight.", "Try it"), "Tom")
    yield Place("a new rule, nothing typed", f"{at}new/", press("Save"), "Tom")
    yield Place("a rule", f"{at}{red.pk}/", who="Tom")
    yield Place("a rule, tried", f"{at}{red.pk}/", press("Try the text"), "Tom")
    yield Place("a rule, red no more", f"{at}{red.pk}/", type_into("Phrases, one a line", "one left", "Save"), "Tom")
    yield Place("a rule, deleted", f"{at}{red.pk}/delete/", who="Tom")


def texts(demo: Demo) -> Iterator[Place]:
    row = Wording.objects.filter(kind="holding", language="en", approver__isnull=False)[0]
    at = "/manage/texts/"
    where = f"{at}{row.kind}/{row.code}/en/"
    yield Place("message texts", at, who="Tom")
    yield Place("a new text, nothing typed", f"{at}new/", press("Send it for approval"), "Tom")
    yield Place("a text", where, who="Tom")
    yield Place(
        "a text, how it looks", where, type_into("What they read", "We **read** it.", "See how it looks"), "Tom"
    )
    yield Place("a text, written", where, type_into("What they read", "We read it.", "Send it for approval"), "Tom")
    yield Place("a text, waiting", where, who="Tom")
    yield Place("texts to check", "/review/texts/", who="Ruth")
    yield Place("texts to check, let go", "/review/texts/", press(f"Let it go : {row.label}"), "Ruth")


def keeping(demo: Demo) -> Iterator[Place]:
    at = "/manage/keeping/"
    yield Place("how long we keep", at, who="Tom")
    yield Place("how long we keep, nothing changed", at, press(SEE), "Tom")
    yield Place("how long we keep, sooner", at, type_into("Days until it is erased", "30", SEE), "Tom")
