"""The guarded UPDATE of a publication."""

from dataclasses import asdict
from typing import Any, Protocol

from askpeer.errors import Refused, Stale
from questions.publication.models import Publication, PublicText

Status = Publication.Status
NO_WORDS: dict[str, Any] = asdict(PublicText()) | {"answer_html": ""}  # what is not in the library is not plain
SEEN = (Status.CANDIDATE, Status.ANONYMISED, Status.PUBLISHED)  # what can still be edited or taken down


class Staff(Protocol):
    """A person of the floor above, as far as this one needs to know them."""

    pk: Any

    @property
    def name(self) -> str: ...


def check_live(publication: Publication) -> None:
    """Raise Refused for a publication that was taken down: that is for good."""
    if publication.status not in SEEN:
        raise Refused("This was taken down. It cannot come back.")


def change(publication: Publication, *, version: int, changes: dict[str, Any]) -> None:
    """Write these columns if the row still has the version, status and question the caller saw. Raises Stale."""
    mine = Publication.objects.filter(pk=publication.pk, version=version, status=publication.status)
    mine = mine.filter(question=publication.question_id)
    if mine.update(**changes) != 1:
        raise Stale
    for name, value in changes.items():
        setattr(publication, name, value)
