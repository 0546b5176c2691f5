"""The page docs/start/: the guide of the repository, read on the service."""

import html
import re
import shutil

import pytest
from markdown_it import MarkdownIt

from tests.questions.partners import guide

pytestmark = pytest.mark.django_db
START = "/api/v1/docs/start/"


@pytest.fixture
def page(client, calendar, settings):
    settings.SITE_URL = "https://notes.example"
    return client.get(START).content.decode()


def test_it_has_every_block_of_the_guide_with_the_address_of_the_service(page):
    shown = [html.unescape(text) for text in re.findall(r"<pre [^>]*><code>(.*?)</code></pre>", page, re.DOTALL)]
    written = [text for _, text in guide.fences()]
    assert shown == [text.replace("http://localhost:8000", "https://notes.example") for text in written]
    assert "export ASKPEER_URL=https://notes.example\nexport PARTNER_KEY=ap_…\n" in shown
    assert re.findall("localhost", page) == []


def test_what_looks_like_html_in_the_guide_is_shown_and_not_obeyed(page):
    assert re.findall(r"<(form|iframe|script|style|img)\b| style=| on\w+=", page) == []
    assert "&lt;form action=" in page


def test_each_section_has_an_anchor_and_the_contents_lead_to_every_one(page):
    tokens = MarkdownIt("commonmark").parse(guide.GUIDE.read_text())
    sections = [
        tokens[at + 1].content for at, one in enumerate(tokens) if one.type == "heading_open" and one.tag == "h2"
    ]
    headings = re.findall(r'<h2 id="([a-z-]+)">(.*?)</h2>', page)
    assert [html.unescape(text) for _, text in headings] == sections
    assert re.findall(r'<li><a href="#([a-z-]+)">(.*?)</a></li>', page) == [
        (anchor, text.replace("'", "&#x27;")) for anchor, text in headings
    ]
    assert [int(level) for level in re.findall(r"<h(\d)", page)] == [1, *[2] * len(sections)]


def test_it_and_the_page_of_every_endpoint_lead_to_each_other(client, calendar, page):
    assert re.findall(r'href="(/[^"]*/start/)"', client.get("/api/v1/docs/").content.decode()) == [START]
    assert re.findall(r'href="(/api[^"]*)"', page) == ["/api/v1/docs/", "/api/v1/docs/"]


def test_it_says_that_it_is_in_english_whatever_the_browser_asks_for(client, calendar, dutch_offered):
    response = client.get(START, headers={"Accept-Language": "nl"})
    assert '<html lang="en">' in response.content.decode()
    assert client.post(START).status_code == 405


def test_it_is_read_from_a_folder_that_nobody_may_write_to(client, calendar, settings, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(guide.GUIDE, docs)
    (docs / "api.md").chmod(0o444)
    docs.chmod(0o555)
    settings.BASE_DIR = tmp_path
    assert client.get(START).status_code == 200
    assert [one.name for one in docs.iterdir()] == ["api.md"]


def test_without_the_guide_it_alone_is_missing(client, calendar, settings, tmp_path):
    settings.BASE_DIR = tmp_path
    missing = client.get(START)
    assert (missing.status_code, missing.json()["type"]) == (404, "/api/v1/docs/#not-found")
    assert client.get("/api/v1/docs/").status_code == 200
    shutil.copytree(guide.GUIDE.parent, tmp_path / "docs")
    assert client.get(START).status_code == 200
