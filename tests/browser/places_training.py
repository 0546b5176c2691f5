"""Learning: the tracks, a unit before and after one's own attempt, and what a reviewer says of it."""

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page

from advisors.models import Person
from advisors.team import practising
from advisors.team.models import Attempt
from tests.browser.acts import Act, Place, press
from tests.browser.demo import Demo

LISTEN = "/desk/training/listening"


def training(demo: Demo) -> Iterator[Place]:
    attempt = f"/review/training/{Attempt.objects.get(feedback_at=None).pk}/"
    yield Place("training", "/desk/training/", who="Sam")
    yield Place("training, of a supervisor", "/desk/training/", who="Ruth")
    yield Place("a unit, not tried yet", f"{LISTEN}/no-blame/", who="Ruth")
    yield Place("a unit, nothing written", f"{LISTEN}/no-blame/", press("Send my answer"), "Ruth")
    yield Place("a unit, to try once more", f"{LISTEN}/open-questions/", who="Sam")
    yield Place("a unit, good enough", f"{LISTEN}/endings/", who="Sam")
    yield Place("a unit, waiting for feedback", "/desk/training/limits/can-and-cannot/", who="Sam")
    yield Place("training to read", "/review/training/", who="Daniel")
    yield Place("an attempt", attempt, who="Daniel")
    yield Place("an attempt, nothing said", attempt, press("Send my feedback"), "Daniel")
    yield Place("an attempt, somebody was first", attempt, too_late(demo), "Daniel")
    yield Place("a track passed", "/review/training/", pass_her, "Daniel")
    yield Place("nothing to read", "/review/training/", who="Daniel")
    yield Place("training, near its end", "/desk/training/", who=_near_the_end(demo))


def too_late(demo: Demo) -> Act:
    def act(page: Page) -> None:
        page.get_by_label("Your feedback").fill("I like the honest line.")
        page.get_by_label("Good enough").check()
        row = Attempt.objects.select_related("person").get(feedback_at=None)
        practising.mark(attempt=row, words="Warm.", good=True, by=demo.person("Ruth"), now=demo.now)
        press("Send my feedback")(page)

    return act


def pass_her(page: Page) -> None:
    press("Pass this track : Ruth, Research and software")(page)


def _near_the_end(demo: Demo) -> str:
    """Callum, whose training ends in twelve days; later pages ask nothing of it."""
    until = (demo.now + timedelta(days=12)).date()
    Person.objects.filter(alias="Callum").update(trained_until=until)
    return "Callum"
