"""The team room: the week's round, what was said, who thanked whom, who is here."""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest, View, closed, staff
from advisors.duty import presence, rota
from advisors.fields import NamedForm
from advisors.models import Person
from advisors.team import planning, posting, praising, rounds
from advisors.team.doors import keeping_post
from advisors.team.forms_room import KudosForm, PostForm, RoundForm
from advisors.team.models import Kudos, Post
from advisors.team.sections import of as sections_of
from askpeer.errors import Refused, Stale


def in_the_room(view: View) -> View:
    """Whoever belongs here; a newcomer reads what comes first."""

    @staff(*posting.IN_THE_ROOM)
    @wraps(view)
    def guarded(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponse:
        if reason := roles.why_not_in_the_room(request.user, now=timezone.now()):
            return closed(request, reason, is_new=True)
        return view(request, *args, **kwargs)

    return guarded


@keeping_post
@in_the_room
@require_http_methods(["GET", "POST"])
def room(request: StaffRequest) -> HttpResponse:
    """The room; POST says something in it."""
    if request.method == "GET":
        return _page(request, timezone.now())
    return _act(request, PostForm(request.POST), posting.post, "Said. Everybody on the team can read it.")


@keeping_post
@in_the_room
@require_http_methods(["POST"])
def answer_round(request: StaffRequest) -> HttpResponse:
    said = "Thank you. You can change your answer until Sunday night."
    return _act(request, RoundForm(request.POST), posting.answer_round, said)


@keeping_post
@in_the_room
@require_http_methods(["POST"])
def praise(request: StaffRequest) -> HttpResponse:
    form = KudosForm(request.POST, giver=request.user, now=timezone.now())
    return _act(request, form, praising.praise, "Passed on. It'll make their day.")


@in_the_room
@require_http_methods(["POST"])
def take_down(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Post, pk=pk)
    return _gone(request, partial(posting.take_down, post=row))


@in_the_room
@require_http_methods(["POST"])
def take_kudos_down(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Kudos, pk=pk)
    return _gone(request, partial(praising.take_down, kudos=row))


def _gone(request: StaffRequest, verb: Callable[..., None]) -> HttpResponse:
    try:
        verb(by=request.user, now=timezone.now())
    except Stale as stale:
        messages.info(request, str(stale))
    except Refused as refusal:
        return render(request, "403.html", {"sentence": str(refusal)}, status=403)
    else:
        messages.success(request, "Taken down.")
    return redirect("team:room")


def _act(request: StaffRequest, form: NamedForm, verb: Callable[..., object], said: str) -> HttpResponse:
    """Do it and come back; otherwise the room with the sentence and what was typed."""
    now, status = timezone.now(), 422
    if form.is_valid():
        try:
            verb(by=request.user, now=now, **form.cleaned_data)
            messages.success(request, said)
            return redirect("team:room")
        except Refused as refusal:
            form.add_error("text", str(refusal))
            status = 409 if isinstance(refusal, Stale) else 422
    return _page(request, now, form, status=status)


def _page(request: StaffRequest, now: datetime, bound: NamedForm | None = None, *, status: int = 200) -> HttpResponse:
    """11 SQL besides the session's and the person's, one more on a later page."""
    given = {bound.name: bound} if bound else {}
    found = posting.page(now=now, before=request.GET.get("before", ""))
    monday = rounds.week(now)
    answers = posting.in_round(monday)
    mine = next((row for row in answers if row.writer_id == request.user.pk), None)
    context = {
        "sections": sections_of(request.user, now=now),
        "bound": bound,
        "posts": [(row, rounds.prompt(row.week) if row.week else "") for row in found.posts],
        "older": f"?before={found.older}" if found.older else "",
        "is_first": not request.GET.get("before"),
        "monday": monday,
        "prompt": rounds.prompt(monday),
        "answers": answers,
        "mine": mine,
        "team": praising.colleagues(request.user, now=now),
        "kudos": praising.shown(now=now),
        "keeps_order": posting.keeps_order(request.user),
        "post_form": given.get("post") or PostForm(),
        "round_form": given.get("round") or RoundForm(initial={"text": mine.text} if mine else {}),
        "kudos_form": given.get("kudos") or KudosForm(giver=request.user, now=now),
    }
    return render(request, "team/room/page.html", context | _here(now), status=status)


def _here(now: datetime) -> dict[str, list[Person]]:
    return {
        "on_now": presence.on_now(now=now),
        "on_shift": rota.on_shift(now=now),
        "on_call": rota.on_call(now=now),
        "advisors_here": planning.here_now(now=now),
    }
