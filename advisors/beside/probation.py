"""Whether somebody still writes side by side: an advisor's first five answers, and until a supervisor lifts it."""

from django.db.models import Q

from advisors.models import Person, Role

FIRST = 5  # answers of an advisor


def is_on(person: Person) -> bool:
    """Whether an advisor still has somebody beside every answer, and every answer marked in full."""
    if person.role != Role.ADVISOR:
        return False
    return person.answers_given < FIRST or person.probation_lifted_on is None


def those_on(path: str = "") -> Q:
    """is_on() as the database reads it. path: from a row to the person, e.g. question__holder__."""
    still = Q(**{f"{path}answers_given__lt": FIRST}) | Q(**{f"{path}probation_lifted_on": None})
    return still & Q(**{f"{path}role": Role.ADVISOR})
