"""After a heavy one: yes or no thanks for whom it was, and "We talked" for who talks with them."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest, staff
from advisors.team import debriefing, supporting
from advisors.team.doors import keeping_words
from advisors.team.forms import DebriefForm
from advisors.team.models import Debrief
from askpeer.errors import Refused, Stale


@staff()
@require_http_methods(["GET"])
def calls(request: StaffRequest) -> HttpResponse:
    """Who would like to talk, for whoever may be the one they talk with."""
    if not supporting.may_be_called(request.user):
        return _not_for_you(request)
    return render(request, "team/debrief/calls.html", {"debriefs": debriefing.wanting(request.user)})


@keeping_words
@staff()
@require_http_methods(["GET", "POST"])
def read(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One offer: for whom it is the question, for who may talk with them their words."""
    debrief, now = _debrief(pk), timezone.now()
    if debrief.person_id == request.user.pk:
        return _say_yes(request, debrief, now) if request.method == "POST" else _own(request, debrief, now)
    if not debriefing.may_read(request.user, debrief):
        return _not_for_you(request)
    if request.method == "GET":
        return render(request, "team/debrief/theirs.html", {"debrief": debrief})
    try:
        debriefing.talked(debrief=debrief, by=request.user, now=now)
    except Stale as stale:
        return render(request, "team/debrief/theirs.html", {"debrief": debrief, "sentence": str(stale)}, status=409)
    except Refused:
        return _not_for_you(request)
    messages.success(request, "Thank you for taking the time.")
    return redirect("team:debriefs")


@staff()
@require_http_methods(["POST"])
def no_thanks(request: StaffRequest, pk: UUID) -> HttpResponse:
    debrief, now = _debrief(pk), timezone.now()
    if debrief.person_id != request.user.pk:
        return _not_for_you(request)
    try:
        debriefing.answer(debrief=debrief, wanted=False, by=request.user, now=now)
    except Stale as stale:
        return _own(request, debrief, now, sentence=str(stale), status=409)
    messages.success(request, "That's fine. “I need support” is there whenever you want it.")
    return redirect("advisors:home")


def _say_yes(request: StaffRequest, debrief: Debrief, now: datetime) -> HttpResponse:
    form = DebriefForm(request.POST)
    if form.is_valid():
        try:
            debriefing.answer(debrief=debrief, wanted=True, by=request.user, now=now, **form.cleaned_data)
            return redirect("team:debrief", pk=debrief.pk)
        except Stale as stale:
            return _own(request, debrief, now, form, sentence=str(stale), status=409)
        except Refused as refusal:
            form.add_error("words", str(refusal))
    return _own(request, debrief, now, form, status=422)


def _own(
    request: StaffRequest,
    debrief: Debrief,
    now: datetime,
    form: DebriefForm | None = None,
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "debrief": debrief,
        "form": form or DebriefForm(),
        "sentence": sentence,
        "is_open": debriefing.is_open(debrief, now=now),
        "buddy": supporting.buddy_of(request.user, now=now),
    }
    return render(request, "team/debrief/own.html", context, status=status)


def _debrief(pk: UUID) -> Debrief:
    rows = Debrief.objects.exclude(debriefing.TELLING).select_related("person__buddy", "talked_with")
    return get_object_or_404(rows, pk=pk)


def _not_for_you(request: StaffRequest) -> HttpResponse:
    sentence = "This is for the one it is about, and who talks with them."
    return render(request, "403.html", {"sentence": sentence}, status=403)
