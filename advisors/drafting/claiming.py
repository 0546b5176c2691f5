"""Taking a question and giving it back. Question.holder is the truth; Claim rows tell who held it and when.

Who locks both locks the person first, then the question.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from advisors import roles
from advisors.drafting import desk, fitting, unsent, unsigning
from advisors.drafting.models import Claim, HandoverNote, Recusal
from advisors.models import Person, Role
from advisors.team import debriefing
from advisors.team.locking import lock as lock
from askpeer import prose
from askpeer.errors import Erased, Refused, Stale
from questions import holding, moves, states
from questions.intake import languages
from questions.models import Question, Topic
from questions.moves import SERVICE, Actor

ASSIGNABLE = states.RETURNED_FROM | {states.OPEN}
LONGEST_NOTE = 1500


@transaction.atomic
def claim(*, question: Question, by: Person, version: int, now: datetime) -> Claim:
    """Take a question that waits on the desk. Raises Refused with the rule that forbids it, Stale."""
    _check_version(question, version)
    by = lock(by)
    moves.lock(question)
    if reason := fitting.why_not(by, question, now):
        raise Refused(reason)
    if question.status != states.OPEN:
        moves.move(question, states.OPEN, by=SERVICE, now=now)
    return _take(question, by, roles.advisor(by), now)


def take_next(*, by: Person, now: datetime) -> Question:
    """Claim the most urgent question that fits and is not one to ask about first. Raises Refused when there is none."""
    seen = desk.look(by, now=now)
    for card in seen.cards:
        if card.ask_first:
            continue
        try:
            claim(question=card.question, by=by, version=card.question.version, now=now)
        except Stale:
            continue
        return card.question
    raise Refused(fitting.why_not_today(by, now) or desk.nothing(seen))


@transaction.atomic
def hand_back(
    *, question: Question, by: Person, version: int, note: str, now: datetime, too_close: bool = False
) -> None:
    """Give a question back to the desk, the draft kept. Raises Refused, Stale.

    After ten minutes a note is needed, but where it is too close right now. That it was is written down nowhere.
    """
    roles.check_holds(by, question)
    _check_version(question, version)
    text = prose.canonical(note)
    if len(text) > LONGEST_NOTE:
        raise Refused(f"A note can have {LONGEST_NOTE:,} characters at most. This one has {len(text):,}.")
    free = may_put_back(question, by, now=now)
    if not (text or too_close or free):
        raise Refused("Leave a line for the next advisor: where you got to and what matters to them.")
    if text:
        HandoverNote.objects.create(round=question.round, writer=by, text=text, written_at=now)
    offered = {"offered_to": None} if question.offered_to_id == by.pk else {}
    moves.move(question, states.OPEN, by=roles.advisor(by), now=now, changes=offered)
    close(question, at=now, put_back=free)


def may_put_back(question: Question, by: Person, *, now: datetime) -> bool:
    """Whether this person took the question so lately that putting it back needs no note."""
    return Claim.objects.filter(
        question=question, person=by, released_at=None, claimed_at__gte=now - fitting.PUT_BACK_FREE
    ).exists()


def free_to_put_back(by: Person, *, now: datetime) -> set[UUID]:
    """The questions this person took so lately that putting them back needs no note. 1 SQL."""
    lately = Claim.objects.filter(person=by, released_at=None, claimed_at__gte=now - fitting.PUT_BACK_FREE)
    return set(lately.values_list("question", flat=True))


@transaction.atomic
def recuse(*, question: Question, by: Person, now: datetime) -> None:
    """Keep this question from this person for good; no reason is asked. What they held goes to somebody else, and
    what they signed and was not sent waits for another signature.

    Raises Erased, Refused where nobody would be left who may read it.
    """
    if question.about_staff:
        roles.lock_readers(by)
    fresh = Question.objects.select_for_update().get(pk=question.pk)
    if fresh.status == states.WITHDRAWN:
        raise Erased
    if fresh.about_staff and not roles.others_who_see(fresh, than=by).exists():
        raise Refused("Nobody else may read a question about a colleague. Ask the manager for a second lead first.")
    Recusal.objects.get_or_create(question=fresh, person=by, defaults={"at": now})
    unsigning.end_those_of(by, question=fresh, now=now)
    holding.keep_from(fresh, by.pk)
    if fresh.about_staff:
        debriefing.withdraw(fresh, person=by)
    unsent.end(fresh, by=SERVICE.name, now=now, writer=by)
    if fresh.offered_to_id == by.pk:
        moves.update(fresh, {"offered_to": None})
    if fresh.holder_id != by.pk:
        return
    if fresh.status == states.IN_REVIEW:
        unsigning.out_of_review(fresh, now=now)
        moves.move(fresh, states.IN_PROGRESS, by=roles.advisor(by), now=now)
    _let_go(fresh, roles.advisor(by), now)


def keep_from_leads(question: Question, *, now: datetime) -> None:
    """Keep what is about the lead from everybody who is one now, also one who is away: for good, whatever they become.

    The caller has locked the readers, then the row; a trustee is there.
    """
    for lead in Person.objects.filter(role=Role.LEAD).order_by("pk"):
        recuse(question=question, by=lead, now=now)


def keep_new_from_leads(question: Question, *, now: datetime) -> None:
    """The same of a question that was just saved, which nobody holds or has signed. 2 SQL."""
    leads = Person.objects.filter(role=Role.LEAD).order_by("pk")
    Recusal.objects.bulk_create([Recusal(question=question, person=lead, at=now) for lead in leads])


@transaction.atomic
def assign(*, question: Question, to: Person, by: Person, version: int, now: datetime) -> Claim:
    """Give a question to an advisor, also one that somebody else is writing. Raises Refused, Stale.

    The sentence does not say which rule stands against it: an advisor's boundaries are their own.
    """
    roles.check_review(by)
    roles.check_see(by, question)
    _check_version(question, version)
    to = lock(to)
    moves.lock(question)
    if question.status not in ASSIGNABLE:
        raise Refused("A question can be assigned while it waits on the desk or is being written.")
    if question.holder_id == to.pk:
        raise Refused(f"{to.alias} has this question already.")
    if fitting.not_in_their_language(to, question):
        name = languages.name_of(question.language)
        raise Refused(f"{to.alias} does not answer in {name}. Choose someone who does.")
    if fitting.barred(to, question, now):
        raise Refused(f"{to.alias} cannot take this question. Choose someone else.")
    if question.status in states.RETURNED_FROM:
        moves.move(question, states.OPEN, by=roles.supervisor(by), now=now)
    return _take(question, to, roles.supervisor(by), now)


@transaction.atomic
def release_all(person: Person, *, now: datetime) -> int:
    """Let go of everything this person holds or is offered, drafts kept; return how many questions that were, without
    cases about staff: the number stands in the trail, which a manager reads.
    """
    held = list(Question.objects.select_for_update().filter(holder=person, status__in=states.HELD).order_by("pk"))
    for question in held:
        _let_go(question, SERVICE, now)
    Question.objects.filter(offered_to=person).update(offered_to=None)
    Claim.objects.filter(person=person, released_at=None).update(released_at=now)
    return sum(not question.about_staff for question in held)


def let_go_if_too_heavy(question: Question, *, by: Actor, now: datetime) -> None:
    """Take a question that became too heavy from the advisor under 18 who holds it or is offered it, drafts kept.

    The caller has locked the row.
    """
    if question.offered_to and fitting.is_too_heavy(question.offered_to, question, now):
        moves.update(question, {"offered_to": None})
    if question.status in states.HELD and question.holder and fitting.is_too_heavy(question.holder, question, now):
        _let_go(question, by, now)


@transaction.atomic
def let_go_of_what_does_not_fit(person: Person, *, now: datetime) -> int:
    """Take from this person what they may not hold any more: they write no answers now, are too young to, turn out to
    be under 18, do not speak its language, or go to the school it came through.

    Return how many questions they held of these, without cases about staff.
    """
    if person.role not in roles.WRITERS or roles.why_too_young(person, now=now):
        return release_all(person, now=now)
    theirs, let_go = Question.objects.filter(Q(holder=person) | Q(offered_to=person)), 0
    for question in theirs.order_by("pk").select_for_update(of=("self",)):
        held = question.holder_id == person.pk
        let_go_if_too_heavy(question, by=SERVICE, now=now)
        if fitting.why_not_keep(person, question, now):
            _let_go_of_one(question, person, now)
        let_go += held and question.holder_id != person.pk and not question.about_staff
    return let_go


@transaction.atomic
def let_go_of_topic(topic: Topic, *, now: datetime) -> None:
    """Take the questions on a topic that became too heavy from the advisors under 18 who hold or are offered them."""
    theirs = Question.objects.filter(topic=topic).exclude(holder=None, offered_to=None)
    for question in theirs.order_by("pk").select_for_update(of=("self",)):
        let_go_if_too_heavy(question, by=SERVICE, now=now)


def _let_go_of_one(question: Question, person: Person, now: datetime) -> None:
    if question.offered_to_id == person.pk:
        moves.update(question, {"offered_to": None})
    if question.holder_id == person.pk and question.status in states.HELD:
        _let_go(question, SERVICE, now)


def close(question: Question, *, at: datetime, put_back: bool = False) -> None:
    """End the live claim of a question, if there is one. Whoever held a heavy one is offered to talk it through, but
    where they put it back within ten minutes, or where it is about a colleague: nothing says that it was taken away.
    """
    live = Claim.objects.filter(question=question, released_at=None)
    heavy = not put_back and not question.about_staff and fitting.is_heavy(question)
    claim = live.first() if heavy else None
    if live.update(released_at=at) and claim:
        debriefing.offer(claim, now=at)


def close_returned(*, now: datetime) -> None:
    """End the claims on what the ladder took back: the floor below moves a question and knows of none."""
    over = Claim.objects.filter(released_at=None).exclude(question__holder=F("person"))
    for pk in over.order_by("pk").values_list("question", flat=True):
        with transaction.atomic():
            question = Question.objects.select_for_update().get(pk=pk)
            # Somebody may have taken it meanwhile, and theirs is the live claim.
            if not Claim.objects.filter(question=question, released_at=None, person=question.holder_id).exists():
                close(question, at=min(question.entered_at, now))


def _let_go(question: Question, actor: Actor, now: datetime) -> None:
    """Back to the desk where it was being written; elsewhere it goes on without a holder and may be claimed later."""
    if question.status in states.RETURNED_FROM:
        moves.move(question, states.OPEN, by=actor, now=now)
    else:
        moves.update(question, {"holder": None})
    close(question, at=now)


def _take(question: Question, person: Person, actor: Actor, now: datetime) -> Claim:
    came_back = question.entered_at
    moves.move(question, states.IN_PROGRESS, by=actor, now=now, changes={"holder": person})
    # The ladder returns a question without knowing of claims, so an earlier one may still stand open here.
    close(question, at=came_back)
    return Claim.objects.create(question=question, person=person, round_number=question.round_number, claimed_at=now)


def _check_version(question: Question, version: int) -> None:
    if question.version != version:
        raise Stale
