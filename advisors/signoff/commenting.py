"""Comments on a draft: pinned to a paragraph of the version they were made on, open until somebody resolves them."""

import re
from datetime import datetime

from django.db import transaction

from advisors.drafting import writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import seeing
from advisors.signoff.models import Comment
from askpeer import prose
from askpeer.errors import Refused, Stale

LONGEST = 1000  # characters


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a wording, in order; comments count them from 1."""
    return [part for part in re.split(r"\n{2,}", text) if part.strip()]


def current(draft: Draft, number: int) -> DraftVersion:
    """The current version, which the caller says is this one. Raises Stale when it is not."""
    version = newest(draft)
    if version.number != number:
        raise Stale("There is a newer wording than the one you were reading. Here it is.")
    return version


def newest(draft: Draft) -> DraftVersion:
    """The version that counts now, whatever the given row says. Raises Refused before the first."""
    draft.refresh_from_db(fields=["number", "submitted_at"])
    version = writing.current(draft)
    if version is None:
        raise Refused("Nothing is written yet.")
    return version


def of(draft: Draft) -> list[Comment]:
    """Every comment on a draft, the open ones first, ready to be opened without further queries for keys."""
    rows = list(Comment.objects.filter(version__draft=draft).select_related("version", "writer", "resolved_by"))
    for row in rows:
        row.version.draft = draft
    return sorted(rows, key=lambda row: (row.resolved_at is not None, row.paragraph, row.written_at))


def are_open(draft: Draft) -> bool:
    """Whether a comment on any version of this draft still waits to be resolved."""
    return Comment.objects.filter(version__draft=draft, resolved_at=None).exists()


@transaction.atomic
def comment(*, draft: Draft, number: int, paragraph: int, text: str, by: Person, now: datetime) -> Comment:
    """Pin a remark to a paragraph of the current version, 0 for the whole draft. Raises Refused, Stale."""
    question = draft.round.question
    by = seeing.acting(by, question)
    # Under the lock: no remark lands on a draft that was sent or erased a moment ago, and none is sent over a remark.
    seeing.lock_review(question)
    version = current(draft, number)
    kept = prose.canonical(text)
    if not kept:
        raise Refused("Write what the author should think about.")
    if len(kept) > LONGEST:
        raise Refused(f"A comment can have {LONGEST:,} characters at most. This one has {len(kept):,}.")
    if not 0 <= paragraph <= len(paragraphs(version.text)):
        raise Refused("Choose a paragraph of this draft.")
    row = Comment(version=version, paragraph=paragraph, text=kept, writer=by, written_at=now)
    row.save()
    return row


@transaction.atomic
def resolve(*, comment: Comment, by: Person, now: datetime) -> None:
    """Say that a comment is dealt with. Reviewers do it, never the draft's own author. Raises Refused, Stale."""
    question = comment.version.draft.round.question
    by = seeing.acting(by, question)
    if question.holder_id == by.pk:
        raise Refused("Somebody else looks at the comments on your draft.")
    if not Comment.objects.filter(pk=comment.pk, resolved_at=None).update(resolved_at=now, resolved_by=by):
        raise Stale("Someone else has already resolved this comment.")
    comment.resolved_at, comment.resolved_by = now, by
