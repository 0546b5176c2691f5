"""The author reads a supervisor's small edit and accepts that exact wording."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest, staff
from advisors.drafting import masking, timing
from advisors.models import Role
from advisors.signoff import commenting, reading, reviewing, signing
from advisors.signoff.doors import attempt, refusals
from advisors.signoff.doors import page as draw
from advisors.signoff.forms.review import NumberForm
from advisors.signoff.models import Comment
from advisors.team import opening
from askpeer.errors import Refused
from questions.models import Question


@staff(Role.ADVISOR, Role.SUPERVISOR, Role.LEAD)
@require_http_methods(["GET", "POST"])
@refusals
def accept(request: StaffRequest, pk: UUID) -> HttpResponse:
    question = get_object_or_404(Question.objects.select_related("topic", "holder"), pk=pk)
    roles.check_holds(request.user, question)
    draft = reading.draft_in_review(question)
    if draft is None:
        raise Refused("There is nothing to accept here right now.")
    form, status, now = NumberForm(request.POST or None), 200, timezone.now()
    if request.method == "POST":
        status = attempt(form, partial(reviewing.accept, draft=draft, by=request.user, now=now))
        if not status:
            messages.success(request, "Accepted and sent.")
            return redirect("desk:home")
    opening.note(person=request.user, question=question, now=now)
    found = reading.edited(draft, author=request.user)
    context = {
        "question": question,
        "form": form,
        "version": found.version,
        "text": found.text,
        "changes": found.changes,
        "comments": _without_names(commenting.of(draft), question),
        "is_small": signing.is_small_edit(found.version, question),
        "buddy": _buddy_first(request, question, now),
        "open_comment": commenting.are_open(draft),
        "until": timing.moment(signing.authors_until(found.version)),
    }
    return draw(request, "review/accept.html", context, status=status)


def _without_names(comments: list[Comment], question: Question) -> list[Comment]:
    """The remarks as the draft's author reads them: names that are hidden from advisors are hidden here too."""
    for comment in comments:
        comment.text = masking.hide(comment.text, masking.names_of(question))
    return comments


def _buddy_first(request: StaffRequest, question: Question, now: datetime) -> str:
    """Who has to read it before the author accepts it, or ""."""
    try:
        signing.check_buddy(question, request.user, now=now)
    except Refused as refused:
        return str(refused)
    return ""
