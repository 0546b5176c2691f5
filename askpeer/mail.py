"""Plain-text mail through Django's back end, with an identity that a repeated send shares."""

import hashlib
import smtplib
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from askpeer.outbox import Undeliverable


@dataclass(frozen=True)
class Mail:
    """One e-mail. key is its outbox row's, from which the Message-ID is made, so that a repeat is seen as one."""

    to: str
    subject: str
    body: str
    key: str

    def message_id(self) -> str:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return f"<{hashlib.sha256(self.key.encode()).hexdigest()[:32]}@{domain}>"

    def send(self) -> None:
        """Send now. Raises Undeliverable when the server refuses the address for good."""
        message = EmailMessage(self.subject, self.body, to=[self.to], headers={"Message-ID": self.message_id()})
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            if all(code >= 500 for code, _ in refusal.recipients.values()):
                raise Undeliverable from refusal
            raise
