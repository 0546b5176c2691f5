"""What every page of the asker's side has in common, at any width and by day or night."""

from playwright.sync_api import Page, expect

WIDTH = "() => document.documentElement.scrollWidth"
LOWEST = 44  # pixels
PRIMARY = "main .button:not(.secondary, .quiet):visible"
CRISIS_FIRST = """() => !!(document.querySelector(".crisis").compareDocumentPosition(document.querySelector("h1"))
    & Node.DOCUMENT_POSITION_FOLLOWING)"""
TOO_SMALL = """lowest => {
    const isInline = one => getComputedStyle(one).display === "inline";
    const around = one => isInline(one.parentElement) ? around(one.parentElement) : one.parentElement;
    const said = one => one.innerText.trim();
    const inSentence = one => one.matches("a") && isInline(one) && said(around(one)) !== said(one);
    const target = control => control.matches("[type=checkbox], [type=radio]") ? control.labels[0] : control;
    return [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
        .filter(one => one.checkVisibility() && !one.closest(".skip") && !inSentence(one))
        .map(target)
        .filter(one => one.getBoundingClientRect().height < lowest)
        .map(one => one.outerHTML.slice(0, 120));
}"""
"""What can be pressed and is lower than that.

Left out is a link in a sentence, as WCAG 2.5.8 does, for it can be no higher than its line: one that flows inline and
has other words beside it in the paragraph, list item or cell that it flows in. A link that is alone there counts, and
so does one that is drawn as a box. A choice is pressed by its label, so that is measured. The skip link is outside the
page until it has the focus."""


def check(page: Page, *, primary: int = 1) -> None:
    """As it is now, and in the other colours."""
    expect(page).to_have_title("Notes")
    expect(page.locator(PRIMARY)).to_have_count(primary)
    assert page.evaluate(CRISIS_FIRST), page.url
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        assert page.evaluate(WIDTH) <= page.viewport_size["width"], page.url
        low = too_small(page)
        assert not low, (page.url, low)
        expect(page.get_by_role("link", name="Leave quickly")).to_be_in_viewport()


def too_small(page: Page) -> list[str]:
    """What is lower than a finger needs, as it stands in the HTML."""
    return page.evaluate(TOO_SMALL, LOWEST)
