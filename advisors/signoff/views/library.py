"""The publication editor: the public text beside the private one, a second person's check, taking down."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.signoff import reading, seeing, shelving
from advisors.signoff.doors import attempt, page, refusals, reviewers
from advisors.signoff.forms import CheckForm, NamedForm, PublicationForm
from questions.publication import anonymising, changing, hiding, publishing, withdrawing
from questions.publication.models import Publication

Status = Publication.Status


def _publication(request: StaffRequest, pk: UUID) -> Publication:
    """The publication, if this reviewer may open the question it came from. Raises Http404, Refused."""
    row = get_object_or_404(Publication.objects.select_related("topic", "question", "edited_by", "checked_by"), pk=pk)
    if row.question:
        seeing.check(request.user, row.question)
    return row


@reviewers
@require_http_methods(["GET"])
@refusals
def waiting(request: StaffRequest) -> HttpResponse:
    shelf = shelving.waiting(request.user, cursor=request.GET.get("after", ""))
    return page(request, "library/list.html", {"shelf": shelf})


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = _publication(request, pk)
    if request.method == "GET":
        return _page(request, row)
    # A page of a text that was taken down has no form to type in again.
    changing.check_live(row)
    said = "Saved. It is published once the asker has said yes to it and somebody else has checked it."
    return _act(request, row, PublicationForm(request.POST), anonymising.edit, said)


@reviewers
@require_http_methods(["POST"])
@refusals
def check(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = _publication(request, pk)
    return _act(request, row, CheckForm(request.POST), publishing.publish, "Published. It's in the library now.")


@reviewers
@require_http_methods(["POST"])
@refusals
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    said = "Off our site in a minute. Search engines take longer; copies people saved we can't remove."
    return _act(request, _publication(request, pk), forms.Form(request.POST), withdrawing.withdraw, said)


@reviewers
@require_http_methods(["POST"])
@refusals
def show_again(request: StaffRequest, pk: UUID) -> HttpResponse:
    said = "Back in the library."
    return _act(request, _publication(request, pk), forms.Form(request.POST), hiding.show_again, said)


def _act(
    request: StaffRequest, row: Publication, form: forms.Form, verb: Callable[..., object], said: str
) -> HttpResponse:
    status = attempt(form, partial(verb, publication=row, by=request.user, now=timezone.now()))
    if status:
        return _page(request, _publication(request, row.pk), form, status=status)
    messages.success(request, said)
    return redirect("review:publish")


def _page(
    request: StaffRequest, row: Publication, bound: forms.Form | None = None, *, status: int = 200
) -> HttpResponse:
    given = {bound.name: bound} if isinstance(bound, NamedForm) else {}
    words = row.draft
    initial = asdict(words) | {"topic": row.topic, "keywords": ", ".join(words.keywords)}
    context = {
        "publication": row,
        "title": words.title,
        "bound": bound,
        "thread": [reading.said(message) for message in shelving.private(row)],
        "proof": shelving.proof(row),
        "public_form": given.get("public") or PublicationForm(initial=initial),
        "check_form": given.get("check") or CheckForm(),
        "may_check": row.status == Status.ANONYMISED and row.edited_by_id != request.user.pk,
        "is_live": row.status != Status.UNPUBLISHED,
        "is_hidden": row.status == Status.PUBLISHED and row.hidden_at is not None,
    }
    return page(request, "library/edit.html", context, status=status)
