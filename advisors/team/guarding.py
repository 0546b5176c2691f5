"""What the team room takes from nobody: a receipt, a question's own words, how to reach somebody."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from advisors.models import Person
from advisors.team import opening
from askpeer import details, lookalikes, prose, receipts
from askpeer.errors import Refused
from questions.models import Message, Question

IN_A_ROW = 8  # words of a question that are too many
MOST_WINDOWS = 1000  # of six words: more than two texts of the room can hold
COMPARED = (*Message.FROM_ASKER, Message.Kind.ANSWER, Message.Kind.CLARIFICATION)
KINDS = {
    "phone": "a phone number",
    "email": "an e-mail address",
    "link": "a link",
    "postcode": "a postcode",
    "handle": "a user name",
    "name": "somebody's name",
    "school": "the name of a school",
}
RECEIPT = (
    "Six words in there open somebody's question, and only they may have them. Take them out, and tell the "
    "safeguarding lead how you came by them."
)
THEIR_WORDS = (
    "It reads like somebody's question, or our answer to it. What they told us stays with the question. Say it in your "
    "own words, or talk about it on the question's own page or with your supervisor."
)


def fitting(typed: str, *, limit: int, missing: str) -> str:
    """The text as it is kept. Raises Refused where it is empty, too long, or says how to reach somebody."""
    text = prose.canonical(typed)
    if not text:
        raise Refused(missing)
    if len(text) > limit:
        raise Refused(f"This can have {limit:,} characters at most. It has {len(text):,}.")
    if found := details.find(text):
        raise Refused(f"There is {KINDS[found[0].kind]} in it. Leave out how to reach anybody, yourself too.")
    return text


def check(text: str, *, writer: Person, before: Iterable[str], now: datetime) -> None:
    """Raise Refused where the text holds a receipt, or eight words in a row of a question that its writer opened in the
    last 30 days; alone, or together with what they wrote right before, above it or below.

    1 SQL where six words of the list stand in a row, 2 where there are eight words at all; it opens what was said in
    200 questions at most, so it is asked outside every transaction.
    """
    together = [text, *(joined for one in before for joined in (f"{one}\n{text}", f"{text}\n{one}"))]
    if _is_a_receipt(together):
        raise Refused(RECEIPT)
    mine = {run for one in together for run in _runs(words(one))}
    if mine and any(not mine.isdisjoint(_runs(words(said))) for said in _said(writer, now)):
        raise Refused(THEIR_WORDS)


def words(text: str) -> list[str]:
    """Its words as they are compared: without case, accents, look-alikes, punctuation and what nobody sees."""
    folded = lookalikes.fold(text).text.casefold()
    return re.findall(r"[^\W_]+", re.sub("['’‘`´]", "", folded))


def _runs(row: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(row[start:] for start in range(IN_A_ROW)), strict=False)


def _is_a_receipt(texts: Iterable[str]) -> bool:
    known = frozenset(receipts.word_list())
    typed = {six for text in texts for six in _sixes(text) if known.issuperset(six)}
    digests = [receipts.digest(" ".join(six)) for six in list(typed)[:MOST_WINDOWS]]
    return bool(digests) and Question.objects.filter(receipt_digest__in=digests).exists()


def _sixes(text: str) -> Iterator[tuple[str, ...]]:
    """Every six words in a row, as receipts.normalise() takes them out of what somebody types."""
    row = re.findall("[a-z]+", lookalikes.fold(text).text.casefold())
    return zip(*(row[start:] for start in range(receipts.WORDS)), strict=False)


def _said(person: Person, now: datetime) -> Iterator[str]:
    """Every text of the questions that this person opened, of every round, moments of a timeline too. 2 SQL."""
    opened = opening.recent(person, now=now)
    rows = Message.objects.filter(
        round__question__in=opened, kind__in=COMPARED, round__question__wrapped_key__isnull=False
    )
    for row in rows.select_related("round__question").defer("html"):
        yield row.text
        if row.extras:
            yield "\n".join(json.loads(row.extras).get("timeline", []))
