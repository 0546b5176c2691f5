"""The publication editor: the public text beside the private one, a second person's check, taking down."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.fields import NamedForm
from advisors.signoff import reading, seeing, shelving
from advisors.signoff.doors import attempt, page, refusals, reviewers
from advisors.signoff.forms.library import CheckForm, PublicationForm
from advisors.team import opening
from askpeer.errors import Refused
from questions import holding
from questions.publication import anonymising, changing, consenting, publishing, withdrawing
from questions.publication.forms import search_form
from questions.publication.models import Publication

Status = Publication.Status
NOTHING = {
    "": "Nothing waits for the library.",
    shelving.AGAIN: "Nothing is to be read again today.",
    shelving.OUT: "Nothing is in the library.",
}
GONE = "Off our site in a minute. Search engines take longer; copies people saved we can't remove."


def _publication(request: StaffRequest, pk: UUID) -> Publication:
    """The publication, if this reviewer may open the question it came from. Raises Http404, Refused."""
    row = get_object_or_404(Publication.objects.select_related("topic", "question", "edited_by", "checked_by"), pk=pk)
    if row.question:
        seeing.check(request.user, row.question)
    elif row.status in {Status.CANDIDATE, Status.ANONYMISED}:
        raise Http404
    return row


@reviewers
@require_http_methods(["GET"])
@refusals
def waiting(request: StaffRequest) -> HttpResponse:
    now, only = timezone.now(), request.GET.get("only", "")
    only = only if only in NOTHING else ""
    search = search_form(request.GET, topic="") if only == shelving.OUT else None
    words = search["q"].value().strip() if search else ""
    if words:
        shelf = shelving.found(request.user, words)
    else:
        shelf = shelving.waiting(request.user, now=now, cursor=request.GET.get("after", ""), only=only)
    more = _desk(only=only, after=shelf.cursor) if shelf.cursor else ""
    context = {"shelf": shelf, "parts": _parts(request, only, now=now), "more": more, "search": search, "only": only}
    context["nothing"] = "Nothing in the library is like that." if words else NOTHING[only]
    return page(request, "library/list.html", context)


def _parts(request: StaffRequest, only: str, *, now: datetime) -> list[dict[str, Any]]:
    """The tabs of the desk, the open one marked."""
    every, again = shelving.counts(request.user, now=now)
    parts = (("", "What waits", every), (shelving.AGAIN, "Read it again", again), (shelving.OUT, "In the library", ""))
    return [
        {"url": _desk(only=part), "label": label, "count": count, "current": part == only}
        for part, label, count in parts
    ]


def _desk(**asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("review:publish") + (f"?{query}" if query else "")


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = _publication(request, pk)
    if request.method == "GET":
        return _page(request, row)
    # A page of a text that was taken down has no form to type in again.
    changing.check_live(row)
    return _act(request, row, PublicationForm(request.POST), shelving.edit, _saved)


def _saved(row: Publication) -> str:
    """What a text just saved still needs: a yes to whatever we write holds for it, one to other words does not."""
    agreed = consenting.holds(row)
    asker = "" if agreed else "the asker has said yes to it and "
    return f"Saved. It is published once {asker}somebody else has checked it."


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def check(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, now = _publication(request, pk), timezone.now()
    changing.check_live(row)
    if row.status not in {Status.ANONYMISED, Status.PUBLISHED}:
        raise Refused("There are no public words to check here.")
    if request.method == "GET":
        return _check_page(request, row, now=now)
    form, again = CheckForm(request.POST), row.status == Status.PUBLISHED
    status = attempt(form, partial(shelving.publish, publication=row, by=request.user, now=now))
    if status:
        return _check_page(request, _publication(request, row.pk), form, now=now, status=status)
    messages.success(request, "Read again. It stays." if again else "Published. It's in the library now.")
    return redirect("review:publish")


@reviewers
@require_http_methods(["POST"])
@refusals
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    return _act(request, _publication(request, pk), forms.Form(request.POST), withdrawing.withdraw, GONE)


@reviewers
@require_http_methods(["POST"])
@refusals
def show_again(request: StaffRequest, pk: UUID) -> HttpResponse:
    said = "Back in the library."
    return _act(request, _publication(request, pk), forms.Form(request.POST), shelving.show_again, said)


def _act(
    request: StaffRequest,
    row: Publication,
    form: forms.Form,
    verb: Callable[..., object],
    said: Callable[[Publication], str] | str,
) -> HttpResponse:
    told = form.told if isinstance(form, PublicationForm) else str
    status = attempt(form, partial(verb, publication=row, by=request.user, now=timezone.now()), told)
    if status:
        return _page(request, _publication(request, row.pk), form, status=status)
    messages.success(request, said if isinstance(said, str) else said(row))
    return redirect("review:publish")


def _page(
    request: StaffRequest, row: Publication, bound: forms.Form | None = None, *, status: int = 200
) -> HttpResponse:
    given = {bound.name: bound} if isinstance(bound, NamedForm) else {}
    words, erased, is_mine = row.draft, anonymising.why_not(row), row.edited_by_id == request.user.pk
    initial = asdict(words) | {"topic": row.topic, "keywords": ", ".join(words.keywords)}
    context = _both(request, row) | {
        "bound": bound,
        "public_form": given.get("public") or PublicationForm(initial=initial),
        "cannot_read": shelving.why_not_read(request.user, row) or erased,
        "may_read_again": bool(erased) and row.status == Status.PUBLISHED and row.hidden_at is None and not is_mine,
        "is_mine": is_mine,
        "may_check": row.status == Status.ANONYMISED and not is_mine,
        "is_live": row.status != Status.UNPUBLISHED,
        "is_hidden": row.hidden_at is not None,
        "is_published": row.status == Status.PUBLISHED and row.hidden_at is None,
        "gone": GONE,
    }
    return page(request, "library/edit.html", context, status=status)


def _check_page(
    request: StaffRequest, row: Publication, bound: CheckForm | None = None, *, now: datetime, status: int = 200
) -> HttpResponse:
    # Where other words stand now than those that were ticked, the list is to be ticked anew.
    ticked = bound if bound and bound["version"].value() == str(row.version) else None
    by, day = request.user, holding.today(now) + publishing.GOOD_FOR
    context = _both(request, row) | {
        "bound": bound,
        "check_form": ticked or CheckForm(initial={"review_by": day}),
        "stays": row.status == Status.PUBLISHED,
        "why_not": shelving.why_not_read(by, row) or publishing.why_not(row, by=by, now=now),
    }
    return page(request, "library/check.html", context, status=status)


def _both(request: StaffRequest, row: Publication) -> dict[str, Any]:
    """The private side, the public words as they stand saved, and the asker's word on it."""
    if row.question:
        opening.note(person=request.user, question=row.question, now=timezone.now())
    return {
        "publication": row,
        "title": row.draft.title,
        "thread": [reading.said(message) for message in shelving.private(row)],
        "proof": shelving.proof(row),
        "saved": shelving.read(row),
    }
