"""The safeguarding log, what stays closed without a reason, and what an advisor raises."""

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page

from advisors.safeguarding import raising, recording
from advisors.safeguarding.models import Concern
from questions.models import Question
from tests.browser.acts import Act, Place, press, submit
from tests.browser.demo import Demo
from tests.browser.stage import follow
from tests.factories import make_question

ENTRY = {
    "words": "He has a key.",
    "nature": "fact",
    "level": "red",
    "decision": "Her aunt is asked to come.",
    "ground": "child",
    "told": "Her aunt.",
}
CASES = "/review/safeguarding/"
OF_MANAGER = "/manage/safeguarding/"


def safeguarding(demo: Demo) -> Iterator[Place]:
    case = _happened(demo)
    yield from log(demo, case)
    yield from behind_glass(demo, case)
    yield from concerns(demo)


def _happened(demo: Demo) -> Question:
    """A case whose check is overdue, and one that nobody looks at again."""
    lead, before = demo.person("Grace"), demo.now - timedelta(hours=2)
    case = make_question(now=before, email="kim@askpeer.example", level="red")
    check = demo.now - timedelta(hours=1)
    recording.record(question=case, next_check_at=check, by=lead, now=before, **ENTRY)
    other = make_question(now=before)
    recording.record(question=other, next_check_at=None, by=demo.person("Ruth"), now=before, **ENTRY)
    return case


def log(demo: Demo, case: Question) -> Iterator[Place]:
    yield Place("safeguarding", CASES, who="Grace")
    yield Place("safeguarding, overdue on the duty page", "/review/", who="Grace")
    yield Place("safeguarding, a case", f"{CASES}{case.pk}/", who="Grace")
    yield Place("safeguarding, an empty entry", f"{CASES}{case.pk}/", press("Write it in the log"), "Grace")
    yield Place("safeguarding, how long", f"{CASES}{case.pk}/", no_reason, "Grace")
    yield Place("safeguarding, a supervisor's own entries", f"{CASES}{case.pk}/", who="Ruth")
    yield Place("safeguarding, the first entry", f"{CASES}{make_question(now=demo.now).pk}/", who="Ruth")
    about_staff = demo.question("new", about_staff=True)
    yield Place("safeguarding, not open to them", f"{CASES}{about_staff.pk}/", who="Ruth")
    yield Place("safeguarding, about whom", f"{CASES}{about_staff.pk}/person/", who="Grace")
    yield Place("safeguarding, about nobody", f"{CASES}{about_staff.pk}/person/", press("Keep it from them"), "Grace")
    theirs = make_question(text="She shut the door.", now=demo.now, about_staff=True, about_lead=True)
    yield Place("safeguarding, about the lead", f"/review/{theirs.pk}/triage/", who="Agnes")
    yield Place("safeguarding, a case about the lead", f"{CASES}{theirs.pk}/", who="Agnes")
    yield Place("safeguarding, a case about the lead, not open to her", f"{CASES}{theirs.pk}/", who="Grace")
    yield Place("safeguarding, a manager's", OF_MANAGER, who="Tom")
    yield Place("safeguarding, a manager's case", f"{OF_MANAGER}{case.pk}/", who="Tom")


def behind_glass(demo: Demo, case: Question) -> Iterator[Place]:
    for what, path, who in (("contact", f"{CASES}{case.pk}/contact/", "Grace"), ("question", _whole(case), "Tom")):
        yield Place(f"glass, {what}", path, who=who)
        yield Place(f"glass, {what}, no reason", path, press("Open it, and tell a second person"), who)
        yield Place(f"glass, {what}, broken", path, reason, who)
        yield Place(f"glass, {what}, shown", path, shown, who)
    yield Place("glass, told of it", OF_MANAGER, who="Tom")


def _whole(case: Question) -> str:
    return f"{OF_MANAGER}{case.pk}/question/"


def no_reason(page: Page) -> None:
    page.get_by_text("How long it stays, and why").click()
    page.get_by_label("Why this has to stay").fill("")
    submit("/keep/")(page)


def reason(page: Page) -> None:
    page.get_by_label("Why you need to see this").fill("The police ask.")
    press("Open it, and tell a second person")(page)


def shown(page: Page) -> None:
    reason(page)
    press("Show it now, once")(page)


def concerns(demo: Demo) -> Iterator[Place]:
    write = f"/desk/{demo.question('in_progress', 'Sam').pk}/write/"
    yield Place(
        "concern, nothing written", write, raised("I'm worried about somebody's safety", "Tell a supervisor"), "Sam"
    )
    abusive = make_question(now=demo.now, status="in_progress", holder=demo.person("Sam"))
    raising.raise_concern(
        question=abusive,
        kind=Concern.Kind.ABUSIVE,
        words="",
        by=demo.person("Sam"),
        now=demo.now,
        version=abusive.version,
    )
    yield Place("concern, words folded away", f"/review/{abusive.pk}/triage/", who="Ruth")
    yield Place("concern, on the duty page", "/review/", who="Ruth")


def raised(kind: str, button: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_text(kind, exact=True).click()
        follow(page.get_by_role("button", name=button, exact=True))

    return act
