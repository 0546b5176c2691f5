"""Names that a reviewer hides from advisors: of the asker, of a school, of anybody who could be recognised."""

import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from advisors.drafting import masking, writing
from advisors.drafting.models import Draft
from advisors.models import Person
from advisors.signoff import guessing, reading, seeing
from askpeer import details, history, prose
from askpeer.details import Piece
from askpeer.errors import Refused, Stale
from questions import states
from questions.models import Message, Question

MOST = 20
LONGEST = 60  # characters
CHANGED = "Somebody else changed the hidden names meanwhile. Both lists are in the box: read them and save again."
FOUND = frozenset({"name", "school"})  # the kinds of personal details that are names


def suggested(question: Question) -> list[str]:
    """What stands in the box at triage: the names hidden by now, and those found or guessed in this round."""
    found, guessed = [*masking.names_of(question)], list[str]()
    for row in Message.objects.filter(round=question.round, kind__in=Message.FROM_ASKER):
        row.round = question.round
        found += [piece.text for piece in details.marked(row.text) if piece.kind in FOUND]
        guessed += guessing.names(row.text)
    return once(name for name in found + guessed if len(name) <= LONGEST)[:MOST]


def tidy(names: Iterable[str]) -> list[str]:
    """Names as they are kept: each once, without spare blanks. Raises Refused."""
    kept = once(" ".join(prose.canonical(name).split()) for name in names)
    if any(len(name) > LONGEST for name in kept):
        raise Refused(f"A name can have {LONGEST} characters at most. Put commas between names.")
    if len(kept) > MOST:
        raise Refused(f"There can be {MOST} hidden names at most.")
    return kept


def once(names: Iterable[str]) -> list[str]:
    return list({name.casefold(): name for name in names if name}.values())


def shown(question: Question) -> str:
    """What a page keeps of the hidden names that it was made from: a digest under the question's key, "" for none."""
    names = masking.names_of(question)
    return prose.digest("\n".join(names), key=question.key()).hex() if names else ""


def check_shown(question: Question, of_page: str | None) -> None:
    """Raise Stale unless the hidden names are those of the page, where there is one. The caller has locked the row.

    A list replaces the one before: one from an older page would show a name to advisors again.
    """
    question.refresh_from_db(fields=["masked"])
    if of_page is not None and of_page != shown(question):
        raise Stale(CHANGED)


def put(question: Question, names: list[str]) -> None:
    """Set them on the row; the caller saves it."""
    question.masked = json.dumps(names) if names else None


@transaction.atomic
def mask(*, question: Question, names: Iterable[str], by: Person, now: datetime, shown: str | None = None) -> None:
    """Hide exactly these names from advisors from now on, while the answer is not written.

    shown is shown() of the list that the page had; None for no page. Raises Refused, Stale.
    """
    by = seeing.acting(by, question)
    if question.status not in states.UNFINISHED:
        raise Refused("This question is finished: no advisor reads it any more.")
    kept = tidy(names)
    seeing.lock(question)
    check_shown(question, shown)
    put(question, kept)
    question.save(update_fields=["masked"])
    history.record(subject=question.subject, kind="masked", actor=by.name, now=now, facts={"names": len(kept)})


def is_missing(question: Question) -> bool:
    """Whether one of the hidden names stands nowhere in what they sent: it may be misspelt, and then hides nothing."""
    rows = Message.objects.filter(round__question=question, kind__in=Message.FROM_ASKER).select_related("round")
    texts = []
    for row in rows:
        row.round.question = question
        texts += [row.text, *json.loads(row.extras or "{}").get("timeline", [])]
    return not all(any(is_in(text, [name]) for text in texts) for name in masking.names_of(question))


def is_in_draft(question: Question) -> bool:
    """Whether what is being written holds one of the hidden names."""
    names = list(masking.names_of(question))
    return any(is_in(text, names) for kind in Draft.Kind for text in _written(writing.draft_for(question, kind)))


def _written(draft: Draft) -> list[str]:
    version = writing.current(draft)
    return [version.text, writing.sources_of(version), draft.insisted or ""] if version else []


def is_in(text: str, names: list[str]) -> bool:
    """Whether one of these names stands in the text."""
    return bool(masking.where(unicodedata.normalize("NFC", text), tuple(names)))


def marked(pieces: list[Piece], names: list[str]) -> list[Piece]:
    """A text cut at its details, cut at these names too."""
    return [part for piece in pieces for part in ([piece] if piece.kind else _cut(piece.text, tuple(names)))]


def thread(question: Question) -> list[reading.Said]:
    """As a reviewer reads it: what is hidden from advisors is marked, the names that a person hides too."""
    names = list(masking.names_of(question))
    return [_marked(said, names) for said in reading.thread(question)]


def _marked(said: reading.Said, names: list[str]) -> reading.Said:
    moments = [marked(moment, names) for moment in said.timeline]
    return said._replace(pieces=marked(said.pieces, names), timeline=moments)


def _cut(text: str, names: tuple[str, ...]) -> list[Piece]:
    text, parts, at = unicodedata.normalize("NFC", text), [], 0
    for start, end in masking.where(text, names):
        parts += [Piece(text[at:start]), Piece(text[start:end], "hidden name")]
        at = end
    return [piece for piece in [*parts, Piece(text[at:])] if piece.text]
