"""What templates/staff.html needs on every staff page. Nothing is asked of the session until a template reads it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from advisors import doors
from advisors.managing.sections import TABS


def staff(request: HttpRequest) -> dict[str, Any]:
    """nav: the person's pages, empty for everybody else; home: where the brand leads; two_steps: whether all need them;
    manage_tabs: the manager's sections; organisation and contact: who runs this.

    The first two are lazy.
    """
    return {
        "nav": SimpleLazyObject(lambda: _of(request, doors.pages_of, [])),
        "home": SimpleLazyObject(lambda: _of(request, doors.home_of, "/")),
        "two_steps": settings.SECOND_FACTOR,
        "manage_tabs": TABS,
        "organisation": settings.ORGANISATION,
        "contact": settings.CONTACT,
    }


def _of(request: HttpRequest, read: Callable[..., Any], otherwise: Any) -> Any:
    # An error page may be drawn before anybody was looked up.
    user = getattr(request, "user", None)
    return read(user, now=timezone.now()) if user is not None and user.is_authenticated else otherwise
