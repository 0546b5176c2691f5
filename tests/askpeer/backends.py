"""Mail back ends that fail in one way."""

import smtplib

from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    """No such person, whoever it is for."""

    def send_messages(self, email_messages):
        everybody = [address for message in email_messages for address in message.to]
        raise smtplib.SMTPRecipientsRefused(dict.fromkeys(everybody, (550, b"5.1.1 no such person")))
