"""The pages on which two look at one draft: the reviewer's, the advisor's own, and the beat of both."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.beside import going_on, looking, noting, presence, rules, sitting
from advisors.beside import margin as margins
from advisors.beside.forms import NoteForm
from advisors.beside.presence import Beat
from advisors.drafting import timing
from advisors.drafting.doors import SIGNED_OUT, keeping_text, question_or_404, writers
from advisors.drafting.doors import refusals as desk_refusals
from advisors.drafting.looking_back import whole
from advisors.models import Person, Role
from advisors.signoff import masking
from advisors.signoff.doors import attempt, question_for, refusals, reviewers
from advisors.team import opening
from askpeer.errors import Refused
from questions.models import Question


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def page(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The draft as it is being written, and the notes. POST adds a note."""
    question, now = question_for(request, pk), timezone.now()
    if request.method == "GET":
        return _page(request, question, now)
    return _note(request, question, now, again=_page, onward="beside:page")


@keeping_text
@writers
@require_http_methods(["GET", "POST"])
@desk_refusals
def margin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The advisor's margin on a page of its own. POST adds a note and leads back to the draft."""
    question, now = question_or_404(pk), timezone.now()
    if request.method == "GET":
        return _margin(request, question, now)
    return _note(request, question, now, again=_margin, onward="desk:write")


@reviewers
@require_http_methods(["POST"])
@refusals
def sit(request: StaffRequest, pk: UUID) -> HttpResponse:
    question = question_for(request, pk)
    try:
        sitting.sit_down(question=question, by=request.user, now=timezone.now())
    except Refused as refusal:
        # Whoever came second may look all the same.
        messages.info(request, str(refusal))
    return redirect("beside:page", pk=pk)


@reviewers
@require_http_methods(["POST"])
@refusals
def get_up(request: StaffRequest, pk: UUID) -> HttpResponse:
    sitting.get_up(question=question_for(request, pk), by=request.user, now=timezone.now())
    messages.success(request, "You got up. The notes stay with the draft.")
    return redirect("review:home")


@keeping_text
@writers
@require_http_methods(["POST"])
@desk_refusals
def ask(request: StaffRequest, pk: UUID) -> HttpResponse:
    question, now = question_or_404(pk), timezone.now()
    try:
        sitting.ask(question=question, by=request.user, now=now)
    except Refused as refusal:
        if _wants_json(request):
            return JsonResponse({"sentence": str(refusal)}, status=422)
        raise
    if _wants_json(request):
        return _news(request, question, now)
    messages.success(request, "Asked. Every supervisor on duty sees it first.")
    return redirect("desk:write", pk=pk)


@require_http_methods(["POST"])
def beat(request: StaffRequest, pk: UUID, *, writes: bool) -> HttpResponse:
    """JSON: looking.news(), for whoever writes or for a reviewer; a refusal is {"sentence"} with 403."""
    if not request.user.is_authenticated:
        return JsonResponse({"sentence": f"{SIGNED_OUT} Copy your words before you sign in again."}, status=403)
    answer = _beat(request, question_or_404(pk), timezone.now(), writes=writes)
    # A page left open beats by itself: it must not begin the thirty minutes of its reader's session anew.
    request.session.accessed = False
    return answer


def _beat(request: StaffRequest, question: Question, now: datetime, *, writes: bool) -> HttpResponse:
    try:
        if writes:
            rules.check_writes(request.user, question, now=now)
        else:
            rules.check_watches(request.user, question)
        return _news(request, question, now)
    except Refused as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=403)


def _news(request: StaffRequest, question: Question, now: datetime) -> HttpResponse:
    counted, seen = whole(request.POST.get("count", "")), request.POST.get("seen", "")
    found = presence.beat(question=question, by=request.user, now=now)
    return JsonResponse(looking.news(found, request.user, counted=counted, seen=seen, now=now))


def _wants_json(request: HttpRequest) -> bool:
    return not request.accepts("text/html")


def _note(
    request: StaffRequest, question: Question, now: datetime, *, again: Callable[..., HttpResponse], onward: str
) -> HttpResponse:
    form = NoteForm(request.POST)
    status = attempt(form, lambda note: noting.write(question=question, note=note, by=request.user, now=now))
    if _wants_json(request):
        return _told(form) if status else _beat(request, question, now, writes=onward == "desk:write")
    if status:
        # Read anew: it may have moved on, or be gone.
        return again(request, question_or_404(question.pk), now, form, status=status)
    messages.success(request, "Your note is on the margin.")
    return redirect(onward, pk=question.pk)


def _told(form: NoteForm) -> HttpResponse:
    return JsonResponse({"sentence": next(iter(form.errors.values()))[0]}, status=422)


def _margin(
    request: StaffRequest, question: Question, now: datetime, form: NoteForm | None = None, *, status: int = 200
) -> HttpResponse:
    rules.check_writes(request.user, question, now=now)
    opening.note(person=request.user, question=question, now=now)
    context = margins.for_advisor(request.user, question, now, form=form)
    return render(request, "beside/margin/read.html", context | {"bound": form}, status=status)


def _page(
    request: StaffRequest, question: Question, now: datetime, form: NoteForm | None = None, *, status: int = 200
) -> HttpResponse:
    rules.check_watches(request.user, question)
    opening.note(person=request.user, question=question, now=now)
    if not going_on.is_written(question):
        return _afterwards(request, question, form, status)
    found = presence.beat(question=question, by=request.user, now=now)
    notes = noting.of(found.question, request.user)
    context = {
        "question": question,
        "bound": form,
        "form": form or NoteForm(),
        "thread": masking.thread(found.question),
        "time": timing.left(found.question, now=now),
        "notes": notes,
        "count": len(notes),
    }
    context |= looking.there(found, request.user, now=now) | looking.wording(looking.newest(found.question))
    return render(request, "beside/draft/watch.html", context | _seat(found, request.user), status=status)


def _seat(found: Beat, person: Person) -> dict[str, Any]:
    """Whether this reader sits there, and otherwise whether they may."""
    sits = found.sitting is not None and found.sitting.supervisor_id == person.pk
    why_not = rules.why_not_sit(person, found.question)
    return {"sits": sits, "may_sit": found.sitting is None and not why_not, "why_not": "" if sits else why_not}


def _afterwards(request: StaffRequest, question: Question, form: NoteForm | None, status: int) -> HttpResponse:
    """The notes alone, where nobody writes; for the lead all of them."""
    context = {
        "question": question,
        "bound": form,
        "notes": noting.of(question, request.user),
        "sentence": rules.why_not_written(question),
        "reads_all": request.user.role == Role.LEAD,
    }
    return render(request, "beside/draft/afterwards.html", context, status=status)
