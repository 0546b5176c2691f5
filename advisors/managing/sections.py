"""The manager's pages in their order: a row of sections, and below it the pages of the one that is open."""

from typing import Any


def _pages(*pages: tuple[str, str]) -> dict[str, Any]:
    """A section: its link leads to its first page."""
    return {"url": pages[0][0], "pages": [{"url": url, "label": label} for url, label in pages]}


TABS: list[dict[str, Any]] = [
    {"url": "/manage/", "label": "Monday"},
    {
        "label": "People",
        **_pages(
            ("/manage/people/", "People"),
            ("/manage/invitations/", "Invitations"),
            ("/manage/rota/", "Rota"),
            ("/manage/safeguarding/", "Safeguarding"),
        ),
    },
    {
        "label": "Service",
        **_pages(
            ("/manage/hours/", "Hours"),
            ("/manage/limits/", "How many we take"),
            ("/manage/topics/", "Topics"),
            ("/manage/words/", "Suggested words"),
            ("/manage/signposts/", "Signposts"),
            ("/manage/risk/", "Risk phrases"),
            ("/manage/texts/", "Message texts"),
            ("/manage/languages/", "Languages"),
            ("/manage/keeping/", "How long we keep"),
        ),
    },
    {"url": "/manage/partners/", "label": "Partners"},
    {
        "label": "Figures",
        **_pages(("/manage/figures/", "Dashboard"), ("/manage/figures/report/", "Report for funders")),
    },
    {
        "label": "Behind it",
        **_pages(
            ("/manage/health/", "Service health"),
            ("/manage/failed/", "Failed deliveries"),
            ("/manage/history/", "History"),
        ),
    },
]
