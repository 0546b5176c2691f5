""" "Something wrong with this answer?": hidden at once, until a person has looked."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from askpeer import history
from askpeer.errors import Refused
from questions import holding
from questions.partners import hooks
from questions.publication import publishing, searching
from questions.publication.changing import Staff
from questions.publication.models import Publication

Status = Publication.Status


@transaction.atomic
def report(publication: Publication, now: datetime) -> bool:
    """Hide a published answer, and partners' copies. False when it was hidden or taken down: nothing changes then."""
    visible = Publication.objects.filter(pk=publication.pk, status=Status.PUBLISHED, hidden_at=None)
    if visible.update(hidden_at=now) != 1:
        return False
    publication.hidden_at = now
    searching.forget(publication)
    hooks.withdrawn(publication, now=now)
    history.record(subject=publication.subject, kind="reported", actor="visitor", now=now)
    return True


@transaction.atomic
def show_again(*, publication: Publication, by: Staff, now: datetime) -> None:
    """Somebody who wrote none of it looked and found it right; the page says that it was checked today.

    Raises Refused when it is not hidden, and where it may not be published any more.
    """
    publishing.check_again(publication, by)
    hidden = Publication.objects.filter(status=Status.PUBLISHED, hidden_at__isnull=False)
    changes = {"hidden_at": None, "checked_by": by, "checked_on": holding.today(now)}
    if hidden.filter(pk=publication.pk, version=publication.version).update(**changes) != 1:
        raise Refused("This answer is not hidden any more.")
    for name, value in changes.items():
        setattr(publication, name, value)
    searching.index(publication)
    hooks.published(publication, now=now)
    history.record(subject=publication.subject, kind="shown again", actor=by.name, now=now)


def waiting() -> QuerySet[Publication]:
    """The hidden answers that somebody has to look at, the longest hidden first."""
    return Publication.objects.filter(status=Status.PUBLISHED, hidden_at__isnull=False).order_by("hidden_at", "pk")
