"""Coming and going: a guardian's yes, the steps of a newcomer, how we work here, a profile, a last day."""

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page

from advisors import consenting
from advisors.models import GuardianRequest, Person
from tests.browser.acts import Act, Place, press, type_into
from tests.browser.demo import Demo


def joining(demo: Demo) -> Iterator[Place]:
    """Theo is new, and fifteen."""
    young = demo.now.date().replace(day=1) - timedelta(days=15 * 366)
    Person.objects.filter(alias="Theo").update(
        born_on=young, guardian_consent_on=None, agreed_on=None, agreed_to="", trained_until=None
    )
    yield from _guardian(demo)
    yield Place("welcome, all to do", "/desk/welcome/", who="Theo")
    yield Place("desk, something missing", "/desk/", who="Theo")
    yield Place("agreement", "/desk/agreement/", who="Theo")
    yield Place("agreement, nothing ticked", "/desk/agreement/", press("I agree to all six"), "Theo")
    yield Place("agreement, agreed", "/desk/agreement/", all_six, "Theo")
    yield Place("agreement, agreed before", "/desk/agreement/", who="Amira")
    yield Place("welcome, all done", "/desk/welcome/", who="Amira")
    yield Place("welcome of a supervisor", "/desk/welcome/", who="Ruth")
    yield Place("profile", "/desk/profile/", who="Amira")
    yield Place("profile of the manager", "/desk/profile/", who="Tom")
    wrong = type_into("A line about you (optional)", "Write to amira@example.org", "Save")
    yield Place("profile, with an address", "/desk/profile/", wrong, "Amira")
    yield Place("leaving", "/desk/leaving/", who="Amira")
    yield Place("leaving, no day", "/desk/leaving/", press("This is my last day"), "Amira")
    yield Place("leaving, said", "/desk/leaving/", who="Ffion")
    yield Place("leaving, staying after all", "/desk/leaving/", press("I'm staying after all"), "Ffion")


def _guardian(demo: Demo) -> Iterator[Place]:
    request = _ask(demo)
    path = f"/guardian/{consenting.token_of(request)}/"
    yield Place("guardian", path)
    yield Place("guardian, somebody is signed in", path, who="Sam")
    yield Place("guardian, nothing to answer", "/guardian/none/")
    yield Place("guardian, yes", path, press("Yes, they may"))
    yield Place("guardian, taken back", path, press("Take my yes back"))


def _ask(demo: Demo) -> GuardianRequest:
    theo = demo.person("Theo")
    return consenting.ask_again(person=theo, email="mum@example.org", by=demo.person("Tom"), now=demo.now)


def all_six(page: Page) -> None:
    for box in page.get_by_role("checkbox").all():
        box.check()
    agree: Act = press("I agree to all six")
    agree(page)
