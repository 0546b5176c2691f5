"""A visitor who has a keyboard and nothing else."""

from playwright.sync_api import Locator, Page

MOST_TABS = 80
THERE = """target => {
    if (target !== document.activeElement) return "";
    const shown = getComputedStyle(target.closest(".card") || target);
    const ring = shown.outlineStyle !== "none" && shown.outlineWidth !== "0px";
    return ring || shown.boxShadow !== "none" ? "seen" : "unseen";
}"""
"""A feeling card wears the ring of its box."""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, and see that it shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if there := target.evaluate(THERE):
            assert there == "seen", target
            return
    raise AssertionError(f"Tab never comes to {target}.")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Come to it and press a key."""
    tab_to(page, target)
    page.keyboard.press(key)


def follow(page: Page, target: Locator) -> None:
    """Come to it, press Enter, and wait for the page it leads to."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    tab_to(page, target)
    page.keyboard.type(text)
