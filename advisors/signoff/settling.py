"""Safety reports: a reviewer has read one and acted on it."""

from datetime import datetime

from django.db import transaction

from advisors import roles
from advisors.drafting import claiming
from advisors.models import Person
from advisors.signoff import seeing
from askpeer import history
from askpeer.errors import Stale
from questions import moves
from questions.models import SafetyReport


@transaction.atomic
def settle(*, report: SafetyReport, by: Person, now: datetime) -> None:
    """Take a report off the duty page. Raises Refused, Stale when somebody already did.

    Its words may have raised the level when they came: what is too heavy now for an advisor under 18 leaves them.
    """
    question = report.round.question
    by = seeing.acting(by, question)
    moves.lock(question)
    claiming.let_go_if_too_heavy(question, by=roles.supervisor(by), now=now)
    if not SafetyReport.objects.filter(pk=report.pk, settled_at=None).update(settled_at=now, settled_by=by):
        raise Stale("Someone else has already settled this report.")
    report.settled_at, report.settled_by = now, by
    history.record(subject=question.subject, kind="report_settled", actor=by.name, now=now)
