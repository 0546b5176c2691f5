"""Triage: the list, and one question with everything that can be decided about it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest
from advisors.drafting import claiming, timing
from advisors.drafting.masking import names_of
from advisors.fields import NamedForm
from advisors.models import Person, Role
from advisors.safeguarding import board as safeguarding
from advisors.signoff import levels, listing, locking, masking, own_words, reading, redating, seeing, triaging
from advisors.signoff.doors import attempt, handlers, offer_undo, page, question_for, refusals, reviewers
from advisors.signoff.forms.triage import (
    ApartForm,
    AssignForm,
    CoachingForm,
    HoldForm,
    LevelForm,
    LockForm,
    MaskForm,
    NamesForm,
    OwnWordsForm,
    PassOnForm,
    RedirectForm,
    VersionForm,
)
from advisors.signoff.models import OwnWords
from advisors.team import opening
from askpeer.errors import Stale
from questions import holding, states
from questions.models import Feedback, Message, Question

ASSIGNED_ONLY = "Passed on. They may know an advisor, so a supervisor assigns it: see “To assign” on the duty page."
NOT_THERE = "A name that you hide stands nowhere in what they sent. Check its spelling: as it is, it hides nothing."
REDIRECT = 302
IN_THE_DRAFT = "The draft holds it too: the next advisor sees it hidden. Ask the author to take it out."


@handlers
@require_http_methods(["GET"])
@refusals
def waiting(request: StaffRequest) -> HttpResponse:
    return listed(request)


def listed(request: StaffRequest, bound: CoachingForm | None = None, *, status: int = 200) -> HttpResponse:
    """Everything that waits; bound is a line to an advisor that would not do, on its words."""
    now = timezone.now()
    found = triaging.waiting(request.user, now=now, cursor=request.GET.get("after", ""))
    shown = [row.round.question for row in found.messages] + [row.round.question for row in found.feedback]
    opening.note_all(person=request.user, questions=shown, now=now)
    context = {
        "bound": bound,
        "waiting": found,
        "quarantine": listing.QUARANTINE,
        "words": own_words.waiting(request.user),
        "replies": [(row, timing.ago(row.sent_at, now=now)) for row in found.messages],
        "feedback": [(row, timing.ago(row.sent_at, now=now), _line(row, bound)) for row in found.feedback],
    }
    if request.user.role == Role.TRUSTEE:
        context |= _on_the_only_page(request.user, now)
    return page(request, "triage/list.html", context, status=status)


def _line(row: Feedback, bound: CoachingForm | None) -> CoachingForm:
    return bound if bound and bound.feedback == row else CoachingForm(feedback=row)


def _on_the_only_page(trustee: Person, now: datetime) -> dict[str, Any]:
    """What stands on the duty page, which a trustee has not. 5 SQL."""
    return {
        "safeguarding": safeguarding.waiting(trustee, now=now),
        "reports": listing.reports(trustee),
        "undated": bool(redating.to_redate(trustee, now=now)),
    }


@handlers
@require_http_methods(["GET"])
@refusals
def read_next(request: StaffRequest) -> HttpResponse:
    """Lead on to the new question that comes next, after the one just read where its id is given."""
    row = listing.next_new(request.user, after=_uuid(request.GET.get("after", "")))
    if row is not None:
        return redirect("review:question", pk=row.pk)
    messages.info(request, "Nothing new waits.")
    return redirect("review:triage")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@handlers
@require_http_methods(["GET", "POST"])
@refusals
def question(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read it; POST passes it on to the advisors."""
    row = question_for(request, pk)
    if request.method == "GET":
        return _page(request, row)
    said = ASSIGNED_ONLY if row.may_know_advisor else "Passed on. It waits on the desk now."
    answer = _act(request, row, PassOnForm(request.POST), triaging.pass_on, said, undo="review:take_back")
    return _with_a_look_at_names(request, row, answer)


def _with_a_look_at_names(request: StaffRequest, row: Question, answer: HttpResponse) -> HttpResponse:
    # Without the name itself: what is said waits in a cookie for the next page.
    if answer.status_code == REDIRECT and masking.is_missing(row):
        messages.warning(request, NOT_THERE)
    return answer


