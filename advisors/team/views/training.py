"""Training: learning and practising, and what a reviewer says of it. Each view parses, calls one verb, answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest, closed, staff
from advisors.models import Person, Role
from advisors.team import expiring, exporting, practising, progressing, sections, teaching
from advisors.team import training as passing
from advisors.team.doors import keeping
from advisors.team.models import Attempt
from advisors.team.teaching import Unit
from advisors.team.training_forms import AttemptForm, FeedbackForm
from askpeer import prose
from askpeer.errors import Refused, Stale

writers = staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)
reviewers = staff(Role.SUPERVISOR, Role.LEAD)
keeping_words = keeping("You were signed out before this was sent. Sign in, and send it again.")
REVIEW = [{"url": "/review/", "label": "Duty"}, {"url": "/review/training/", "label": "Training"}]


@writers
@require_http_methods(["GET"])
def home(request: StaffRequest) -> HttpResponse:
    """The three tracks, where one stands, and what came back, what comes next. 5 SQL with session and person."""
    person, now = request.user, timezone.now()
    standings = progressing.of(person, now=now)
    context = {
        "sections": sections.of(person, now=now),
        "standings": standings,
        "back": [
            (row, unit)
            for row in practising.feedback_lately(person, now=now)
            if (unit := teaching.find(row.track, row.unit))
        ],
        "next": progressing.next_step(standings),
        "passed": sum(one.is_passed for one in standings),
        "ends_on": expiring.ends_on(person, now=now),
        "is_untrained": passing.is_untrained(person, now),
        "may_take_along": passing.may_take_along(person),
    }
    return render(request, "team/training/home.html", context)


@keeping_words
@writers
@require_http_methods(["GET", "POST"])
def unit(request: StaffRequest, track: str, slug: str) -> HttpResponse:
    """One unit: its text, the practice question, one's own answer; the model answer only once that was sent."""
    lesson = teaching.find(track, slug)
    if lesson is None:
        raise Http404
    form, status = AttemptForm(request.POST if request.method == "POST" else None), 422
    if form.is_valid():
        try:
            practising.send(unit=lesson, by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("words", str(refusal))
        else:
            messages.success(request, "Sent. Somebody experienced reads it and writes back. Our answer is below.")
            return redirect(reverse("team:training_unit", args=[track, slug]) + "#yours")
    return render(
        request, "team/training/unit.html", _lesson(request, lesson, form), status=status if form.errors else 200
    )


def _lesson(request: StaffRequest, lesson: Unit, form: AttemptForm) -> dict[str, Any]:
    tries = practising.of_unit(request.user, lesson)
    course = teaching.course(lesson.track)
    waits = bool(tries) and tries[0].feedback_at is None
    return {
        "sections": sections.of(request.user, now=timezone.now()),
        "unit": lesson,
        "number": course.units.index(lesson) + 1,
        "total": len(course.units),
        "text": _html(lesson.text),
        "model": _html(practising.model_answer(request.user, lesson)) if tries else "",
        "latest": tries[0] if tries else None,
        "earlier": tries[1:],
        "waits": waits,
        "form": form,
        "following": teaching.following(lesson),
        "is_last": lesson == course.last,
    }


@staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD, Role.MANAGER)
@require_http_methods(["GET", "HEAD"])
def export(request: StaffRequest) -> HttpResponse:
    """The whole material as a file: Markdown, or JSON for ?format=json."""
    if not passing.may_take_along(request.user):
        return closed(
            request, "Our answers are in this file. You can take it along once you have passed all three tracks."
        )
    form = request.GET.get("format", "md")
    if form not in {"md", "json"}:
        raise Http404
    if form == "json":
        answer: HttpResponse = JsonResponse(exporting.as_data(), json_dumps_params={"indent": 1, "ensure_ascii": False})
    else:
        answer = HttpResponse(exporting.as_markdown(), content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="training.{form}"'
    return answer


@reviewers
@require_http_methods(["GET"])
def waiting(request: StaffRequest) -> HttpResponse:
    return _waiting(request, now=timezone.now())


def _waiting(request: StaffRequest, *, now: datetime, sentence: str = "", status: int = 200) -> HttpResponse:
    """What waits for feedback and who may be passed, and what was refused. 6 SQL with session and person."""
    rows = practising.waiting(request.user)
    context = {
        "sections": REVIEW,
        "sentence": sentence,
        "rows": [(row, teaching.find(row.track, row.unit)) for row in rows],
        "more": practising.count_waiting(request.user) - len(rows),
        "ready": progressing.ready(request.user, now=now),
    }
    return render(request, "team/training/waiting.html", context, status=status)


@keeping_words
@reviewers
@require_http_methods(["GET", "POST"])
def attempt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One attempt beside the model answer, and a box for feedback."""
    row, now = get_object_or_404(Attempt.objects.select_related("person", "feedback_by"), pk=pk), timezone.now()
    try:
        practising.check_mark(row, request.user)
    except Refused as refusal:
        return render(request, "403.html", {"sentence": str(refusal)}, status=403)
    form, status = FeedbackForm(request.POST if request.method == "POST" else None), 422
    if form.is_valid():
        try:
            practising.mark(attempt=row, by=request.user, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("words", str(refusal))
            status = 409 if isinstance(refusal, Stale) else 422
        else:
            messages.success(request, f"{row.person.alias} can read it now.")
            return redirect("team:training_waiting")
    fresh = Attempt.objects.select_related("person", "feedback_by").filter(pk=pk).first()
    if fresh is None:
        return _waiting(request, now=now, sentence="It is gone: its writer has left.", status=409)
    context = _marked(fresh, form)
    return render(request, "team/training/attempt.html", context, status=status if form.errors else 200)


def _marked(row: Attempt, form: FeedbackForm) -> dict[str, Any]:
    lesson = teaching.find(row.track, row.unit)
    return {
        "sections": REVIEW,
        "attempt": row,
        "unit": lesson,
        "model": _html(lesson.model) if lesson else "",
        "earlier": [one for one in practising.of_unit(row.person, lesson) if one.pk != row.pk] if lesson else [],
        "form": form,
    }


@reviewers
@require_http_methods(["POST"])
def pass_track(request: StaffRequest, pk: UUID) -> HttpResponse:
    person, now = get_object_or_404(Person, pk=pk), timezone.now()
    try:
        row = passing.pass_track(person=person, track=request.POST.get("track", ""), by=request.user, now=now)
    except Refused as refusal:
        status = 409 if isinstance(refusal, Stale) else 422
        return _waiting(request, now=now, sentence=str(refusal), status=status)
    messages.success(request, f"{person.alias} has passed “{row.get_track_display()}”.")
    return redirect("team:training_waiting")


def _html(markdown: str) -> SafeString:
    return mark_safe(prose.render(markdown))  # nosec B308 B703
