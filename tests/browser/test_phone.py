"""The long pages of the staff on a phone: nothing stands beside the screen, and a thumb gets to their end."""

import pytest

from advisors.models import Invitation
from tests.browser.demo import Demo
from tests.browser.stage import DESK, PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

HEIGHT = "() => document.scrollingElement.scrollHeight"
CUT_OFF = "() => [...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
HEADS = "() => [...document.querySelectorAll('thead th')].map(one => one.innerText)"
SIDE_BY_SIDE = """() => [...document.querySelectorAll('tbody tr')].every(
    row => new Set([...row.cells].map(cell => cell.getBoundingClientRect().top)).size === 1)"""
ROWS, ROW = 20, 215  # of the invitations that wait, each with its two buttons
LONGEST = {"/manage/history/": 4000, "/manage/invitations/": 1100 + ROWS * ROW, "/desk/boundaries/": 3000}
"""Pixels at the width of a phone, where the whole of it is shown."""


def test_the_long_pages_are_read_on_a_phone_and_lose_nothing_at_a_desk(stage, moment, subtests):
    demo = Demo(stage, moment)
    _invite(demo, moment)
    for path, longest in LONGEST.items():
        with subtests.test(path):
            page = demo.page("Amira" if path.startswith("/desk/") else "Tom")
            page.set_viewport_size(PHONE)
            page.goto(path)
            assert page.evaluate(CUT_OFF) == 0
            assert page.evaluate(HEIGHT) <= longest
            page.set_viewport_size(DESK)
            if page.locator("table").count():
                assert len(page.evaluate(HEADS)) == 5
                assert page.evaluate(SIDE_BY_SIDE)
                assert page.get_by_role("columnheader").count() == 5


def _invite(demo, moment):
    for number in range(ROWS):
        Invitation.objects.create(
            email=f"{number}@askpeer.example",
            alias=f"Newcomer {number}",
            role="lead",
            digest=bytes([number]) * 32,
            invited_by=demo.person("Tom"),
            sent_at=moment,
            expires_at=moment.replace(year=moment.year + 1),
        )
