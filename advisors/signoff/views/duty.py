"""The duty page: what is red, what waits, and the next draft to read."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import doors
from advisors.access import StaffRequest
from advisors.beside import offering
from advisors.duty import board, handing_over, presence
from advisors.safeguarding import board as safeguarding
from advisors.signoff import listing, own_words, redating, reviewing, settling, skipping, triaging
from advisors.signoff.doors import attempt, handlers, page, refusals, reviewers
from advisors.signoff.forms.duty import NoteForm
from advisors.team import debriefing, opening, planning, practising, progressing, supporting
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
    behind = listing.behind(request.user, now=now)
    late = {item.question.pk for item in behind}
    reports = listing.reports(request.user)
    opening.note_all(person=request.user, questions=[row.round.question for row in reports], now=now)
    context = {
        "calls": supporting.calls_for(request.user, now=now),
        "debriefs": debriefing.wanting(request.user),
        "board": board.read(request.user, now=now),
        "meant": planning.today(now=now),
        "words": own_words.waiting(request.user),
        "missed_twice": redating.missed_twice(request.user, now=now),
        "red_written": [row for row in listing.red_written(request.user) if row.pk not in late],
        "safeguarding": safeguarding.waiting(request.user, now=now),
        "offers": offering.offers(request.user, now=now),
        "waiting": waiting,
        "quarantine": listing.QUARANTINE,
        "red": [item for item in waiting.questions.items if _is_red(item.question)],
        "fresh": [item for item in waiting.questions.items if not _is_red(item.question)],
        "red_words": any(_is_red(row.round.question) for row in waiting.messages)
        or any(_is_red(row.round.question) for row in waiting.feedback),
        "red_to_assign": [row for row in to_assign if _is_red(row)],
        "to_assign": [row for row in to_assign if not _is_red(row)],
        "queue": reviewing.queue(request.user, now=now, cursor=request.GET.get("after", "")),
        "skipped": skipping.current(request.session, now=now),
        "reports": reports,
        "behind": behind,
        "practice": practising.count_waiting(request.user),
        "to_pass": len(progressing.ready(request.user, now=now)),
        "undated": bool(redating.to_redate(request.user, now=now)),
    }
    return page(request, "duty/home.html", context)


def _is_red(question: Question) -> bool:
    return question.level == states.RED


@reviewers
@require_http_methods(["POST"])
@refusals
def start_duty(request: StaffRequest) -> HttpResponse:
    presence.go_on(person=request.user, now=timezone.now())
    messages.success(request, "You are on duty, until you end it or sign out. Advisors can take questions now.")
    return redirect("review:home")


@reviewers
@require_http_methods(["POST"])
@refusals
def end_duty(request: StaffRequest) -> HttpResponse:
    presence.go_off(person=request.user)
    messages.success(request, "You are off duty.")
    return redirect("review:home")


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def note(request: StaffRequest) -> HttpResponse:
    form, status = NoteForm(request.POST or None), 200
    if request.method == "POST":
        status = attempt(form, partial(handing_over.leave_note, by=request.user, now=timezone.now()))
        if not status:
            messages.success(request, "The next shift reads it on this page.")
            return redirect("review:home")
    context = {"form": form, "board": board.read(request.user, now=timezone.now())}
    return page(request, "duty/note.html", context, status=status)


@reviewers
@require_http_methods(["POST"])
def take_next(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    try:
        draft = reviewing.take_next(by=request.user, now=now, skipped=skipping.current(request.session, now=now))
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("review:home")
    return redirect("review:draft", pk=draft.round.question_id)


@handlers
@require_http_methods(["POST"])
@refusals
def settle(request: StaffRequest, pk: UUID) -> HttpResponse:
    report = get_object_or_404(SafetyReport.objects.select_related("round__question"), pk=pk)
    now = timezone.now()
    settling.settle(report=report, by=request.user, now=now)
    messages.success(request, "Settled. The report stays with the question.")
    return redirect(doors.home_of(request.user, now=now))
