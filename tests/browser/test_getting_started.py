"""The page that leads a partner from a key to a first answer: read on a phone, and in one's own language alone."""

import pytest

from tests.browser.shape import too_small
from tests.browser.test_axe import look

pytestmark = pytest.mark.django_db(transaction=True)
START = "/api/v1/docs/start/"


def test_it_is_open_to_everybody_and_so_is_the_page_it_belongs_to(stage):
    page = stage.visitor()
    for path in (START, "/api/v1/docs/"):
        page.goto(path)
        assert too_small(page) == []
        look(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_language_can_be_read_alone(stage, scripts):
    page = stage.visitor(java_script_enabled=scripts)
    page.goto(START)
    captions = page.locator("figcaption:visible")
    every = captions.all_inner_texts()
    page.get_by_role("radio", name="Python").check()
    python, data = ["Python"], ["JSON"]
    assert captions.all_inner_texts() == ["HTML", "HTML", "Shell", *python * 5, *data, *python * 2, *data, *python * 2]
    page.get_by_role("radio", name="All three").check()
    assert captions.all_inner_texts() == every
