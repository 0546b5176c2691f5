"""What stands before an advisor's page: who may come in, and that no typed word is lost when they may not."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from advisors.access import StaffRequest, View, staff
from advisors.models import Role
from askpeer.errors import Refused, Stale
from questions.models import Question

writers = staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)
Closed = Callable[..., HttpResponse]
STANDS = " Here is how it stands now."
SIGNED_OUT = "You were signed out before this was saved."
# Every field of advisors' and reviewers' pages that somebody writes in their own words.
WRITTEN = (
    "text",
    "note",
    "summary",
    "reason",
    "title",
    "question_text",
    "answer_text",
    "content_note",
    "keywords",
    "phrase",
    "names",
    "sources",
    "insist",
    "words",
    "decision",
    "told",
    "about",
    "coaching",
    "label",
    "phrases",
)


def question_or_404(pk: UUID) -> Question:
    return get_object_or_404(Question.objects.select_related("topic"), pk=pk)


def closed(request: StaffRequest, refusal: Refused | str, *, status: int = 403) -> HttpResponse:
    """One sentence and the way back to the desk."""
    return render(request, "drafting/question/closed.html", {"sentence": str(refusal)}, status=status)


def typed(request: HttpRequest, names: Iterable[str] = WRITTEN) -> str:
    """What somebody wrote in this form, a paragraph a field; "" for a form of buttons and choices."""
    return "\n\n".join(request.POST[name] for name in dict.fromkeys(names) if request.POST.get(name))


def kept(request: StaffRequest, sentence: str, *, status: int) -> HttpResponse:
    """The sentence, and what was typed in a box to copy it from."""
    context = {"sentence": sentence, "typed": typed(request), "signed_in": request.user.is_authenticated}
    return render(request, "drafting/draft/kept.html", context, status=status)


def turned_away(request: StaffRequest, refusal: Refused, closed: Closed = closed) -> HttpResponse:
    """A refusal that leaves no page to go back to: with what was typed, where something was."""
    status = 409 if isinstance(refusal, Stale) else 403
    sentence = str(refusal).removesuffix(STANDS)  # nothing of it is on these pages
    if typed(request):
        return kept(request, sentence, status=status)
    return closed(request, Refused(sentence), status=status)


def refused_with(closed: Closed) -> Callable[[View], View]:
    """Turn a Refused that a view let through into this page, or into one with what was typed."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Refused as refusal:
                return turned_away(request, refusal, closed)

        return guarded

    return decorate


refusals = refused_with(closed)


def posts(to: str) -> Callable[[View], View]:
    """Only a POST acts here. Somebody who comes by a bookmark or from signing in is led to the page the act belongs to.

    to: the route of that page; it is given this one's pk, where there is one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in {"GET", "HEAD"}:
                return redirect(to, **{name: value for name, value in kwargs.items() if name == "pk"})
            return require_POST(view)(request, *args, **kwargs)

        return guarded

    return decorate


def keeping_text(view: View) -> View:
    """A form sent after the session ended answers with its words in a box, not with a sign-in page."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            # With no way back to here: many of these addresses answer no GET.
            return kept(request, SIGNED_OUT, status=403) if typed(request) else redirect("account_login")
        return view(request, *args, **kwargs)

    return guarded
