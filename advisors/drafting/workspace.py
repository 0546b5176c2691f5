"""The pages on which an advisor writes: the question beside the draft, and autosave."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest
from advisors.drafting import (
    checking,
    claiming,
    fitting,
    looking_back,
    masking,
    picking,
    placing,
    reading,
    timing,
    writing,
)
from advisors.drafting.doors import SIGNED_OUT, keeping_text, posts, question_or_404, refusals, turned_away, writers
from advisors.drafting.forms import DraftForm, HandBackForm, VersionForm, filled
from advisors.drafting.models import Draft, DraftVersion
from advisors.drafting.writing import Conflict
from advisors.team import opening
from askpeer import calendars, prose
from askpeer.errors import Refused, Stale
from questions import answering, states
from questions.models import Question, Signpost

CLOSED_NOW = "It's late, so writing is closed until 7 in the morning."
PLACES: dict[str, dict[str, str]] = {
    Draft.Kind.ANSWER: {"write": "desk:write", "autosave": "desk:autosave", "versions": "desk:versions"},
    Draft.Kind.CLARIFICATION: {"write": "desk:ask", "autosave": "desk:autosave_ask", "versions": "desk:versions_ask"},
}


@keeping_text
@writers
@require_http_methods(["GET", "POST"])
@refusals
def write(request: StaffRequest, pk: UUID, kind: str) -> HttpResponse:
    """The workspace. POST saves; do=send sends for review too, do=other keeps the newer text and files this one.

    insert=12 puts the line of the service with that primary key after the draft first.
    """
    question, now = question_or_404(pk), timezone.now()
    if request.method == "GET":
        return page(request, question, kind, now)
    form = DraftForm(request.POST, kind=kind)
    if not form.is_valid():
        return page(request, question, kind, now, form=form, status=422)
    try:
        _prepare(request, form, question)
        version = _save(form, question, request, now)
        return _after(request, question, form, version, now)
    except Conflict as conflict:
        return _conflict(request, question, form, conflict, now)
    except Refused as refusal:
        return _refused(request, pk, form, refusal, now)


def _prepare(request: StaffRequest, form: DraftForm, question: Question) -> None:
    if request.POST.get("do") == "send":
        writing.check_is_something(form.cleaned_data["text"])
    if chosen := request.POST.get("insert"):
        offered = reading.signposts(question)
        form.cleaned_data["text"] = placing.insert(form.cleaned_data["text"], chosen, offered)


def _save(form: DraftForm, question: Question, request: StaffRequest, now: datetime) -> DraftVersion:
    return writing.save(
        question=question,
        kind=form.kind,
        text=form.cleaned_data["text"],
        details=form.details,
        base=form.cleaned_data["base"],
        by=request.user,
        now=now,
        sources=form.cleaned_data.get("sources"),
        insist=form.cleaned_data["insist"],
    )


def _after(
    request: StaffRequest, question: Question, form: DraftForm, version: DraftVersion, now: datetime
) -> HttpResponse:
    do, place = request.POST.get("do"), PLACES[form.kind]["write"]
    if do == "send":
        writing.submit(
            question=question,
            kind=form.kind,
            base=version.number,
            by=request.user,
            version=form.cleaned_data["version"],
            now=now,
            insist=form.cleaned_data["insist"],
        )
        messages.success(request, "Sent for review. A supervisor reads it next.")
        return redirect("desk:home")
    other = form.cleaned_data["base"]
    if do == "other" and 0 < other < version.number:
        writing.restore(
            question=question,
            kind=form.kind,
            number=other,
            base=version.number,
            by=request.user,
            now=now,
        )
        messages.success(request, f"The other text stands. Yours is kept as version {version.number}.")
        return redirect(place, pk=question.pk)
    late = fitting.curfew(request.user, now) == "locked"
    messages.success(request, f"Saved {timing.clock(now)}." + (f" {CLOSED_NOW}" if late else ""))
    # The fragment takes the reader into the box: the line stands there now.
    return redirect(reverse(place, args=[question.pk]) + ("#id_text" if request.POST.get("insert") else ""))


def _conflict(
    request: StaffRequest, question: Question, form: DraftForm, conflict: Conflict, now: datetime
) -> HttpResponse:
    opening.note(person=request.user, question=question, now=now)
    theirs = looking_back.without_names(conflict.theirs)
    base = theirs.number if theirs else 0
    again = filled(
        form.kind,
        text=form.cleaned_data["text"],
        details=form.details,
        base=base,
        version=question.version,
        sources=form.cleaned_data.get("sources"),
        insist=form.cleaned_data["insist"],
    )
    context = {"question": question, "sentence": str(conflict), "form": again, "theirs": theirs}
    context |= {"places": PLACES[form.kind], "saved_at": timing.clock(theirs.saved_at) if theirs else ""}
    return render(request, "drafting/draft/conflict.html", context, status=409)


def _refused(request: StaffRequest, pk: UUID, form: DraftForm, refusal: Refused, now: datetime) -> HttpResponse:
    """The page again with the sentence and every word, for as long as the question is still theirs to write."""
    question = question_or_404(pk)
    closed = question.status not in writing.WRITABLE or fitting.curfew(request.user, now) == "locked"
    if closed or question.holder_id != request.user.pk:
        return turned_away(request, refusal)
    form.add_error(None, str(refusal))
    status = 409 if isinstance(refusal, Stale) else 422
    return page(request, question, form.kind, now, form=form, status=status)


def page(
    request: StaffRequest,
    question: Question,
    kind: str,
    now: datetime,
    *,
    form: DraftForm | None = None,
    back_form: HandBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The workspace as it stands, or with the forms given. Raises Refused when the question is not theirs."""
    roles.check_holds(request.user, question)
    if question.status not in states.HELD:
        raise Refused("This question has its answer. There is nothing left to write here.")
    opening.note(person=request.user, question=question, now=now)
    draft, offered = writing.draft_for(question, kind), reading.signposts(question)
    version = looking_back.without_names(writing.current(draft))
    context = _around(request, question, kind, now) | _beside(question, kind, version, offered, now)
    context["places_to_go"] = placing.places(offered, today=calendars.current().local(now).date())
    context["form"] = _renewed(form, question, version) if form else _first(kind, question, draft, version)
    context["remarks"] = looking_back.remarks(draft)
    context["back_form"] = back_form or HandBackForm(initial={"version": question.version})
    return render(request, "drafting/draft/write.html", context, status=status)


