"""What the pages of triage ask of safeguarding: concerns of a question, and the form that names somebody."""

from django import template

from advisors.safeguarding import board
from advisors.safeguarding.forms import PersonForm
from advisors.safeguarding.models import Concern
from questions.models import Question

register = template.Library()


@register.simple_tag
def concerns_of(question: Question) -> list[Concern]:
    """What advisors raised of this question and nobody has settled."""
    return board.concerns_of(question)


@register.simple_tag
def whom_form() -> PersonForm:
    return PersonForm()


@register.filter
def any_abusive(concerns: list[Concern]) -> bool:
    return any(concern.kind == Concern.Kind.ABUSIVE for concern in concerns)
