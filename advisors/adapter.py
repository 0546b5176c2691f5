"""allauth's hooks: nobody signs up uninvited, no address is read, and mail leaves through the outbox."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from advisors.models import Person
from askpeer import outbox, throttle, vault

FACTORS = ("mfa_authenticator", "data")


class InvitedOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by accepting an invitation (inviting.accept), never by the sign-up page."""
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Write the password alone: the row was read with the page, and a verb may have changed it since.

        Whoever left meanwhile gets none any more.
        """
        user.set_password(password)
        Person.objects.filter(pk=user.pk, is_active=True).update(password=user.password)

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


class SealedFactors(DefaultMFAAdapter):
    """Seeds of authenticator apps and of recovery codes are sealed, so that a backup opens no second door.

    Under a key made of the pepper, which never changes and is in no backup: allauth does not say whose seed it is, so
    there is no key of a person to take.
    """

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault.seal(text, key=_key(), place=FACTORS)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(base64.b64decode(encrypted_text), key=_key(), place=FACTORS)


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"askpeer second factors").derive(settings.RECEIPT_PEPPER)
