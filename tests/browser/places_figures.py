"""The manager's figures: some days, a month, what will not do, and the report for funders."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.acts import Place, press
from tests.browser.demo import Demo

PUT_IN = "Put it into the report"


def figures(demo: Demo) -> Iterator[Place]:
    yield Place("figures", "/manage/figures/", who="Tom")
    yield Place("figures, today alone", f"/manage/figures/?from={demo.now.date()}&to={demo.now.date()}", who="Tom")
    yield Place("figures, a month before everything", "/manage/figures/?from=2020-02-01&to=2020-02-29", who="Tom")
    yield Place("figures, no such days", "/manage/figures/?from=x&to=y", who="Tom")
    yield Place("report", "/manage/figures/report/", who="Tom")
    yield Place("report, with words", "/manage/figures/report/", with_words, "Tom")
    yield Place("report, too long a heading", "/manage/figures/report/", too_long, "Tom")
    yield Place("report, no such month", "/manage/figures/report/?month=x", who="Tom")


def with_words(page: Page) -> None:
    page.get_by_label("Heading").fill("For the Harbour Fund")
    page.get_by_label("A note in your own words").fill("Thank you for this year.")
    press(PUT_IN)(page)


def too_long(page: Page) -> None:
    page.get_by_label("Heading").fill("x" * 121)
    press(PUT_IN)(page)
