"""The draft that an asker's cookie opens, as the pages of asking share it."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict

from questions.intake import languages, promising, waiting
from questions.intake.context import lives_in
from questions.intake.views.first import Shown
from questions.intake.views.pages import COOKIE
from questions.intake.waiting import Draft

MOST_TYPED = 30_000  # bytes of JSON kept as they were typed: more than the fields hold, far less than a request
PAGES = {"about": "ask", "words": "words", "send": "check"}
View = Callable[[HttpRequest], HttpResponse]


class Left(Exception):
    """What came in is from a window whose draft was left, or sent and saved, meanwhile; was_sent says which."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__()
        self.was_sent = was_sent


def unless_left(view: View) -> View:
    """Leaving deletes what was typed: whatever comes after it from another window, or late, starts nothing anew."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except Left as left:
            return forget_cookie(redirect("intake:mine" if left.was_sent else "intake:landing"))

    return guarded


def find(request: HttpRequest, now: datetime) -> Draft | None:
    draft = waiting.find(request.COOKIES.get(COOKIE, ""), now=now)
    if draft:
        lives_in(request, draft.kept.get("nation", ""))
        languages.go_on_in(draft.kept.get("language", ""))
    return draft


def with_cookie(response: HttpResponse, draft: Draft) -> HttpResponse:
    """Without an end of its own: with a Max-Age it would outlive the closed browser, and so would the six words."""
    response.set_cookie(COOKIE, draft.key, httponly=True, samesite="Lax", secure=settings.SECURE)
    return response


def forget_cookie(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def kept(draft: Draft | None, changes: dict[str, Any], now: datetime) -> Draft | None:
    """The draft with these changes; as it is where it was sent meanwhile; None where there is none any more."""
    if draft is None:
        return None
    try:
        waiting.keep(draft, changes, now=now)
    except waiting.Gone:
        return waiting.find(draft.key, now=now)
    return draft


def keep(
    request: HttpRequest,
    draft: Draft | None,
    changes: dict[str, Any],
    now: datetime,
    shown: Shown | None = None,
) -> Draft:
    """The draft with these changes, or one anew; one that was sent meanwhile as it is. Raises Left.

    shown is what a first page carried along; without it a new promise is shown on the way on.
    """
    changes = {"language": _language(draft)} | changes
    if shown and shown.came.slug:
        changes["came"] = shown.came
    there = kept(draft, changes, now)
    if there:
        return there
    left = waiting.left(request.COOKIES.get(COOKIE, ""), now=now)
    if left:
        raise Left(was_sent=left.was_sent)
    promised_at, shown_at = (shown.promised_at, shown.shown_at) if shown else (promising.promise(now), now)
    return waiting.start(kept=changes, promised_at=promised_at, shown_at=shown_at, now=now)


def _language(draft: Draft | None) -> str:
    """The language of what is typed: the page's, or the draft's where that was switched off meanwhile."""
    begun = draft.kept.get("language", "") if draft else ""
    return begun if begun and not languages.is_offered(begun) else languages.current()


def again(
    request: HttpRequest,
    form: Form,
    draft: Draft | None,
    page: str,
    now: datetime,
    shown: Shown | None = None,
) -> HttpResponse | None:
    """Keep what will not do as it was typed, and lead back to its page: Back and reload find a page, not a sent form.

    None where it is too much to keep, or the question was sent meanwhile: the page is drawn at once then. Raises Left.
    """
    data = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
    if len(json.dumps(data)) > MOST_TYPED:
        return None
    there = keep(request, draft, {f"typed_{page}": data}, now, shown)
    return None if there.is_sent else with_cookie(redirect(f"intake:{PAGES[page]}"), there)


def typed(draft: Draft | None, page: str) -> MultiValueDict | None:
    """What was typed into this page and would not do, for its form to say so again; None where nothing was."""
    data = draft.kept.get(f"typed_{page}") if draft else None
    return None if data is None else MultiValueDict(data)
