"""{% load beside %}{% margin question %}: drafting knows nothing of this app, so its templates ask for it."""

from typing import Any

from django import template
from django.utils import timezone

from advisors.beside import lifting
from advisors.beside import margin as margins
from questions.models import Question

register = template.Library()


@register.inclusion_tag("beside/_margin.html", takes_context=True)
def margin(context: template.Context, question: Question) -> dict[str, Any]:
    """The margin beside this question's draft for whoever is signed in; nothing where they do not write it."""
    request = context["request"]
    inside = margins.for_advisor(request.user, question, timezone.now())
    return inside | {"csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def company(context: template.Context) -> str:
    """What the desk of whoever is signed in says of their probation, or ""."""
    return lifting.said(context["request"].user, now=timezone.now())
