"""What stands before a supervisor's page, and how a refusal comes back to it with what was typed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from advisors import roles
from advisors.access import StaffRequest, View, staff
from advisors.drafting.doors import keeping_text, refused_with
from advisors.models import Role
from advisors.signoff import locking, seeing
from askpeer.errors import Refused, Stale
from questions.models import Question

UNDO = "undo"  # in the session: what the next page offers to undo


def reviewers(view: View) -> View:
    """Let supervisors and the lead in; who was signed out meanwhile gets back what they typed."""
    return keeping_text(staff(Role.SUPERVISOR, Role.LEAD)(view))


def handlers(view: View) -> View:
    """The same, and a trustee, for what they may have to do about a question that concerns the lead."""
    return keeping_text(staff(Role.SUPERVISOR, Role.LEAD, Role.TRUSTEE)(view))


def page(request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw a template of this app with the links between its pages."""
    return render(request, f"signoff/{template}", context | around(request, template), status=status)


def around(request: StaffRequest, template: str = "") -> dict[str, Any]:
    """The links between the pages of review, and what the next page offers to undo."""
    # A question's page is not below the list's path.
    triage = {"url": reverse("review:triage"), "label": "Triage", "current": template.startswith("triage/")}
    sections = [triage]
    if roles.may_review(request.user):
        sections.insert(0, {"url": reverse("review:home"), "label": "Duty"})
        sections.append({"url": reverse("review:publish"), "label": "Library"})
        sections.append({"url": reverse("beside:newcomers"), "label": "Newcomers"})
        sections.append({"url": reverse("review:texts"), "label": "Texts"})
    if locking.may_lock(request.user):
        sections.append({"url": reverse("safeguarding:board"), "label": "Safeguarding"})
    return {"sections": sections, "undo": request.session.pop(UNDO, None)}


def offer_undo(request: StaffRequest, said: str, name: str, question: Question) -> None:
    """Let the next page say what was done, with a button that undoes it."""
    url = reverse(name, args=[question.pk])
    request.session[UNDO] = {"said": said, "url": url, "version": question.version}


def question_for(request: StaffRequest, pk: UUID) -> Question:
    """The question, if this reviewer may open it. Raises Http404, Refused."""
    question = get_object_or_404(Question.objects.select_related("topic", "holder"), pk=pk)
    seeing.check(request.user, question)
    return question


def _closed(request: StaffRequest, refusal: Refused, *, status: int) -> HttpResponse:
    return page(request, "closed.html", {"sentence": str(refusal)}, status=status)


refusals = refused_with(_closed)


def attempt(
    form: forms.Form, act: Callable[..., object], told: Callable[[Refused], str | ValidationError] = str
) -> int:
    """Call a verb with what the form holds: 0 when it is done, else the status of the page that shows the sentence.

    told: what the form says of a refusal, and at which fields.
    """
    if not form.is_valid():
        return 422
    try:
        act(**form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, told(refusal))
        return 409 if isinstance(refusal, Stale) else 422
    return 0
