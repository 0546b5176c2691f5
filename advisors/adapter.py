"""allauth's hooks: nobody signs up uninvited, no address is read, and mail leaves through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from askpeer import outbox, throttle


class InvitedOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by accepting an invitation (inviting.accept), never by the sign-up page."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """A stand-in for allauth's limits, which would put the address itself into a cache key."""
        return throttle.bucket(request, today=timezone.now().date())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the password reset leaves, and without its link: the handler makes that when it sends."""
        person = context.get("user")
        if template_prefix == "account/email/password_reset_key" and person is not None:
            now = timezone.now()
            outbox.put(
                "password-reset",
                key=f"password-reset:{person.pk}:{now:%Y%m%d%H%M}",
                refs={"person": str(person.pk)},
                now=now,
            )