@handlers
@require_http_methods(["POST"])
@refusals
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, form = question_for(request, pk), VersionForm(request.POST)
    said = "Taken back. No advisor can read it now."
    return _act(request, row, form, triaging.take_back, said, onward="review:question")


@handlers
@require_http_methods(["POST"])
@refusals
def level(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, form = question_for(request, pk), LevelForm(request.POST)
    lower = states.LEVELS.index(row.level) > _rank(form.data.get("level"))
    verb, said = levels.lower_level if lower else levels.raise_level, "The level is changed."
    return _act(request, row, form, verb, said, onward="review:question", undo="review:level_undo")


def _rank(level: str | None) -> int:
    return states.LEVELS.index(level) if level in states.LEVELS else len(states.LEVELS)


@handlers
@require_http_methods(["POST"])
@refusals
def level_undo(request: StaffRequest, pk: UUID) -> HttpResponse:
    levels.undo(question=question_for(request, pk), by=request.user, now=timezone.now())
    messages.success(request, "The level is as it was.")
    return redirect("review:question", pk=pk)


@handlers
@require_http_methods(["POST"])
@refusals
def apart(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, form = question_for(request, pk), ApartForm(request.POST)
    said = "It is in quarantine now." if form.data.get("apart") == "yes" else "It is out of quarantine."
    return _act(request, row, form, triaging.set_apart, said, onward="review:question")


@handlers
@require_http_methods(["POST"])
@refusals
def mask(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, form = question_for(request, pk), MaskForm(request.POST)
    said = "Saved. Advisors read it without these names."
    answer = _act(request, row, form, masking.mask, said, onward="review:question")
    if answer.status_code == REDIRECT and masking.is_in_draft(row):
        messages.info(request, IN_THE_DRAFT)
    return _with_a_look_at_names(request, row, answer)


@handlers
@require_http_methods(["POST"])
@refusals
def redirect_asker(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    return _act(
        request, row, RedirectForm(request.POST, question=row), triaging.redirect, "Sent. The question ends here."
    )


@handlers
@require_http_methods(["POST"])
@refusals
def hold(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    form = HoldForm(request.POST, question=row)
    return _act(request, row, form, triaging.hold, "The holding reply is sent.", onward="review:question")


@handlers
@require_http_methods(["POST"])
@refusals
def propose_words(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    form, said = _words_form(row, request.POST), "Kept. They are sent when a second person has said yes."
    return _act(request, row, form, _propose, said, onward="review:question")


def _propose(*, question: Question, version: int, **words: Any) -> OwnWords:
    seeing.check_version(question, version)
    return own_words.propose(question=question, **words)


def _words_form(row: Question, data: Any = None) -> OwnWordsForm:
    return OwnWordsForm(data, question=row, holding=_may_hold(row))


@reviewers
@require_http_methods(["POST"])
@refusals
def assign(request: StaffRequest, pk: UUID) -> HttpResponse:
    row, form = question_for(request, pk), AssignForm(request.POST)
    return _act(request, row, form, claiming.assign, "Assigned. It's on their desk now.")


@handlers
@require_http_methods(["POST"])
@refusals
def lock(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = question_for(request, pk)
    form = LockForm(request.POST)
    return _act(request, row, form, locking.lock_away, "A locked note is kept.", onward="review:question")


@handlers
@require_http_methods(["POST"])
@refusals
def recuse(request: StaffRequest, pk: UUID) -> HttpResponse:
    claiming.recuse(question=question_for(request, pk), by=request.user, now=timezone.now())
    messages.success(request, "You won't see that question again. Nobody will ask you why.")
    return redirect("review:home" if roles.may_review(request.user) else "review:triage")


@handlers
@require_http_methods(["POST"])
@refusals
def pass_message(request: StaffRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(Message.objects.select_related("round__question"), pk=pk)
    triaging.pass_message(message=message, by=request.user, now=timezone.now())
    messages.success(request, "Passed on. The advisor can read it now.")
    return redirect("review:triage")


@handlers
@require_http_methods(["POST"])
@refusals
def pass_feedback(request: StaffRequest, pk: UUID) -> HttpResponse:
    feedback = get_object_or_404(Feedback.objects.select_related("round__question__holder"), pk=pk)
    if request.POST.get("sent_at") != feedback.sent_at.isoformat():
        raise Stale("They changed these words after you read them. Here is the page as it stands now: read them again.")
    seeing.check(request.user, feedback.round.question)
    form = CoachingForm(request.POST, feedback=feedback)
    if not form.is_valid():
        return listed(request, form, status=422)
    # Words that somebody else passed on are not on the list any more, and neither is the box with this line.
    triaging.pass_feedback(feedback=feedback, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, "Passed on. The advisor can read it now.")
    return redirect("review:triage")


def _act(
    request: StaffRequest,
    row: Question,
    form: NamedForm,
    verb: Callable[..., object],
    said: str,
    *,
    onward: str = "",
    undo: str = "",
) -> HttpResponse:
    """Do it and go on; otherwise the page again, as things stand now, with the sentence and what was typed.

    onward is the page of this question to go on to; "" is the next new question after a new one, else the list. undo
    names the route that takes the act back.
    """
    was_new = row.status == states.NEW
    status = attempt(form, partial(verb, question=row, by=request.user, now=timezone.now()))
    if status:
        return _page(request, _as_it_stands(request, row, form), form, status=status)
    if undo:
        offer_undo(request, said, undo, row)
    else:
        messages.success(request, said)
    if onward:
        return redirect(onward, pk=row.pk)
    return redirect("review:triage_next" if was_new else "review:triage")


def _as_it_stands(request: StaffRequest, row: Question, form: NamedForm) -> Question:
    """The question now; where its hidden names are not those of the page, both lists stand in the box."""
    fresh = question_for(request, row.pk)
    if isinstance(form, NamesForm) and form.data.get("shown", "") != masking.shown(fresh):
        form.add_names(names_of(fresh))
    return fresh


def _page(request: StaffRequest, row: Question, bound: NamedForm | None = None, *, status: int = 200) -> HttpResponse:
    given = {bound.name: bound} if bound else {}
    now = timezone.now()
    opening.note(person=request.user, question=row, now=now)
    context = {
        "question": row,
        "bound": bound,
        "thread": masking.thread(row),
        "reasons": reading.reasons(row),
        "time": timing.left(row, now=now),
        "held_back": row.round.messages.filter(kind=Message.Kind.HOLDING).exists(),
        "words": own_words.open_to(request.user).filter(round=row.round).first(),
        "more": listing.more_wait(request.user, row) if row.status == states.NEW else "",
        "pass_form": given.get("pass") or PassOnForm(initial=_noted(row)),
        "mask_form": given.get("mask") or MaskForm(initial={"names": ", ".join(names_of(row))}),
        "level_form": given.get("level") or LevelForm(),
        "redirect_form": given.get("redirect") or RedirectForm(question=row),
        "hold_form": given.get("holding") or HoldForm(question=row),
        "words_form": given.get("words") or _words_form(row),
        "assign_form": given.get("assign") or AssignForm(),
        "lock_form": given.get("lock") or LockForm(),
        "locked_until": holding.last_day(row, now=now),
        "may_lock": locking.may_lock(request.user),
        "shown": masking.shown(row),
    }
    return page(request, "triage/question.html", context | _open_to(row, request, now), status=status)


def _noted(row: Question) -> dict[str, object]:
    """What a follow-up brings along from the round before, and the names that stand in the words."""
    if row.status != states.NEW:
        return {}
    names = ", ".join(masking.suggested(row))
    return {"summary": row.summary or "", "content_notes": row.content_notes, "names": names}


def _may_hold(row: Question) -> bool:
    return row.status in states.UNFINISHED and row.level == states.RED


def _open_to(row: Question, request: StaffRequest, now: datetime) -> dict[str, bool]:
    is_new, can_assign = row.status == states.NEW, row.status == states.OPEN or row.status in states.RETURNED_FROM
    return {
        "is_new": is_new,
        "may_pass": is_new and not row.about_staff,
        "may_take_back": triaging.may_take_back(row, now=now),
        "may_mask": row.status in states.UNFINISHED and not is_new,
        "may_redirect": row.status in states.UNFINISHED,
        "may_hold": _may_hold(row),
        "may_assign": can_assign and roles.may_review(request.user),
    }
