"""Who a staff page opens to."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from advisors.models import Person

HOME = "/home/"
View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """A request behind staff(), which has made sure that one of our people is signed in."""

    user: Person


def staff(*roles: str) -> Callable[[View], View]:
    """Let a signed-in person with one of these roles in (any role where none is named); others get a sentence, 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                # A button's address may answer no GET: from there the way leads home, where the page is found again.
                return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else HOME)
            if roles and request.user.role not in roles:
                return render(
                    request, "advisors/not_yours.html", {"sentence": "This page is not part of your role."}, status=403
                )
            return view(request, *args, **kwargs)

        return guarded

    return decorate
