"""What a partner's page can show before anybody asks: topics under its labels, hours and promise, the library."""

from datetime import datetime
from typing import Any

from askpeer import calendars
from askpeer.hours import Calendar, NoOpeningHours
from questions.intake import helping, languages, promising, trustees
from questions.models import Signpost, Topic
from questions.partners import rules
from questions.partners.models import Partner
from questions.publication import addressing, searching
from questions.publication.models import Publication

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def label(topic: Topic, partner: Partner) -> str:
    """The topic's own label, or the clean one where the partner asks for it."""
    return topic.said(clean=partner.clean_labels)


def topics(partner: Partner) -> list[dict[str, Any]]:
    """Every topic that can be chosen, in its order."""
    return [
        {"slug": topic.slug, "label": label(topic, partner), "keywords": topic.keywords}
        for topic in Topic.objects.filter(retired=False)
    ]


def service(partner: Partner, *, now: datetime) -> dict[str, Any]:
    """Hours in the service's own zone, whether it is staffed now, the promise a question asked now would get, what to
    say above a form, and the partner's signposts.
    """
    calendar = calendars.current()
    return {
        "time_zone": str(calendar.zone),
        "hours": [
            {"day": DAYS[day], "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
            for day, windows in sorted(calendar.weekly.items())
            for opens, closes in sorted(windows)
        ],
        "languages": languages.offered(),
        "notice": rules.notice(partner),
        "about_lead": trustees.is_anybody(now=now),
        "signposts": [_signpost(row) for row in rules.signposts(partner)],
        **_ahead(calendar, now),
    }


def _signpost(row: Signpost) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("name", "summary", "country", "nations", "min_age", "max_age")}
    return told | {"ways": helping.helper_of(row).ways}


def _ahead(calendar: Calendar, now: datetime) -> dict[str, Any]:
    try:
        return {
            "open": calendar.is_open(now),
            "opens_at": calendar.next_open(now),
            "closes_at": calendar.next_close(now),
            "promised_at": None if promising.room(now).full else promising.promise(now),
        }
    except NoOpeningHours:
        return {"open": False, "opens_at": None, "closes_at": None, "promised_at": None}


def library(partner: Partner, page: searching.Page) -> dict[str, Any]:
    """One page of the published answers, and what was looked for where words were mended."""
    items = [_entry(item, partner) for item in page.items]
    return {"items": items, "next_cursor": page.next_cursor, "looked_for": page.looked_for or None}


def answer(partner: Partner, *, slug: str) -> dict[str, Any] | None:
    """One published answer in full; None where nothing, or nothing yet looked at, is public under this slug."""
    found = searching.visible().filter(slug=slug).first()
    if found is None:
        return None
    texts = {"question": found.question_text, "answer": found.answer_text, "answer_html": found.answer_html}
    return _entry(found, partner) | texts


def was_withdrawn(slug: str) -> bool:
    """Whether an answer was public under this slug and has been taken down."""
    return addressing.was_left(slug)


def _entry(found: Publication, partner: Partner) -> dict[str, Any]:
    return {
        "slug": found.slug,
        "title": found.title,
        "topic": found.topic.slug if found.topic else None,
        "topic_label": label(found.topic, partner) if found.topic else None,
        "language": found.language,
        "age_group": found.age_group,
        "content_note": found.content_note,
        "published": f"{found.published_at:%Y-%m}",
        "checked_on": found.checked_on,
    }
