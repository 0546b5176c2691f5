"""The library for machines: an Atom feed and a sitemap. Dates are days or months, never a moment."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from questions.models import Topic
from questions.publication.models import Publication

ROBOTS = "User-agent: *\nAllow: /\n\nSitemap: {sitemap}\n"
NEWEST = 30
MOST = 10_000  # addresses in the sitemap


def address(publication: Publication) -> str:
    """The public address of an answer."""
    return settings.SITE_URL + reverse("library:answer", args=[publication.slug])


def list_address(topic: Topic | None = None) -> str:
    """The public address of the library, or of a topic's part of it. What somebody searched for is never in it."""
    asked = "?" + urlencode({"topic": topic.slug}) if topic else ""
    return settings.SITE_URL + reverse("library:library") + asked


def feed(publications: Iterable[Publication]) -> str:
    """Atom 1.0 (RFC 4287), titles and content notes alone: the answer is read on its page, below the crisis line."""
    home = list_address()
    byline = _("Written by a trained young advisor. Checked by an expert.")
    made = Atom1Feed(title=_("New answers"), link=home, description="", feed_url=home + "feed/", author_name=byline)
    for publication in publications:
        made.add_item(
            title=publication.title,
            link=address(publication),
            description=note(publication),
            unique_id=f"urn:uuid:{publication.pk}",
            pubdate=_midnight(_month(publication)),
            updateddate=_midnight(publication.checked_on or _month(publication)),
        )
    return made.writeString("utf-8")


def sitemap(publications: Iterable[Publication]) -> str:
    """The sitemap protocol 0.9: the library and every answer, with the day each was last checked."""
    lines = [f"<url><loc>{escape(list_address())}</loc></url>"]
    for publication in publications:
        checked = f"<lastmod>{publication.checked_on}</lastmod>" if publication.checked_on else ""
        lines.append(f"<url><loc>{escape(address(publication))}</loc>{checked}</url>")
    body = "\n".join(lines)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{namespace}">\n{body}\n</urlset>\n'


def robots() -> str:
    """robots.txt (RFC 9309). Nothing is kept from a crawler: one that may not read a page never sees its noindex."""
    return ROBOTS.format(sitemap=settings.SITE_URL + reverse("library:sitemap"))


def note(publication: Publication) -> str:
    """The content note: the one written for this answer, or its topic where that one always carries a note."""
    topic = publication.topic
    return publication.content_note or (topic.label if topic and topic.sensitive else "")


def _month(publication: Publication) -> date:
    return (publication.published_at or datetime.min.replace(tzinfo=UTC)).date().replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
