"""The addresses of the library. Of one that was left a digest alone is kept: the address itself is its title."""

import hmac
import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from questions.publication.models import Publication

RESERVED = frozenset({"feed", "sitemap"})
LONGEST = 48
ROOM = 5  # for the number of a title like many others


def find(slug: str) -> Publication | None:
    """What stands in the library under this address: hidden or being edited again, too, but not taken down."""
    known = Publication.objects.filter(slug=slug, published_at__isnull=False, gone_digest=None)
    return known.select_related("topic").first()


def was_left(slug: str, *, by_other_than: Publication | None = None) -> bool:
    """Whether an answer stood under this address once and has been taken down."""
    left = Publication.objects.filter(gone_digest=digest(slug))
    return (left.exclude(pk=by_other_than.pk) if by_other_than else left).exists()


def leaving(publication: Publication) -> dict[str, Any]:
    """The changes that take its address away, and know it again; none where it has no address of its own."""
    if publication.published_at is None or publication.gone_digest is not None:
        return {}
    return {"slug": f"gone-{uuid.uuid4().hex}", "gone_digest": digest(publication.slug)}


def digest(slug: str) -> bytes:
    """HMAC-SHA256 of an address under the receipts' pepper, 32 bytes: whoever asks for the address again is known."""
    return hmac.digest(settings.RECEIPT_PEPPER, b"slug\0" + slug.encode(), "sha256")


def free(publication: Publication, title: str) -> Iterator[str]:
    """Addresses made from a title, the plainest first, that nothing else has or had."""
    whole = slugify(title) or "answer"
    others = Publication.objects.filter(slug__startswith=_short(whole, LONGEST - ROOM)).exclude(pk=publication.pk)
    taken = set(others.values_list("slug", flat=True)) | RESERVED
    names = (_numbered(whole, number) for number in count(1))
    return (name for name in names if name not in taken and not was_left(name, by_other_than=publication))


def _numbered(whole: str, number: int) -> str:
    tail = f"-{number}" if number > 1 else ""
    return _short(whole, LONGEST - len(tail)) + tail


def _short(whole: str, most: int) -> str:
    """At most so many characters, cut at a word's end where there is one."""
    if len(whole) <= most:
        return whole
    return (whole[: most + 1].rpartition("-")[0] or whole[:most]).strip("-_")
