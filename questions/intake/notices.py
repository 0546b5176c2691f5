"""The e-mail that tells an asker to look: no word of the service, its subject or the question."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from askpeer.mail import AddressRefused, Mail
from askpeer.outbox import Undeliverable
from questions import states
from questions.models import Contact

KINDS = frozenset({"answer-ready", "clarification", "late"})


class AddressPaused(Undeliverable):
    """The address was refused for good before, and nobody has lifted its pause since."""


@dataclass(frozen=True)
class Note(Mail):
    """A mail that pauses its address when the server refuses it for good."""

    contact_id: str
    at: datetime

    def send(self) -> None:
        """Send now. Raises what Mail.send does, and where that is AddressRefused, the address is paused."""
        try:
            super().send()
        except AddressRefused:
            Contact.objects.filter(pk=self.contact_id, paused_at=None).update(paused_at=self.at)
            raise


def something_new(refs: dict[str, Any], *, key: str, now: datetime) -> Note | None:
    """The mail for one question, or None when it was erased, or its address is gone, since it was put.

    Raises AddressPaused where there is something to tell and no use in telling it: the manager sees that. It may be
    this row whose refusal paused the address, before a kill kept it from being settled.
    """
    kept = Contact.objects.select_related("question").exclude(question__status=states.WITHDRAWN)
    contact = kept.filter(question=_asked(refs)).first()
    if contact is None:
        return None
    if contact.paused_at:
        raise AddressPaused
    with translation.override(contact.question.language):
        subject = _("Something new for you")
        words = _("There is something new for you. Open your page to read it.")
    body = f"{words}\n\n{settings.SITE_URL}/my-question/\n"
    return Note(to=contact.email, subject=subject, body=body, key=key, contact_id=str(contact.pk), at=now)


def lift_pause(refs: dict[str, Any]) -> None:
    """Believe once more in the address of one question. It is paused again when the server refuses it again."""
    Contact.objects.filter(question=_asked(refs)).update(paused_at=None)


def _asked(refs: dict[str, Any]) -> UUID:
    return UUID(refs["subject"].removeprefix("question:"))
