"""The page of a draft's earlier versions."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest
from advisors.drafting import fitting, looking_back, writing
from advisors.drafting.doors import question_or_404, refusals, writers
from advisors.drafting.models import Draft
from advisors.drafting.workspace import PLACES
from advisors.team import opening
from questions.models import Question


@writers
@require_http_methods(["GET", "POST"])
@refusals
def versions(request: StaffRequest, pk: UUID, kind: str) -> HttpResponse:
    """Every version and what each changed; POST makes one the newest again."""
    question, now = question_or_404(pk), timezone.now()
    roles.check_holds(request.user, question)
    draft = writing.draft_for(question, kind)
    if request.method == "POST":
        return _restore(request, question, draft, now)
    opening.note(person=request.user, question=question, now=now)
    shown = looking_back.chosen(request.GET.get("show", ""), draft)
    is_open = question.status in writing.WRITABLE and fitting.curfew(request.user, now) != "locked"
    context = {
        "question": question,
        "draft": draft,
        "places": PLACES[kind],
        "listed": looking_back.listed(draft, before=request.GET.get("before", "")),
        "shown": looking_back.change(draft, shown),
        "may_restore": is_open and shown != draft.number,
    }
    return render(request, "drafting/draft/versions.html", context)


def _restore(request: StaffRequest, question: Question, draft: Draft, now: datetime) -> HttpResponse:
    number, base = (looking_back.whole(request.POST.get(name, "")) for name in ("number", "base"))
    writing.restore(question=question, kind=draft.kind, number=number, base=base, by=request.user, now=now)
    messages.success(request, f"Version {number} is the newest again.")
    return redirect(PLACES[Draft.Kind(draft.kind)]["write"], pk=question.pk)
