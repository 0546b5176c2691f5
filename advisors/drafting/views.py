"""The desk, reading a question before claiming it, and giving it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.drafting import claiming, desk, fitting, reading, timing, workspace
from advisors.drafting.doors import keeping_text, question_or_404, refusals, writers
from advisors.drafting.forms import HandBackForm, VersionForm
from advisors.drafting.models import Draft
from askpeer.errors import Refused, Stale

MOVED_ON = "This page was out of date. Here is how it stands now."


@writers
@require_http_methods(["GET"])
def home(request: StaffRequest) -> HttpResponse:
    """My work, then what waits."""
    now = timezone.now()
    mine = desk.mine(request.user, now=now)
    in_hand = sum(card.question.status in fitting.IN_HAND for card in mine)
    why_not = fitting.why_not_today(request.user, now) or fitting.full_hands(request.user, in_hand, now)
    context = {
        "mine": mine,
        "cards": desk.cards(request.user, now=now),
        "why_not": why_not,
        "in_hand": in_hand,
        "most": fitting.most(request.user, now),
        "curfew": fitting.curfew(request.user, now),
    }
    return render(request, "drafting/desk/list.html", context)


@writers
@require_http_methods(["POST"])
def take_next(request: StaffRequest) -> HttpResponse:
    try:
        question = claiming.take_next(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("desk:home")
    messages.success(request, "It's yours. You can put it back in the next ten minutes without a word.")
    return redirect("desk:write", pk=question.pk)


@writers
@require_http_methods(["GET"])
@refusals
def read(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The question with its details masked, before anyone decides."""
    question, now = question_or_404(pk), timezone.now()
    if question.holder_id == request.user.pk:
        return redirect("desk:write", pk=pk)
    if why_not := fitting.why_not(request.user, question, now):
        raise Refused(why_not)
    context = {
        "question": question,
        "sheet": reading.for_advisor(question),
        "time": timing.left(question, now=now),
        "ask_first": fitting.is_ask_first(request.user, question),
        "form": VersionForm(initial={"version": question.version}),
    }
    return render(request, "drafting/question/read.html", context)


@writers
@require_http_methods(["POST"])
@refusals
def claim(request: StaffRequest, pk: UUID) -> HttpResponse:
    form, question = VersionForm(request.POST), question_or_404(pk)
    if not form.is_valid():
        raise Stale(MOVED_ON)
    claiming.claim(question=question, by=request.user, version=form.cleaned_data["version"], now=timezone.now())
    messages.success(request, "It's yours. You can put it back in the next ten minutes without a word.")
    return redirect("desk:write", pk=pk)


@keeping_text
@writers
@require_http_methods(["POST"])
@refusals
def hand_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    form, question, now = HandBackForm(request.POST), question_or_404(pk), timezone.now()
    if not form.is_valid():
        return workspace.page(request, question, Draft.Kind.ANSWER, now, back_form=form, status=422)
    try:
        claiming.hand_back(question=question, by=request.user, now=now, **form.cleaned_data)
    except Stale:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return workspace.page(request, question_or_404(pk), Draft.Kind.ANSWER, now, back_form=form, status=422)
    messages.success(request, "Handed back. The draft is kept for the next advisor.")
    return redirect("desk:home")


@writers
@require_http_methods(["POST"])
@refusals
def recuse(request: StaffRequest, pk: UUID) -> HttpResponse:
    claiming.recuse(question=question_or_404(pk), by=request.user, now=timezone.now())
    messages.success(request, "You won't see that question again. Nobody will ask you why.")
    return redirect("desk:home")
