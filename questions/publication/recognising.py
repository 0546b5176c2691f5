"""Who could be recognised in a public text: personal details, names from the private one, and the partner's name."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from askpeer import details, lookalikes, prose
from askpeer.details import Detail, Piece
from askpeer.errors import Refused
from questions.models import Message, Question, Signpost, SignpostChannel
from questions.publication.models import Publication, PublicText

PLACES = {
    "title": "title",
    "question_text": "question",
    "answer_text": "answer",
    "content_note": "content note",
    "keywords": "keywords",
}
FOUND = details.SAID | {"school": "a school", "partner": "the partner's name"}
NAMES = frozenset({"name", "school"})
ABROAD = ("44", "32")  # country codes of the directory's numbers
# Names that are words too: looked for with a capital alone, or no text with "I will" could be published.
ORDINARY = frozenset(
    {"art", "bill", "dawn", "drew", "faith", "grace", "hope", "jack", "joy", "lily", "mark", "may", "max", "pat"}
    | {"rich", "rob", "rose", "sky", "summer", "sunny", "will"}
)


class Found(NamedTuple):
    """One thing that must not stand in a public text: in which part, of which kind, and the words themselves."""

    place: str
    kind: str
    text: str

    @property
    def what(self) -> str:
        """A name"""
        return FOUND[self.kind]

    @property
    def where(self) -> str:
        return PLACES[self.place]

    @property
    def sentence(self) -> str:
        return self._said("")

    @property
    def quoted(self) -> str:
        """The sentence with the words found, for those who may read them alone."""
        return self._said(f": “{self.text}”")

    def _said(self, words: str) -> str:
        service = self.place == "answer_text" and self.kind in {"link", "phone", "email"}
        outside = " that is not in the directory of services" if service else ""
        return f"There is {self.what} in the {self.where}{outside}{words}. Take it out."


class Named(Refused):
    """Somebody could be found by these words. found is all that must go; its texts stand in no sentence of str()."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__(found[0].sentence)
        self.found = found


class Watch(NamedTuple):
    """What is looked for in one publication: names by kind, the partner's among them; known are our services' ways."""

    names: dict[str, list[str]]
    known: frozenset[str]

    def pieces(self, place: str, text: str) -> list[Piece]:
        """One part of the text, cut at what must not stand in it."""
        cut, at = [], 0
        for kind, start, end in self._in(place, text):
            cut += [Piece(text[at:start]), Piece(text[start:end], kind)]
            at = end
        return [piece for piece in [*cut, Piece(text[at:])] if piece.text]

    def find(self, words: PublicText) -> list[Found]:
        """Everything that must not stand in these words, in reading order, as written and as a reader sees them."""
        return [one for place in PLACES for one in self._both(place, part(words, place))]

    def _both(self, place: str, text: str) -> list[Found]:
        """What is only in the rendered text comes after what is written: it has no place to be marked at."""
        written, seen = self._found(place, text), self._found(place, prose.as_read(text))
        there = {(one.kind, _bare(one.text)) for one in written}
        return written + [one for one in seen if (one.kind, _bare(one.text)) not in there]

    def _found(self, place: str, text: str) -> list[Found]:
        return [Found(place, kind, text[start:end]) for kind, start, end in self._in(place, text)]

    def _in(self, place: str, text: str) -> list[Detail]:
        taken: list[Detail] = []
        for one in sorted(self._all(text), key=lambda found: (found.start, -found.end)):
            served = place == "answer_text" and one.kind not in self.names and self._is_ours(text[one.start : one.end])
            if not served and (not taken or one.start >= taken[-1].end):
                taken.append(one)
        return taken

    def _all(self, text: str) -> Iterator[Detail]:
        # A link in Markdown ends at its bracket: what follows must be looked at, not swallowed.
        yield from details.find(text.translate({ord(sign): " " for sign in "])"}))
        folded = lookalikes.fold(text)
        for kind, names in self.names.items():
            for match in re.finditer(_either(names), folded.text, re.IGNORECASE) if names else ():
                yield Detail(kind, *folded.span(*match.span()))

    def _is_ours(self, text: str) -> bool:
        """Whether this is a number, an address or a page of a service in the directory."""
        way = _way(text)
        return bool(way) and any(way == mine or way.startswith(f"{mine}/") for mine in self.known)


def watch(publication: Publication) -> Watch:
    """What to look for in this publication's words. 4 SQL at most."""
    question = publication.question
    names: dict[str, list[str]] = {"partner": [], "name": [], "school": []}
    if question and question.wrapped_key is not None:
        names["partner"] = [question.partner.name] if question.partner else []
        for kind, name in _said(question):
            names[kind].append(name)
    links = Signpost.objects.exclude(url="").values_list("url", flat=True)
    ways = SignpostChannel.objects.values_list("value", flat=True)
    return Watch(names, frozenset(filter(None, map(_way, [*links, *ways]))))


def part(words: PublicText, place: str) -> str:
    """The text of one part, keywords with commas between."""
    value = getattr(words, place)
    return value if isinstance(value, str) else ", ".join(value)


def check(found: Iterable[Found]) -> None:
    """Raise Named where there is any, with the sentence of the first."""
    if every := list(found):
        raise Named(every)


def _said(question: Question) -> Iterator[tuple[str, str]]:
    """The names that the asker said are theirs, and those that a supervisor hid from advisors."""
    for name in json.loads(question.masked) if question.masked else []:
        yield "name", name
    for row in Message.objects.filter(round__question=question, kind__in=Message.FROM_ASKER).select_related("round"):
        row.round.question = question
        yield from {(piece.kind, piece.text) for piece in details.marked(row.text) if piece.kind in NAMES}


def _either(names: list[str]) -> str:
    """Any of these as whole words, the longest first, however they are spaced; linear, since all is escaped."""
    longest = sorted((_spelt(lookalikes.fold(name).text) for name in names), key=len, reverse=True)
    return rf"(?<![^\W_])(?:{'|'.join(longest)})(?![^\W_])"


def _spelt(name: str) -> str:
    if name.casefold() in ORDINARY:
        return f"(?-i:{name.capitalize()})"
    return r"\s{1,3}".join(map(re.escape, name.split()))


def _bare(text: str) -> str:
    """A text without the signs of Markdown, as two forms of it are compared."""
    return re.sub(r"[\W_]", "", lookalikes.fold(text).text).casefold()


def _way(text: str) -> str:
    """A number, address or link as it is compared: no scheme, no www, no country code, no sign at its end."""
    plain = lookalikes.seen(text).strip().lstrip("*_").rstrip(".,;:!?'’*_").casefold()
    if "@" not in plain and any(letter.isalpha() for letter in plain):
        return re.sub(r"^(?:https?://)?(?:www\.)?", "", plain).rstrip("/")
    if "@" in plain:
        return plain
    digits = "".join(filter(str.isdigit, plain))
    is_abroad = plain.startswith(("+", "00")) and digits.lstrip("0").startswith(ABROAD)
    return digits.lstrip("0")[2:].lstrip("0") if is_abroad else digits.lstrip("0")
