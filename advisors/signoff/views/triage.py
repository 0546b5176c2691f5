"""Triage: the list, and one question with everything that can be decided about it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.drafting import claiming, timing
from advisors.signoff import levels, listing, locking, reading, triaging
from advisors.signoff.doors import attempt, page, question_for, refusals, reviewers
from advisors.signoff.forms import AssignForm, HoldForm, LevelForm, LockForm, NamedForm, PassOnForm, RedirectForm
from askpeer.errors import Stale
from questions import holding, states
from questions.models import Feedback, Message, Question


@reviewers
@require_http_methods(["GET"])
@refusals
def waiting(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    found = triaging.waiting(request.user, now=now, cursor=request.GET.get("after", ""))
    context = {
        "waiting": found,
        "quarantine": listing.QUARANTINE,
        "replies": [(row, timing.ago(row.sent_at, now=now)) for row in found.messages],
        "feedback": [(row, timing.ago(row.sent_at, now=now)) for row in found.feedback],
    }
    return page(request, "triage/list.html", context)


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def question(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read it; POST passes it on to the advisors."""
    row = question_for(request, pk)
    if request.method == "GET":
        return _page(request, row)
    return _act(request, row, PassOnForm(request.POST), triaging.pass_on, "Passed on. It waits on the desk now.")


@reviewers
@require_http_methods(["POST"])
@refusals
def level(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, form = question_for(request, pk), LevelForm(request.POST)
    lower = states.LEVELS.index(row.level) > _rank(form.data.get("level"))
    verb = levels.lower_level if lower else levels.raise_level
    return _act(request, row, form, verb, "The level is changed.", onward="review:question")


def _rank(level: str | None) -> int:
    return states.LEVELS.index(level) if level in states.LEVELS else len(states.LEVELS)


@reviewers
@require_http_methods(["POST"])
@refusals
def redirect_asker(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    return _act(
        request, row, RedirectForm(request.POST, question=row), triaging.redirect, "Sent. The question ends here."
    )


@reviewers
@require_http_methods(["POST"])
@refusals
def hold(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    form = HoldForm(request.POST, question=row)
    return _act(request, row, form, triaging.hold, "The holding reply is sent.", onward="review:question")


@reviewers
@require_http_methods(["POST"])
@refusals
def assign(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    return _act(request, row, AssignForm(request.POST), claiming.assign, "Assigned. It's on their desk now.")


@reviewers
@require_http_methods(["POST"])
@refusals
def lock(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    form = LockForm(request.POST)
    return _act(request, row, form, locking.lock_away, "A locked note is kept.", onward="review:question")


@reviewers
@require_http_methods(["POST"])
@refusals
def recuse(request: StaffRequest, pk: UUID) -> HttpResponse:
    claiming.recuse(question=question_for(request, pk), by=request.user, now=timezone.now())
    messages.success(request, "You won't see that question again. Nobody will ask you why.")
    return redirect("review:home")


@reviewers
@require_http_methods(["POST"])
@refusals
def pass_message(request: StaffRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("round__question"), pk=pk)
    triaging.pass_message(message=message, by=request.user, now=timezone.now())
    messages.success(request, "Passed on. The advisor can read it now.")
    return redirect("review:triage")


@reviewers
@require_http_methods(["POST"])
@refusals
def pass_feedback(request: StaffRequest, pk: UUID) -> HttpResponse:
    feedback = get_object_or_404(Feedback.objects.select_related("round__question"), pk=pk)
    if request.POST.get("sent_at") != feedback.sent_at.isoformat():
        raise Stale("They changed these words after you read them. Here is the page as it stands now: read them again.")
    triaging.pass_feedback(feedback=feedback, by=request.user, now=timezone.now())
    messages.success(request, "Passed on. The advisor can read it now.")
    return redirect("review:triage")


def _act(
    request: StaffRequest, row: Question, form: NamedForm, verb: Callable[..., object], said: str, *, onward: str = ""
) -> HttpResponse:
    """Do it and go on; otherwise the page again, as things stand now, with the sentence and what was typed."""
    status = attempt(form, partial(verb, question=row, by=request.user, now=timezone.now()))
    if status:
        return _page(request, question_for(request, row.pk), form, status=status)
    messages.success(request, said)
    return redirect(onward, pk=row.pk) if onward else redirect("review:triage")


def _page(request: StaffRequest, row: Question, bound: NamedForm | None = None, *, status: int = 200) -> HttpResponse:
    given = {bound.name: bound} if bound else {}
    context = {
        "question": row,
        "bound": bound,
        "thread": reading.thread(row),
        "reasons": reading.reasons(row),
        "time": timing.left(row, now=timezone.now()),
        "held_back": row.round.messages.filter(kind=Message.Kind.HOLDING).exists(),
        "pass_form": given.get("pass") or PassOnForm(initial=_noted(row)),
        "level_form": given.get("level") or LevelForm(),
        "redirect_form": given.get("redirect") or RedirectForm(question=row),
        "hold_form": given.get("holding") or HoldForm(question=row),
        "assign_form": given.get("assign") or AssignForm(),
        "lock_form": given.get("lock") or LockForm(),
        "locked_until": holding.last_day(row, now=timezone.now()),
        "may_lock": locking.may_lock(request.user),
    }
    return page(request, "triage/question.html", context | _open_to(row), status=status)


def _noted(row: Question) -> dict[str, object]:
    """What a follow-up brings along from the round before."""
    return {"summary": row.summary or "", "content_notes": row.content_notes}


def _open_to(row: Question) -> dict[str, bool]:
    return {
        "may_pass": row.status == states.NEW and not row.about_staff,
        "may_redirect": row.status in states.UNFINISHED,
        "may_hold": row.status in states.UNFINISHED and row.level == states.RED,
        "may_assign": row.status == states.OPEN or row.status in states.RETURNED_FROM,
    }
