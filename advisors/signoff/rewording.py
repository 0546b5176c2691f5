"""New wordings of the sentences that are sent as they stand: one writes, a second one says yes to exactly these words.

What is in use stays in use until then; no approved sentence is ever changed in place.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.text import slugify

from advisors import roles
from advisors.marks import mark
from advisors.models import Person, Role
from advisors.signoff import own_words, wordings
from advisors.signoff.models import Wording
from advisors.team import locking
from askpeer import history, prose
from askpeer.errors import Refused, Stale
from questions.intake import languages

LABEL, CODE, LONGEST = 80, 40, own_words.LONGEST
GONE = "Somebody was a moment faster: this text waits no more."
CHANGED = "Somebody changed this text meanwhile. Read it as it is now."


def seen(row: Wording | None) -> str:
    """By this a page knows whether the text it showed is the one that is there."""
    return mark(row.label, row.text, row.writer_id) if row else ""


def waiting(kind: str = "", code: str = "", language: str = "") -> QuerySet[Wording]:
    """Those that a second person has not read yet, of one place where it is named; in the order they were written."""
    rows = Wording.objects.filter(approver=None, retired_at=None).select_related("writer").order_by("pk")
    return rows.filter(kind=kind, code=code, language=language) if kind else rows


def code_of(label: str) -> str:
    """The code that a new sentence gets."""
    return slugify(label).replace("-", "_")[:CODE].strip("_")


@transaction.atomic
def propose(
    *, kind: str, code: str, language: str, label: str, text: str, seen: str = "", by: Person, now: datetime
) -> Wording:
    """Write new words for a code in a language, or over those that wait; they are sent when a second person said yes.

    Raises Refused, Stale where other words wait than were seen.
    """
    by = locking.lock(by)
    roles.check_manager(by)
    label, text = check(kind=kind, code=code, language=language, label=label, text=text)
    row = waiting(kind, code, language).select_for_update(of=("self",), no_key=True).first()
    if _seen(row) != seen:
        raise Stale(CHANGED)
    if any(prose.canonical(one.text) == text and one.label == label for one in _in_use(kind, code, language)):
        raise Refused("These words are in use already. Change something first.")
    row = row or Wording(kind=kind, code=code, language=language, position=_position(kind, code))
    row.label, row.text, row.writer = label, text, by
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Stale(CHANGED) from None
    _record(row, "text written", by, now)
    return row


_seen = seen  # the verb has an argument of that name


def check(*, kind: str, code: str, language: str, label: str, text: str) -> tuple[str, str]:
    """(label, text) in the form they are kept. Raises Refused."""
    if kind not in Wording.Kind.values or language not in dict(settings.LANGUAGES) or not code:
        raise Refused("Choose what it is for and in which language, and give it a name.")
    label, text = " ".join(prose.canonical(label).split()), prose.canonical(text)
    if not label or len(label) > LABEL:
        raise Refused(f"Give it a name that staff choose it by, of up to {LABEL} characters.")
    if not text or len(text) > LONGEST:
        raise Refused(f"Write what they read, in up to {LONGEST:,} characters.")
    return label, text


def _in_use(kind: str, code: str, language: str) -> QuerySet[Wording]:
    return wordings.in_use().filter(kind=kind, code=code, language=language)


def _position(kind: str, code: str) -> int:
    rows = Wording.objects.filter(kind=kind)
    same = rows.filter(code=code).values_list("position", flat=True).first()
    return same if same is not None else (Wording.objects.aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def approve(*, wording: Wording, seen: str, by: Person, now: datetime) -> None:
    """Let these exact words be sent from now on, in place of those in use. Raises Refused, Stale."""
    by = locking.lock(by)
    roles.check_review(by)
    row = _locked(wording)
    if reason := why_not(row, by):
        raise Refused(reason)
    if _seen(row) != seen:
        raise Stale(CHANGED)
    _in_use(row.kind, row.code, row.language).update(retired_at=now)
    row.approver = by
    row.save(update_fields=["approver"])
    _record(row, "text approved", by, now)


def why_not(row: Wording, by: Person) -> str:
    """The sentence that keeps this reviewer from saying yes to these words, or "". The language is the text's own."""
    if row.writer_id == by.pk:
        return "You wrote this. Somebody else has to say yes to it."
    if row.language not in by.languages:
        return f"This is in {languages.name_of(row.language)}. Somebody who reads it has to say yes to it."
    return ""


def who_could(rows: Iterable[Wording], *, now: datetime) -> dict[int, str]:
    """For each of these, the sentence that names who could say yes to it, or which manager could add somebody. 1 SQL.

    A manager alone changes a person's languages. To whom their own pages are closed, this one is too.
    """
    staff = Person.objects.filter(is_active=True, role__in=roles.REVIEWERS | {Role.MANAGER}).order_by("alias", "pk")
    people = [person for person in staff if not roles.is_kept_out(person, now=now)]
    managers = _any_of(person for person in people if person.role == Role.MANAGER)
    reviewers = [person for person in people if person.role in roles.REVIEWERS]
    return {row.pk: _who_could(row, reviewers, managers) for row in rows}


def _who_could(row: Wording, reviewers: Iterable[Person], managers: str) -> str:
    able = _any_of(one for one in reviewers if not why_not(row, one))
    if able:
        return f"{able} could."
    name = languages.name_of(row.language)
    who = managers or "a manager"
    return f"Nobody else who could reads {name} now. A second person who reads it is needed: {who} can add one."


def _any_of(people: Iterable[Person]) -> str:
    return prose.listed((person.alias for person in people), joint="or")


@transaction.atomic
def drop(*, wording: Wording, by: Person, now: datetime) -> None:
    """Let go of words that wait; for whoever reviews, and for managers. Raises Refused, Stale."""
    by = locking.lock(by)
    if not roles.may_review(by):
        roles.check_manager(by)
    row = _locked(wording)
    _record(row, "text dropped", by, now)
    row.delete()


@transaction.atomic
def retire(*, wording: Wording, by: Person, now: datetime) -> None:
    """Nobody can send it any more. Raises Refused for the last of its kind that everybody can send, Stale."""
    by = locking.lock(by)
    roles.check_manager(by)
    home = settings.LANGUAGE_CODE
    rows = {row.pk: row for row in wordings.in_use().select_for_update(no_key=True).filter(kind=wording.kind)}
    row = rows.pop(wording.pk, None)
    if row is None:
        raise Stale("This text is not in use any more.")
    if row.language == home and not any(one.language == home for one in rows.values()):
        said = "holding reply" if row.kind == Wording.Kind.HOLDING else "redirect"
        raise Refused(f"This is the last {said} in English: supervisors would have none to send. Write another first.")
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    _record(row, "text retired", by, now)


def _locked(wording: Wording) -> Wording:
    row = waiting().select_for_update(of=("self",), no_key=True).filter(pk=wording.pk).first()
    if row is None:
        raise Stale(GONE)
    return row


def _record(row: Wording, kind: str, by: Person, now: datetime) -> None:
    facts = {"kind": row.kind, "code": row.code, "language": row.language}
    history.record(subject=f"wording:{row.pk}", kind=kind, actor=by.name, now=now, facts=facts)
