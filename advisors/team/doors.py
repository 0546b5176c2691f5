"""That no word is lost that somebody wrote when they needed support, to learn, or to the team."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from advisors.access import View

SIGNED_OUT = "You were signed out, so nobody has been told yet. Sign in and press the button again."
NOT_SAID = "You were signed out, so nobody has read this yet. Sign in and send it again."


def keeping(sentence: str, *, name: str = "words", also_empty: bool = False) -> Callable[[View], View]:
    """Sent after the session ended, what they wrote comes back in a box with this sentence, not a sign-in page.

    also_empty: the button alone says something, so the sentence comes back where nothing was typed, too.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            words = request.POST.get(name, "") if request.method == "POST" else ""
            pressed = also_empty and request.method == "POST"
            if (words or pressed) and not request.user.is_authenticated:
                context = {"sentence": sentence, "typed": words, "signed_in": False}
                if pressed:
                    context["next"] = request.path
                return render(request, "drafting/draft/kept.html", context, status=403)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


keeping_words = keeping(SIGNED_OUT)
keeping_calls = keeping(SIGNED_OUT, also_empty=True)
keeping_post = keeping(NOT_SAID, name="text")
