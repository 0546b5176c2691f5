"""Who calls: a partner, by its key in the Authorization header."""

from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from questions.partners import keys
from questions.partners.models import Partner, PartnerKey

WRONG_KEY = "This key does not work. It may be mistyped, expired or revoked."


class Credential(NamedTuple):
    """A partner's key and its secret, which lives in memory for this one request. A view has it as request.auth."""

    key: PartnerKey
    secret: str

    @property
    def partner(self) -> Partner:
        return self.key.partner

    def __repr__(self) -> str:
        return f"Credential of key {self.key.pk}"


class PartnerKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer ap_…`. A partner is no member of staff, so request.user stays anonymous."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Credential] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not secret.isascii():
            raise AuthenticationFailed(WRONG_KEY)
        key = keys.find(secret.strip(), now=timezone.now())
        if key is None:
            raise AuthenticationFailed(WRONG_KEY)
        return AnonymousUser(), Credential(key, secret.strip())

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="askpeer"'
