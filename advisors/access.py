"""Who a staff page opens to."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from advisors.models import Person, Role
from advisors.roles import HANDLERS, why_not_ready

HOME = "/home/"
View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request behind staff(), which has made sure that one of our people is signed in."""

    user: Person


def staff(*roles: str) -> Callable[[View], View]:
    """Let a signed-in person with one of these roles in (any role where none is named); others get a sentence, 403.

    Where advisors are not let in, children's words are behind the door: a reviewer has to have agreed and be checked.
    """
    for_handlers = bool(roles) and Role.ADVISOR not in roles

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                # A button's address may answer no GET: from there the way leads home, where the page is found again.
                return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else HOME)
            if roles and request.user.role not in roles:
                return closed(request, "This page is not part of your role.")
            handles = for_handlers and request.user.role in HANDLERS
            if handles and (reason := why_not_ready(request.user, now=timezone.now())):
                return closed(request, reason, is_new=request.user.role != Role.TRUSTEE)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def closed(request: HttpRequest, sentence: str, *, is_new: bool = False) -> HttpResponse:
    """A sentence, 403. is_new: the way leads to the list of what somebody still needs."""
    context = {"sentence": sentence, "is_new": is_new}
    return render(request, "advisors/not_yours.html", context, status=403)
