"""The locked notes, which the safeguarding lead alone reads."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.signoff import locking
from advisors.signoff.doors import page, refusals, reviewers
from questions.models import LockedNote


@reviewers
@require_http_methods(["GET"])
@refusals
def notes(request: StaffRequest) -> HttpResponse:
    return page(request, "locked/list.html", {"notes": locking.kept(request.user, now=timezone.now())})


@reviewers
@require_http_methods(["POST"])
@refusals
def let_go(request: StaffRequest, pk: UUID) -> HttpResponse:
    note = get_object_or_404(LockedNote.objects.select_related("about"), pk=pk)
    locking.let_go(note=note, by=request.user, now=timezone.now())
    messages.success(request, "The note and its key are gone.")
    return redirect("review:locked")
