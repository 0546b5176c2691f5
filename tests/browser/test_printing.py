"""An answer on paper: whom to ring, its words, its note and its address, dark on white, and nothing to press."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.questions.publication.shelf import published

pytestmark = pytest.mark.django_db(transaction=True)
THERE = [".crisis", ".sheet h1", ".note.amber", ".message.asker", ".message.advisor", ".on-paper"]
AWAY = [".top", ".foot", "[data-print]", "main > .row", ".links"]
COLOURS = "() => [getComputedStyle(document.documentElement), getComputedStyle(document.querySelector('.sheet h1'))]"
COLOURS += ".map((style, at) => at ? style.color : style.backgroundColor)"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_answer_prints_dark_on_white_without_what_is_to_be_pressed(stage, calendar, theme):
    asked = NOW - timedelta(days=30)
    topic = published(title="Dinner", content_note="eating", asked=asked, now=NOW - timedelta(days=9)).topic
    published(title="Lunch", topic=topic, content_note="eating", asked=asked, now=NOW - timedelta(days=9))
    page = stage.visitor(color_scheme=theme)
    page.goto("/library/lunch/")
    on_screen = [page.locator(one).first.is_visible() for one in ["[data-print]", ".crisis", ".on-paper"]]
    page.emulate_media(media="print")
    assert on_screen == [True, True, False]
    assert [one for one in THERE if not page.locator(one).first.is_visible()] == []
    assert [one for one in AWAY if page.locator(one).first.is_visible()] == []
    assert page.evaluate(COLOURS) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
