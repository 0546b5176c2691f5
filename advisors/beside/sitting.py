"""Sitting down beside an advisor and getting up again; and who alone signs what should have had somebody beside it."""

from datetime import datetime
from typing import cast

from django.db import transaction

from advisors import roles
from advisors.beside import going_on, offering, rules
from advisors.beside.models import AskedBeside, Sitting
from advisors.drafting import claiming, fitting
from advisors.drafting.models import DraftVersion
from advisors.duty import rota
from advisors.models import Person
from advisors.signoff import seeing
from advisors.signoff.models import Escalation
from askpeer import calendars, history
from askpeer.errors import Refused
from questions import deadlines, moves, states
from questions.models import Question, Round

BUDDYS_SHARE = 0.5  # of the review's budget


@transaction.atomic
def sit_down(*, question: Question, by: Person, now: datetime) -> Sitting:
    """Sit beside whoever writes this; again, and it goes on. Raises Refused with who sits there already, Erased."""
    by = claiming.lock(by)
    fresh = rules.lock(question)
    roles.check_review(by)
    seeing.check(by, fresh)
    rules.check_is_written(fresh)
    if reason := rules.why_not_sit(by, fresh):
        raise Refused(reason)
    if there := going_on.of(fresh):
        return _or_refuse(there, by)
    return _sit(fresh, by, now)


def _or_refuse(there: Sitting, by: Person) -> Sitting:
    if there.supervisor_id != by.pk:
        raise Refused(f"{there.supervisor.alias} sits beside {there.advisor.alias} already. You can read along.")
    return there


def _sit(question: Question, by: Person, now: datetime) -> Sitting:
    # What is over by now, see going_on, may still stand open in its row, and the database allows one open row a round.
    Sitting.objects.filter(round=question.round, ended_at=None).update(ended_at=now)
    AskedBeside.objects.filter(round=question.round).delete()
    advisor = cast(Person, question.holder)
    sitting = Sitting.objects.create(round=question.round, advisor=advisor, supervisor=by, started_at=now)
    _record("sat_down", question, by, now)
    return sitting


@transaction.atomic
def get_up(*, question: Question, by: Person, now: datetime) -> None:
    """End one's own sitting. Raises Refused where there is none, Erased."""
    fresh = rules.lock(question)
    mine = Sitting.objects.filter(round=fresh.round, supervisor=by, ended_at=None)
    if not mine.update(ended_at=now):
        raise Refused("You are not sitting beside anybody here.")
    _record("got_up", fresh, by, now)


@transaction.atomic
def ask(*, question: Question, by: Person, now: datetime) -> None:
    """The advisor asks for somebody: their draft leads every duty board. Raises Refused, Erased."""
    fresh = rules.lock(question)
    rules.check_writes(by, fresh, now=now)
    if there := going_on.of(fresh):
        raise Refused(f"{there.supervisor.alias} sits beside you already.")
    if AskedBeside.objects.filter(round=fresh.round, person=by).exists():
        return
    # Whoever wrote here before may have asked and been left alone.
    AskedBeside.objects.update_or_create(round=fresh.round, defaults={"person": by, "at": now})
    _record("asked_beside", fresh, by, now)


def _record(kind: str, question: Question, by: Person, now: datetime) -> None:
    history.record(subject=question.subject, kind=kind, actor=by.name, now=now, facts={"round": question.round_number})


def was_beside(turn: Round) -> bool:
    """Whether somebody sat beside this round's present advisor, and both were there at once. 1 SQL."""
    return going_on.met(turn).exists()


def buddy_for(question: Question, *, now: datetime) -> Person | None:
    """The supervisor who alone may sign this draft now: the buddy of an advisor who should not have written it alone.

    None once half of the review's time is used, or where the buddy could not sign it anyway: then anybody may. Red and
    what was escalated wait for nobody but the lead.
    """
    holder = question.holder
    if question.status != states.IN_REVIEW or question.level == states.RED or holder is None or holder.buddy is None:
        return None
    if not offering.wants(holder, question, now=now) or now >= buddys_until(question):
        return None
    if was_beside(question.round) or not _could_sign(holder.buddy, question, now):
        return None
    return holder.buddy


def buddys_until(question: Question) -> datetime:
    """Until when the buddy alone may sign."""
    calendar = calendars.current()
    whole = deadlines.budget(calendar, moves.course(question, question.round))
    return calendar.add(question.entered_at, whole * BUDDYS_SHARE)


def _could_sign(buddy: Person, question: Question, now: datetime) -> bool:
    if question.holder_id == buddy.pk or not roles.may_review(buddy) or not roles.may_see(buddy, question):
        return False
    if fitting.not_in_their_language(buddy, question) or rota.is_away(buddy, rota.today(now)):
        return False
    if Escalation.objects.filter(draft__round=question.round, settled_at=None).exists():
        return False
    # Whoever wrote any version may have to leave the signature to somebody else.
    return not DraftVersion.objects.filter(draft__round=question.round, writer=buddy).exists()
