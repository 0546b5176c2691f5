"""The desk, reading a question before claiming it, giving it back, and the end of a turn."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.drafting import claiming, desk, fitting, reading, timing, workspace
from advisors.drafting.doors import keeping_text, posts, question_or_404, refusals, writers
from advisors.drafting.forms import HandBackForm, VersionForm, WrapUpForm
from advisors.drafting.models import Draft
from advisors.team import checking_in, debriefing, expiring, opening, praising, training, welcoming, wrapping_up
from askpeer.errors import Refused, Stale
from questions import states

MOVED_ON = "This page was out of date. Here is how it stands now."


class Held(NamedTuple):
    """One of their questions at the end of a turn; put_back: whether handing it back needs no note yet."""

    card: desk.Card
    form: HandBackForm | None
    put_back: bool


@writers
@require_http_methods(["GET"])
def home(request: StaffRequest) -> HttpResponse:
    """How they are, what came since they left, their work, then what waits. 14 SQL with session and person, and for
    an advisor who sees something heavy, who holds something in review, or who is untrained, one more each.
    """
    person, now = request.user, timezone.now()
    checked_in, today = checking_in.latest(person, now=now), fitting.Today(person, now)
    mine = desk.mine(person, now=now, since=checked_in.before)
    today.mood = checked_in.mood
    today.in_hand = sum(card.question.status in fitting.IN_HAND for card in mine)
    closed = fitting.why_not_today(person, now)
    seen = desk.look(person, now=now, today=today)
    context = {
        "mine": mine,
        "cards": seen.cards,
        "nothing": desk.nothing(seen),
        "why_not": closed or fitting.nothing_new(today),
        "why_not_more": [] if closed else desk.why_not_more(person, seen, now=now),
        "missing": training.missing(person, now) if training.is_untrained(person, now) else [],
        "welcome": welcoming.is_missing(person, now=now),
        "training_ends": expiring.ends_on(person, now=now),
        "in_hand": today.in_hand,
        "most": fitting.most(person, now) if fitting.is_capped(person) else 0,
        "curfew": fitting.curfew(person, now),
        "mood": checked_in.mood,
        "moods": checking_in.CHOICES,
        "debriefs": debriefing.offers(person, now=now),
        "remarked": [card for card in mine if card.remarks],
        "thanks": desk.thanks(person, since=checked_in.before, now=now) if checked_in.before else [],
        "kudos": praising.received(person, since=checked_in.before, now=now) if checked_in.before else [],
    }
    return render(request, "drafting/desk/list.html", context)


@writers
@posts("desk:home")
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
    opening.note(person=request.user, question=question, now=now)
    context = {
        "question": question,
        "sheet": reading.for_advisor(question),
        "time": timing.left(question, now=now),
        "ask_first": fitting.is_ask_first(request.user, question),
        "form": VersionForm(initial={"version": question.version}),
    }
    return render(request, "drafting/question/read.html", context)


@writers
@posts("desk:read")
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
@posts("desk:write")
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
    return redirect("desk:wrap_up" if request.POST.get("then") == "wrap-up" else "desk:home")


@writers
@posts("desk:read")
@refusals
def recuse(request: StaffRequest, pk: UUID) -> HttpResponse:
    claiming.recuse(question=question_or_404(pk), by=request.user, now=timezone.now())
    messages.success(request, "You won't see that question again. Nobody will ask you why.")
    return redirect("desk:home")


@writers
@require_http_methods(["GET", "POST"])
def wrap_up(request: StaffRequest) -> HttpResponse:
    """What they hold, to keep or hand back; how long it was, and how they leave it."""
    now = timezone.now()
    form = WrapUpForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _wrapped_up(request, form, now)
        except Refused as refusal:
            form.add_error("hours", str(refusal))
    free = claiming.free_to_put_back(request.user, now=now)
    context = {
        "form": form,
        "held": [_held(card, free) for card in desk.mine(request.user, now=now)],
        "given": wrapping_up.said(wrapping_up.minutes_of_the_week(request.user, now=now)),
    }
    return render(request, "drafting/desk/wrap_up.html", context, status=422 if form.errors else 200)


def _wrapped_up(request: StaffRequest, form: WrapUpForm, now: datetime) -> HttpResponse:
    kept = form.cleaned_data
    hours, minutes = kept["hours"] or 0, kept["minutes"] or 0
    wrapping_up.wrap_up(person=request.user, hours=hours, minutes=minutes, mood=kept["mood"], now=now)
    messages.success(request, "Thank you for today. See you next time.")
    return redirect("desk:home")


def _held(card: desk.Card, free: set[UUID]) -> Held:
    """A card, and the form that hands it back where that can be done now."""
    if card.question.status not in states.RETURNED_FROM:
        return Held(card, None, False)
    form = HandBackForm(initial={"version": card.question.version}, auto_id=f"{card.question.pk}-%s")
    return Held(card, form, card.question.pk in free)
