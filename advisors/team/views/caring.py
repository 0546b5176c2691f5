"""How somebody is today, and somebody to turn to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest, staff
from advisors.models import Person, Role
from advisors.team import checking_in, debriefing, meanwhile, supporting
from advisors.team.doors import keeping_calls
from advisors.team.forms import SupportForm
from advisors.team.models import SupportCall
from askpeer.errors import Refused, Stale

writers = staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)


@writers
@require_http_methods(["GET", "POST"])
def check_in(request: StaffRequest) -> HttpResponse:
    """Three buttons; what was said before today's end can be said anew."""
    now, sentence = timezone.now(), ""
    if request.method == "POST":
        try:
            checking_in.check_in(person=request.user, mood=request.POST.get("mood", ""), now=now)
            return redirect("desk:home")
        except Refused as refusal:
            sentence = str(refusal)
    context = {
        "moods": checking_in.CHOICES,
        "mood": checking_in.mood_today(request.user, now=now),
        "sentence": sentence,
    }
    return render(request, "team/check_in/page.html", context, status=422 if sentence else 200)


@keeping_calls
@staff()
@require_http_methods(["GET", "POST"])
def support(request: StaffRequest) -> HttpResponse:
    """What happens when the button is pressed, a box to leave empty, and the button."""
    now = timezone.now()
    form = SupportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            supporting.call(person=request.user, now=now, **form.cleaned_data)
            return redirect("team:support")
        except Refused as refusal:
            form.add_error("words", str(refusal))
    context = {"form": form} | _how_it_stands(request.user, now)
    return render(request, "team/support/ask.html", context, status=422 if form.errors else 200)


def _how_it_stands(person: Person, now: datetime) -> dict[str, Any]:
    """Their open call, by when somebody comes, who hears of it, and whom to ring where nobody comes at once."""
    call, on_duty = supporting.open_call(person), supporting.anybody(than=person, now=now)
    came = None if call else supporting.came(person, now=now)
    is_late = call is not None and supporting.is_late(call, now=now)
    return {
        "call": call,
        "came": came,
        "came_at": supporting.moment(came.answered_at, now=now) if came and came.answered_at else "",
        "on_duty": on_duty,
        "is_late": is_late,
        "until": supporting.until(call, now=now) if call else "",
        "buddy": supporting.buddy_of(person, now=now),
        "helpers": meanwhile.helpers(person, now=now) if is_late or not on_duty else [],
    }


@staff()
@require_http_methods(["GET"])
def calls(request: StaffRequest) -> HttpResponse:
    """Who needs somebody now, for whoever may be that somebody."""
    if not supporting.may_be_called(request.user):
        return _not_for_you(request)
    waiting = supporting.calls_for(request.user, now=timezone.now())
    context = {"calls": waiting, "debriefs": debriefing.wanting(request.user)}
    return render(request, "team/support/calls.html", context)


@staff()
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One call: the button that says "I'm with them", then, for who pressed it alone, their words."""
    call = get_object_or_404(SupportCall.objects.select_related("person", "answered_by"), pk=pk)
    if not supporting.may_answer(request.user, call.person):
        return _not_for_you(request)
    if request.method == "POST":
        try:
            supporting.answer(call=call, by=request.user, now=timezone.now())
        except Stale as stale:
            messages.info(request, str(stale))
        except Refused:
            return _not_for_you(request)
        return redirect("team:answer", pk=pk)
    now = timezone.now()
    mine, is_still = call.answered_by == request.user, supporting.is_still_with(call, now=now)
    context = {"call": call, "mine": mine, "is_still": is_still, "until": "", "is_late": False}
    if call.answered_by is None:
        context |= {"until": supporting.until(call, now=now), "is_late": supporting.is_late(call, now=now)}
    return render(request, "team/support/answer.html", context)


def _not_for_you(request: StaffRequest) -> HttpResponse:
    return render(request, "403.html", {"sentence": "This is for supervisors and for buddies."}, status=403)
