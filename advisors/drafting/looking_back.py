"""What was written before: earlier versions and what each changed, reviewers' remarks, notes of advisors before.

As whoever writes now reads it: names that were hidden since, or that a reviewer used, are hidden here too.
"""

import json
from typing import NamedTuple

from advisors.drafting import diffing, masking, timing, writing
from advisors.drafting.models import Draft, DraftVersion, HandoverNote
from questions.models import Question

A_PAGE = 20
LARGEST = 2**31 - 1


class Listed(NamedTuple):
    """One page of versions, newest first, and the number to go on from, or 0."""

    versions: list[DraftVersion]
    go_on: int


class Change(NamedTuple):
    """One version and the pieces that lead to it from the one before; the first stands unmarked."""

    version: DraftVersion
    when: str
    pieces: list[diffing.Piece]


class Note(NamedTuple):
    """A handover note: the alias of its writer, when, and its text."""

    by: str
    when: str
    text: str


def whole(typed: str) -> int:
    """The number typed, or 0 for anything that is none."""
    return min(int(typed), LARGEST) if typed.isascii() and typed.isdigit() and len(typed) < 11 else 0


def without_names(version: DraftVersion | None) -> DraftVersion | None:
    """The same row with the hidden names covered, to be shown and never saved."""
    names = masking.names_of(version.draft.round.question) if version else ()
    if version and names:
        details = [masking.hide(detail, names) for detail in writing.details_of(version)]
        version.text, version.details = masking.hide(version.text, names), json.dumps(details)
        version.sources = masking.hide(writing.sources_of(version), names)
    return version


def listed(draft: Draft, *, before: str) -> Listed:
    rows = draft.versions.filter(number__lt=whole(before) or LARGEST).defer("text", "details", "sources")
    newest = list(rows.select_related("writer").order_by("-number")[: A_PAGE + 1])
    return Listed(newest[:A_PAGE], newest[A_PAGE - 1].number if len(newest) > A_PAGE else 0)


def chosen(typed: str, draft: Draft) -> int:
    """The version asked for, or the current one."""
    number = whole(typed)
    return number if 1 <= number <= draft.number else draft.number


def change(draft: Draft, number: int) -> Change | None:
    """What a version changed; None where there is no such version."""
    rows = {row.number: row for row in draft.versions.filter(number__in=[number - 1, number]).select_related("writer")}
    for row in rows.values():
        row.draft = draft
        without_names(row)
    if number not in rows:
        return None
    text = rows[number].text
    pieces = diffing.words(rows[number - 1].text, text) if number - 1 in rows else [("same", text)]
    return Change(rows[number], timing.moment(rows[number].saved_at), pieces)


class Remark(NamedTuple):
    """A reviewer's open comment: on which paragraph (0 for the whole draft) of which version, and by whom."""

    paragraph: int
    version: int
    by: str
    text: str


def remarks(draft: Draft) -> list[Remark]:
    """The comments on this draft that nobody has resolved yet, newest wording first. 3 SQL."""
    commented = draft.versions.filter(comments__resolved_at__isnull=True, comments__isnull=False).distinct()
    told, names = [], masking.names_of(draft.round.question)
    for version in commented.order_by("-number").prefetch_related("comments__writer"):
        version.draft = draft
        still_open = [comment for comment in version.comments.all() if comment.resolved_at is None]
        told += [
            Remark(row.paragraph, version.number, row.writer.alias, masking.hide(row.text, names)) for row in still_open
        ]
    return told


def notes(question: Question) -> list[Note]:
    """The notes of every round, newest first."""
    rows = HandoverNote.objects.filter(round__question=question).select_related("round", "writer")
    told, names = [], masking.names_of(question)
    for row in rows.order_by("-written_at"):
        row.round.question = question
        told.append(Note(row.writer.alias, timing.moment(row.written_at), masking.hide(row.text, names)))
    return told