def _first(kind: str, question: Question, draft: Draft, version: DraftVersion | None) -> DraftForm:
    return filled(
        kind,
        text=version.text if version else "",
        details=writing.details_of(version),
        base=version.number if version else 0,
        version=question.version,
        sources=writing.sources_of(version),
        insist=masking.hide(draft.insisted or "", masking.names_of(question)),
    )


def _renewed(form: DraftForm, question: Question, version: DraftVersion | None) -> DraftForm:
    """The same words, on the question and the draft as they are now where these words were saved."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = question.version
    typed = form.cleaned_data.get("text")
    if version and typed is not None and version.text == prose.canonical(typed):
        data["base"] = version.number
    form.data = data
    return form


def _around(request: StaffRequest, question: Question, kind: str, now: datetime) -> dict[str, Any]:
    person = request.user
    return {
        "question": question,
        "kind": kind,
        "is_answer": kind == Draft.Kind.ANSWER,
        "places": PLACES[kind],
        "sheet": reading.for_advisor(question),
        "time": timing.left(question, now=now),
        "curfew": fitting.curfew(person, now),
        "may_write": question.status in writing.WRITABLE and fitting.curfew(person, now) != "locked",
        "may_send": question.status in writing.SENDABLE,
        "may_ask": question.status in writing.SENDABLE and answering.may_pause(question),
        "may_hand_back": question.status in states.RETURNED_FROM,
        "is_in_review": question.status == states.IN_REVIEW,
        "put_back": claiming.may_put_back(question, person, now=now),
        "notes": looking_back.notes(question),
        "take_back_form": VersionForm(initial={"version": question.version}),
    }


def _beside(
    question: Question, kind: str, version: DraftVersion | None, offered: list[Signpost], now: datetime
) -> dict[str, Any]:
    """What the side panel says of the text as it was last saved."""
    text, heard = (version.text if version else ""), picking.said(question)
    if kind == Draft.Kind.ANSWER:
        checks = checking.answer(text, writing.details_of(version), heard=heard, signposts=offered)
    else:
        checks = checking.clarification(text)
    return {
        "current": version,
        "saved": timing.saved(version.saved_at, now=now) if version else "",
        "checks": checks,
        "needed": picking.needed(heard),
    }


@writers
@posts("desk:write")
@refusals
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    form, question = VersionForm(request.POST), question_or_404(pk)
    if not form.is_valid():
        raise Stale
    writing.pull_back(question=question, by=request.user, version=form.cleaned_data["version"], now=timezone.now())
    messages.success(request, "It's back with you. Send it again when it's ready.")
    return redirect("desk:write", pk=pk)


@require_http_methods(["POST"])
def autosave(request: StaffRequest, pk: UUID, kind: str) -> HttpResponse:
    """JSON: {"saved": "14:02", "version": 7}, the checks panel as HTML with its summary, whether the check blocks, and
    the sentence that closes the desk, or ""; 409 with both texts; otherwise {"sentence"} with 403 or 422.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"sentence": f"{SIGNED_OUT} Copy your words before you sign in again."}, status=403)
    form, question, now = DraftForm(request.POST, kind=kind), question_or_404(pk), timezone.now()
    if not form.is_valid():
        return JsonResponse({"sentence": next(iter(form.errors.values()))[0]}, status=422)
    try:
        version = _save(form, question, request, now)
    except Conflict as conflict:
        return JsonResponse(_both(conflict), status=409)
    except Refused as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=422)
    return JsonResponse(_told(request, question, kind, version, now))


def _told(request: StaffRequest, question: Question, kind: str, version: DraftVersion, now: datetime) -> dict[str, Any]:
    panel = _beside(question, kind, version, reading.signposts(question), now)
    late = fitting.curfew(request.user, now) == "locked"
    return {
        "saved": panel["saved"],
        "version": version.number,
        "checks": render_to_string("drafting/draft/_checks.html", panel),
        "summary": panel["checks"].summary,
        "blocked": panel["checks"].blocked,
        "closed": CLOSED_NOW if late else "",
    }


def _both(conflict: Conflict) -> dict[str, Any]:
    theirs = looking_back.without_names(conflict.theirs)
    return {
        "sentence": f"{conflict} Press Save to choose.",
        "theirs": theirs.text if theirs else "",
        "version": theirs.number if theirs else 0,
        "mine": conflict.mine,
    }
