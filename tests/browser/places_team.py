"""How a volunteer is, the end of a turn, and somebody to turn to."""

from collections.abc import Iterator

from playwright.sync_api import Page

from advisors.duty import presence
from advisors.models import Person
from advisors.team import checking_in, supporting
from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo

WORDS = "I keep thinking about what they wrote."


def team(demo: Demo) -> Iterator[Place]:
    """Late on the walk: somebody goes on duty, so that the desk has its buttons."""
    yield Place("support, nobody on duty", "/desk/support/", who="Amira")
    presence.go_on(person=demo.person("Daniel"), now=demo.now)
    yield Place("desk, before checking in", "/desk/", who="Sam")
    yield Place("checking in", "/desk/check-in/", who="Sam")
    yield Place("checked in on a hard day", "/desk/check-in/", press("It's a hard day"), "Sam")
    yield Place("checking in again", "/desk/check-in/", who="Sam")
    yield Place("desk, untrained", "/desk/", who=_untrained(demo))
    yield Place("wrap up", "/desk/wrap-up/", who="Sam")
    yield Place("wrap up, more than a day", "/desk/wrap-up/", turn("25"), "Sam")
    yield Place("wrapped up", "/desk/wrap-up/", turn("2"), "Sam")
    checking_in.check_in(person=demo.person("Ruth"), mood="fine", now=demo.now)
    yield from _calls(demo)


def _calls(demo: Demo) -> Iterator[Place]:
    yield Place("support", "/desk/support/", who="Amira")
    yield Place("support, asked for", "/desk/support/", press("Tell them I need support"), "Amira")
    supporting.call(person=demo.person("Amira"), words=WORDS, now=demo.now)
    call = supporting.open_call(demo.person("Amira"))
    yield Place("support, on the duty page", "/review/", who="Ruth")
    yield Place("who needs somebody", "/desk/support/calls/", who="Ruth")
    yield Place("not theirs to answer", f"/desk/support/{call.pk}/", who="Sam")
    yield Place("a call", f"/desk/support/{call.pk}/", who="Ruth")
    yield Place("a call, answered", f"/desk/support/{call.pk}/", press("I'm with them"), "Ruth")
    yield Place("a call, answered by another", f"/desk/support/{call.pk}/", who="Daniel")
    yield Place("nobody needs somebody", "/desk/support/calls/", who="Daniel")


def turn(hours: str) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("Hours").fill(hours)
        press("Wrap up")(page)

    return act


def _untrained(demo: Demo) -> str:
    """Ffion, whose training ran out a year ago."""
    Person.objects.filter(alias="Ffion").update(trained_until=demo.now.date().replace(year=2025))
    return "Ffion"
