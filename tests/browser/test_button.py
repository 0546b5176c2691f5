"""A partner's page with our button and search box on it, in a browser."""

import pytest
from playwright.sync_api import expect

from questions.partners import looks
from questions.partners.models import Partner
from tests.browser.stage import follow

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "https://www.rookery.example/help/"
PURPLE = "rgb(90, 30, 140)"


@pytest.fixture
def partners_page(stage, settings):
    """A visitor on the partner's own page, and what was asked of us so far."""
    settings.SITE_URL = stage.url
    partner = Partner.objects.create(
        name="Rookery", slug="rookery", origins=["https://www.rookery.example"], colour="#5a1e8c"
    )
    lines = "".join(snippet.html for snippet in looks.snippets(partner))
    stage.stand_in = PAGE
    stage.stand_in_page = f'<!doctype html><meta name="referrer" content="no-referrer"><title>Help</title>{lines}'
    page = stage.visitor()
    page.goto(PAGE)
    return page


def test_nothing_is_asked_of_us_before_somebody_presses_and_then_the_ask_page_is_in_its_look(stage, partners_page):
    assert [request.url for request in stage.load] == [PAGE]
    follow(partners_page.get_by_role("link", name="Ask a question"))
    assert partners_page.url == f"{stage.url}/ask/?from=rookery"
    expect(partners_page.get_by_text("You came here from Rookery. They can't see what you write.")).to_be_visible()
    expect(partners_page.get_by_role("button", name="Next")).to_have_css("background-color", PURPLE)


def test_the_search_box_leads_to_the_library(stage, partners_page):
    partners_page.get_by_label("Search the answers").fill("lunch")
    follow(partners_page.get_by_role("button", name="Search"))
    assert partners_page.url == f"{stage.url}/library/?q=lunch"


def test_from_another_site_the_ask_page_is_ours(stage, partners_page):
    Partner.objects.update(origins=["https://rookery.example"])
    follow(partners_page.get_by_role("link", name="Ask a question"))
    expect(partners_page.get_by_role("heading", name="First, a little about you")).to_be_visible()
    assert partners_page.get_by_text("You came here from").count() == 0
