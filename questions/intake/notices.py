"""The e-mail that tells an asker to look: no word of the service, its subject or the question."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from askpeer.mail import Mail
from askpeer.outbox import Undeliverable
from questions import states
from questions.models import Contact


@dataclass(frozen=True)
class Note(Mail):
    """A mail that pauses its address when the server refuses it for good."""

    contact_id: str
    at: datetime

    def send(self) -> None:
        """Send now. Raises Undeliverable, with the address paused."""
        try:
            super().send()
        except Undeliverable:
            Contact.objects.filter(pk=self.contact_id, paused_at=None).update(paused_at=self.at)
            raise


def something_new(refs: dict[str, Any], *, key: str, now: datetime) -> Note | None:
    """The mail for one question, or None when it was erased, or its address is gone or paused, since it was put."""
    kept = Contact.objects.select_related("question").exclude(question__status=states.WITHDRAWN)
    contact = kept.filter(question=refs["subject"].removeprefix("question:"), paused_at=None).first()
    if contact is None:
        return None
    with translation.override(contact.question.language):
        subject = _("Something new for you")
        words = _("There is something new for you. Open your page to read it.")
    body = f"{words}\n\n{settings.SITE_URL}/my-question/\n"
    return Note(to=contact.email, subject=subject, body=body, key=key, contact_id=str(contact.pk), at=now)
