"""The author reads a supervisor's small edit and accepts that exact wording."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from advisors import roles
from advisors.access import StaffRequest, staff
from advisors.drafting import timing
from advisors.models import Role
from advisors.signoff import commenting, reading, reviewing, signing
from advisors.signoff.doors import attempt, refusals
from advisors.signoff.doors import page as draw
from advisors.signoff.forms import NumberForm
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
    form, status = NumberForm(request.POST or None), 200
    if request.method == "POST":
        status = attempt(form, partial(reviewing.accept, draft=draft, by=request.user, now=timezone.now()))
        if not status:
            messages.success(request, "Accepted and sent.")
            return redirect("desk:home")
    version, changes = reading.edited(draft, author=request.user)
    context = {
        "question": question,
        "form": form,
        "version": version,
        "changes": changes,
        "comments": commenting.of(draft),
        "is_small": signing.is_small_edit(version, question),
        "open_comment": commenting.are_open(draft),
        "until": timing.moment(signing.authors_until(version)),
    }
    return draw(request, "review/accept.html", context, status=status)
