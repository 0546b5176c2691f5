"""What the team room takes from nobody: a receipt, a question's own words, how to reach somebody."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, combinations, islice

from advisors.models import Person
from advisors.team import opening
from askpeer import details, lookalikes, prose, receipts
from askpeer.errors import Refused
from questions.models import Message, Question

IN_A_ROW = 8  # words of a question that are too many
MOST_WINDOWS = 2000  # of six words: more than the longest text, and what is joined with it, can hold
IN_PAIRS = 20  # of what somebody wrote before: how many are joined by twos
BLANKS = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")  # letters that look like a gap between words
MARKS = re.compile(r"[*_~`\\]")
Split = Callable[[str], list[str]]
Run = tuple[str, ...]
COMPARED = (*Message.FROM_ASKER, Message.Kind.ANSWER, Message.Kind.CLARIFICATION)
KINDS = details.SAID | {"name": "somebody's name"}
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
    text = prose.canonical(typed.translate(BLANKS))
    if not text:
        raise Refused(missing)
    if len(text) > limit:
        raise Refused(f"This can have {limit:,} characters at most. It has {len(text):,}.")
    if found := details.find(text):
        raise Refused(f"There is {KINDS[found[0].kind]} in it. Leave out how to reach anybody, yourself too.")
    return text


def check(text: str, *, writer: Person, before: Sequence[str], now: datetime) -> None:
    """Raise Refused where the text holds a receipt, or eight words in a row of a question that its writer opened in the
    last 30 days; alone, or together with what they wrote before, the newest first, read up or down, with or without
    what stands between.

    1 SQL where six words of the list stand in a row, 2 where there are eight words at all; it opens what was said in
    200 questions at most, so it is asked outside every transaction.
    """
    if _is_a_receipt(_together(text, before, _letters, receipts.WORDS)):
        raise Refused(RECEIPT)
    mine = set(_together(text, before, words, IN_A_ROW))
    if mine and any(not mine.isdisjoint(_runs(words(said), IN_A_ROW)) for said in _said(writer, now)):
        raise Refused(THEIR_WORDS)


def _together(text: str, before: Sequence[str], split: Split, size: int) -> Iterator[Run]:
    """So many words in a row of the text, alone first, then with what was written before. A mark may stand between two
    words or within one.
    """
    for plain in (str, _unmarked):
        own, earlier = split(plain(text)), [split(plain(one)) for one in before]
        yield from _runs(own, size)
        for some in chain(combinations(earlier, 1), [earlier], combinations(earlier[:IN_PAIRS], 2)):
            up, down = chain.from_iterable(reversed(some)), chain.from_iterable(some)
            # As many of theirs as leave room for a word of this text: the rest was checked when it was written.
            yield from _runs([*[*up][1 - size :], *own], size)
            yield from _runs([*own, *[*down][: size - 1]], size)


def _unmarked(text: str) -> str:
    return MARKS.sub("", text)


def words(text: str) -> list[str]:
    """Its words as they are compared: without case, accents, look-alikes, punctuation and what nobody sees."""
    folded = lookalikes.fold(text).text.casefold()
    return re.findall(r"[^\W_]+", re.sub("['’‘`´]", "", folded))


def _letters(text: str) -> list[str]:
    """Its words as receipts.normalise() takes them out of what somebody types."""
    return re.findall("[a-z]+", lookalikes.fold(text).text.casefold())


def _runs(row: list[str], size: int) -> Iterator[Run]:
    return zip(*(row[start:] for start in range(size)), strict=False)


def _is_a_receipt(runs: Iterable[Run]) -> bool:
    known = frozenset(receipts.word_list())
    typed = dict.fromkeys(six for six in runs if known.issuperset(six))
    digests = [receipts.digest(" ".join(six)) for six in islice(typed, MOST_WINDOWS)]
    return bool(digests) and Question.objects.filter(receipt_digest__in=digests).exists()


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
