"""What stands before a safeguarding page, and how a refusal comes back to it with what was typed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from advisors import roles
from advisors.access import StaffRequest, View, staff
from advisors.drafting.doors import keeping_text, refused_with
from advisors.models import Role
from advisors.signoff.doors import around
from askpeer.errors import Refused
from questions.models import Question


def only(*allowed: Role) -> Callable[[View], View]:
    """Let these roles in; who was signed out meanwhile gets back what they typed, and a refusal is a page."""

    def decorate(view: View) -> View:
        return keeping_text(staff(*allowed)(refused_with(_closed)(view)))

    return decorate


def page(request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw a template of this app: among the pages of review for those who have them, else by itself."""
    beside = around(request) if roles.may_handle(request.user) else {}
    return render(request, f"safeguarding/{template}", context | beside, status=status)


def question_or_404(pk: UUID) -> Question:
    return get_object_or_404(Question.objects.select_related("topic", "holder"), pk=pk)


def _closed(request: StaffRequest, refusal: Refused, *, status: int) -> HttpResponse:
    return page(request, "closed.html", {"sentence": str(refusal)}, status=status)
