"""The duty page: what is red, what waits, and the next draft to read."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.signoff import listing, reviewing, settling, triaging
from advisors.signoff.doors import page, refusals, reviewers
from askpeer.errors import Refused
from questions import states
from questions.models import Question, SafetyReport


@reviewers
@require_http_methods(["GET"])
@refusals
def home(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    waiting = triaging.waiting(request.user, now=now)
    to_assign = listing.to_assign(request.user)
    context = {
        "waiting": waiting,
        "quarantine": listing.QUARANTINE,
        "red": [item for item in waiting.questions.items if _is_red(item.question)],
        "fresh": [item for item in waiting.questions.items if not _is_red(item.question)],
        "red_words": any(_is_red(row.round.question) for row in waiting.messages)
        or any(_is_red(row.round.question) for row in waiting.feedback),
        "red_to_assign": [row for row in to_assign if _is_red(row)],
        "to_assign": [row for row in to_assign if not _is_red(row)],
        "queue": reviewing.queue(request.user, now=now, cursor=request.GET.get("after", "")),
        "reports": listing.reports(request.user),
        "behind": listing.behind(request.user, now=now),
    }
    return page(request, "duty/home.html", context)


def _is_red(question: Question) -> bool:
    return question.level == states.RED


@reviewers
@require_http_methods(["POST"])
def take_next(request: StaffRequest) -> HttpResponse:
    try:
        draft = reviewing.take_next(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("review:home")
    return redirect("review:draft", pk=draft.round.question_id)


@reviewers
@require_http_methods(["POST"])
@refusals
def settle(request: StaffRequest, pk: UUID) -> HttpResponse:
    report = get_object_or_404(SafetyReport.objects.select_related("round__question"), pk=pk)
    settling.settle(report=report, by=request.user, now=timezone.now())
    messages.success(request, "Settled. The report stays with the question.")
    return redirect("review:home")
