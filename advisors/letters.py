"""Mail to people who have no account here: in plain words, and with nothing but the way to a page."""

from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from advisors import consenting
from advisors.models import GuardianRequest
from askpeer.mail import Mail
from questions import holding


def who_we_are() -> tuple[str, str]:
    """Where this service is, and the address at which a person reads: all that tells a stranger who writes."""
    return urlsplit(settings.SITE_URL).netloc, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def guardian_request(refs: dict[str, Any], *, key: str, now: datetime) -> Mail | None:
    """The question to a guardian, with its link made again from the row's id; None once it cannot be answered."""
    open_ones = GuardianRequest.objects.select_related("person").filter(answered_at=None, expires_at__gt=now)
    request = open_ones.filter(pk=refs["guardian"], person__is_active=True).first()
    if request is None or not consenting.needs(request.person, now=now):
        return None
    host, address = who_we_are()
    link = settings.SITE_URL + reverse("advisors:guardian", args=[consenting.token_of(request)])
    body = (
        f"Hello,\n\nsomebody who is in your care would like to volunteer with us. Here we call them "
        f"{request.person.alias}. They are under 16, so we ask you first.\n\nThis page says what they would do and how "
        f"we look after them. You can say yes or no there:\n{link}\n\nYou can answer until "
        f"{holding.today(request.expires_at):%-d %B}. Keep this mail: after a yes your link goes on working, to take "
        "it back.\n\n"
        f"We are the service at {host}. To reach a person, write to {address}. "
        "If you don't know what this is about, delete this mail, and nothing happens."
    )
    return Mail(request.email, "A question for you", body, key)
