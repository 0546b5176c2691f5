"""What nginx shows while no web process answers: the sentences of our own pages, and nothing from anywhere else."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from questions.intake.context import WEATHER
from questions.partners.api import problems
from tests.faults.guide import UNITS

PAGE = (UNITS / "away.html").read_text()
VOID = {"meta", "link", "img", "input", "br", "path"}


class Reader(HTMLParser):
    """The texts that stand in the elements of one class or name, in their order."""

    def __init__(self, wanted):
        super().__init__()
        self.wanted, self.inside, self.texts = wanted, [], []

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        if self.inside or self.wanted(tag, dict(attributes)):
            self.inside.append(tag)

    def handle_startendtag(self, tag, attributes):
        """Drawn, and without a text."""

    def handle_endtag(self, tag):
        if self.inside and tag not in VOID:
            self.inside.pop()

    def handle_data(self, text):
        if self.inside and text.strip():
            self.texts.append(" ".join(text.split()))


def texts(html, wanted):
    reader = Reader(wanted)
    reader.feed(html)
    return reader.texts


def main(html):
    return texts(html, lambda tag, _: tag == "main")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_it_says_what_our_own_pages_say(language):
    with translation.override(language):
        closed, wrong = main(render_to_string("503.html")), main(render_to_string("500.html"))
        leave = texts(render_to_string("503.html"), lambda _, given: given.get("class") == "leave")
    said = texts(PAGE, lambda tag, given: tag == "section" and given["lang"] == language)
    assert said == [*closed[:-1], wrong[-2], closed[-1]]
    assert len(said) == 6
    assert leave[0] in texts(PAGE, lambda tag, given: tag == "a" and given["href"] == WEATHER)


def test_it_has_every_language_that_can_be_offered():
    assert re.findall(r'<section lang="(.+?)">', PAGE) == [code for code, _ in settings.LANGUAGES]


def test_it_asks_for_nothing_and_leads_to_the_start_or_away():
    assert re.findall(r"<link|<script|<img|<form|@import|url\(|src=", PAGE) == []
    assert set(re.findall(r'href="(.*?)"', PAGE)) == {"/", WEATHER}
    assert PAGE.count("<title>Notes</title>") == 1


def test_its_colours_are_ours():
    """Light, then dark, as the style sheet has them."""
    sheet = (settings.BASE_DIR / "askpeer" / "static" / "askpeer" / "app.css").read_text()
    halves = [text.split("@media (prefers-color-scheme: dark)")[:2] for text in (sheet, PAGE)]
    for whole, part in zip(*halves, strict=True):
        ours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", whole))
        theirs = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        assert theirs
        assert theirs.items() <= ours.items()


def test_a_program_gets_the_problem_that_it_knows():
    assert json.loads((UNITS / "away.json").read_text()) == json.loads(problems.page("unavailable").content)
