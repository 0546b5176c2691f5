"""Review: a draft beside the asker's words, and what a reviewer does with it."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors.access import StaffRequest
from advisors.drafting import timing
from advisors.drafting.doors import typed
from advisors.drafting.models import Draft
from advisors.fields import NamedForm
from advisors.signoff import listing, masking, reading, reviewing, signing, skipping
from advisors.signoff.doors import attempt, offer_undo, page, question_for, refusals, reviewers
from advisors.signoff.forms.review import ApproveForm, CommentForm, EditForm, EscalateForm, NumberForm
from advisors.signoff.models import Comment, Reviewing
from advisors.signoff.reading import Review
from advisors.team import opening
from askpeer.errors import Refused
from questions import states
from questions.models import Question


def _draft(question: Question) -> Draft:
    draft = reading.draft_in_review(question)
    if draft is None:
        raise Refused("This draft is not in review any more.")
    return draft


@reviewers
@require_http_methods(["GET"])
@refusals
def draft(request: StaffRequest, pk: UUID) -> HttpResponse:
    question = question_for(request, pk)
    return _page(request, question, _draft(question))


@reviewers
@require_http_methods(["POST"])
@refusals
def start(request: StaffRequest, pk: UUID) -> HttpResponse:
    row = reviewing.start(draft=_draft(question_for(request, pk)), by=request.user, now=timezone.now())
    if row.person_id != request.user.pk:
        messages.info(request, f"{row.person.alias} is reviewing this.")
    return redirect("review:draft", pk=pk)


@reviewers
@require_http_methods(["POST"])
@refusals
def approve(request: StaffRequest, pk: UUID) -> HttpResponse:
    waits = _draft(question_for(request, pk))
    form = _approve_form(reading.review(waits, by=request.user), request.POST)
    status = attempt(form, partial(reviewing.approve, draft=waits, by=request.user, now=timezone.now()))
    if status:
        return _again(request, pk, form, status)
    sent = waits.round.question.status != states.IN_REVIEW
    messages.success(request, "Approved and sent." if sent else "Signed. It waits for a second signature.")
    return redirect("review:home")


@reviewers
@require_http_methods(["POST"])
@refusals
def comment(request: StaffRequest, pk: UUID) -> HttpResponse:
    waits = _draft(question_for(request, pk))
    count = len(reading.review(waits, by=request.user).paragraphs) - 1
    form = CommentForm(request.POST, count=count)
    status = attempt(form, partial(reviewing.comment, draft=waits, by=request.user, now=timezone.now()))
    if status:
        return _again(request, pk, form, status)
    messages.success(request, "Your comment stands. The author sees it when you ask for changes.")
    return redirect("review:draft", pk=pk)


@reviewers
@require_http_methods(["POST"])
@refusals
def resolve(request: StaffRequest, pk: UUID, comment_pk: UUID) -> HttpResponse:
    question_for(request, pk)
    rows = Comment.objects.select_related("version__draft__round__question")
    row = get_object_or_404(rows, pk=comment_pk, version__draft__round__question=pk)
    reviewing.resolve(comment=row, by=request.user, now=timezone.now())
    return redirect("review:draft", pk=pk)


@reviewers
@require_http_methods(["POST"])
@refusals
def request_changes(request: StaffRequest, pk: UUID) -> HttpResponse:
    form = NumberForm(request.POST)
    waits = _draft(question_for(request, pk))
    status = attempt(form, partial(reviewing.request_changes, draft=waits, by=request.user, now=timezone.now()))
    if status:
        return _again(request, pk, form, status)
    messages.success(request, "Sent back to its author with your comments.")
    return redirect("review:home")


@reviewers
@require_http_methods(["POST"])
@refusals
def escalate(request: StaffRequest, pk: UUID) -> HttpResponse:
    waits, form = _draft(question_for(request, pk)), EscalateForm(request.POST)
    status = attempt(form, partial(reviewing.escalate, draft=waits, by=request.user, now=timezone.now()))
    if status:
        return _again(request, pk, form, status)
    messages.success(request, "Escalated. The safeguarding lead knows, and the draft stays in review.")
    return redirect("review:home")


@reviewers
@require_http_methods(["POST"])
@refusals
def skip(request: StaffRequest, pk: UUID) -> HttpResponse:
    question, now = question_for(request, pk), timezone.now()
    waits = _draft(question)
    reviewing.stop(draft=waits, by=request.user)
    until = skipping.skip(request.session, waits.pk, now=now)
    offer_undo(request, f"Skipped until {timing.clock(until)}, for you alone.", "review:unskip", question)
    return redirect("review:home")


@reviewers
@require_http_methods(["POST"])
@refusals
def unskip(request: StaffRequest, pk: UUID) -> HttpResponse:
    skipping.undo(request.session, _draft(question_for(request, pk)).pk, now=timezone.now())
    return redirect("review:home")


@reviewers
@require_http_methods(["GET", "POST"])
@refusals
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    question = question_for(request, pk)
    found = reading.review(_draft(question), by=request.user)
    form = EditForm(request.POST or None, initial={"text": found.version.text})
    status = 200
    if request.method == "POST":
        act = partial(reviewing.edit, draft=found.draft, by=request.user, now=timezone.now())
        status = attempt(form, act)
        if not status:
            messages.success(request, "Saved as a new version. Somebody else approves it now.")
            return redirect("review:home")
        # Read anew: after a conflict both texts stand here, theirs beside what was typed; it may also be gone.
        question = question_for(request, pk)
        found = reading.review(_draft(question), by=request.user)
    opening.note(person=request.user, question=question, now=timezone.now())
    context = {"question": question, "form": form, "thread": masking.thread(question), "review": found}
    return page(request, "review/edit.html", context, status=status)


def _again(request: StaffRequest, pk: UUID, bound: NamedForm, status: int) -> HttpResponse:
    question = question_for(request, pk)
    return _page(request, question, _draft(question), bound, status=status)


def _page(
    request: StaffRequest, question: Question, waits: Draft, bound: NamedForm | None = None, *, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    opening.note(person=request.user, question=question, now=now)
    found = reading.review(waits, by=request.user)
    given = {bound.name: bound} if bound else {}
    own, cannot_sign = _is_own(request, question, found), _cannot_sign(request, question, found, now)
    gone = {"escalate": found.escalation, "approve": own or found.open_comments or cannot_sign}
    context = {
        "question": question,
        "bound": bound,
        # Their form does not stand here any more: somebody else was faster. What they wrote does.
        "typed": typed(request) if bound and gone.get(bound.name) else "",
        "review": found,
        "thread": masking.thread(question),
        "time": timing.left(question, now=now),
        "own": own,
        "cannot_sign": cannot_sign,
        "busy": _busy(request, waits, now),
        "approve_form": given.get("approve") or _approve_form(found),
        "escalate_form": given.get("escalate") or EscalateForm(),
        "comment_form": given.get("comment") or CommentForm(count=len(found.paragraphs) - 1),
    }
    return page(request, "review/draft.html", context, status=status)


def _approve_form(found: Review, data: QueryDict | None = None) -> ApproveForm:
    return ApproveForm(data, whole=found.whole_rubric, found=found.found)


def _is_own(request: StaffRequest, question: Question, found: Review) -> str:
    """Why this reader cannot sign, or ""."""
    if question.holder_id == request.user.pk:
        return "This is your own draft. Somebody else reviews it."
    if found.version.writer_id == request.user.pk:
        return "You wrote this wording. Somebody else has to approve it."
    return ""


def _cannot_sign(request: StaffRequest, question: Question, found: Review, now: datetime) -> str:
    """Why this reader may not sign this version now, or "": told before they press."""
    try:
        signing.check_approver(found.version, question, request.user, now=now)
    except Refused as refused:
        return str(refused)
    return ""


def _busy(request: StaffRequest, waits: Draft, now: datetime) -> str:
    row = Reviewing.objects.filter(draft=waits).select_related("person").first()
    if row is None or not listing.is_busy(row, now=now):
        return ""
    return "You are reviewing this." if row.person_id == request.user.pk else f"{row.person.alias} is reviewing this."
