"""That no word is lost that somebody wrote when they needed support."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from advisors.access import View

SIGNED_OUT = "You were signed out, so nobody has been told yet. Sign in and press the button again."


def keeping_words(view: View) -> View:
    """Sent after the session ended, what they wrote comes back in a box, not a sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        words = request.POST.get("words") if request.method == "POST" else ""
        if words and not request.user.is_authenticated:
            context = {"sentence": SIGNED_OUT, "typed": words, "signed_in": False}
            return render(request, "drafting/draft/kept.html", context, status=403)
        return view(request, *args, **kwargs)

    return guarded
