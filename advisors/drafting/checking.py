"""What the checks panel says of a draft: a short list of what a good answer has, each done or not yet, in words."""

from typing import NamedTuple

from advisors.drafting import picking, placing, wording
from askpeer import prose
from questions.models import Signpost

READING_AGE_WARNED, READING_AGE_REASONED = 11, 13
FEWEST_WORDS, MOST_WORDS = 100, 350


class Line(NamedTuple):
    """One thing a good answer has: whether it is there, what it is, and what would help."""

    done: bool
    said: str
    advice: str = ""


class Checks(NamedTuple):
    """The whole panel. summary is the one line that is read aloud; blocked: sending needs a reason."""

    lines: list[Line]
    judged: list[picking.Judged]
    findings: list[wording.Finding]
    summary: str
    blocked: bool


def answer(text: str, details: list[str], *, heard: list[str], signposts: list[Signpost]) -> Checks:
    """The checks of an answer. heard: what they sent, normalised; signposts: what is offered for their question."""
    findings = wording.check(text)
    lines = [*_details(details, heard), reading_age(text), _wording(findings), *_place(text, signposts), length(text)]
    return _checks(lines, findings, picking.judged(details, heard))


def clarification(text: str) -> Checks:
    """The checks of a clarifying question."""
    findings = wording.check(text)
    return _checks([reading_age(text), _wording(findings)], findings, [])


def _checks(lines: list[Line], findings: list[wording.Finding], judged: list[picking.Judged]) -> Checks:
    blocked = any(finding.strength == wording.BLOCK for finding in findings)
    done = sum(line.done for line in lines)
    summary = f"{done} of {len(lines)} checks done."
    return Checks(lines, judged, findings, f"{summary} The wording check stops it." if blocked else summary, blocked)


def _details(details: list[str], heard: list[str]) -> list[Line]:
    needed, there = picking.needed(heard), len(picking.found(details, heard))
    if not needed:
        return []
    said = "Two details of theirs" if needed == picking.NEEDED else "The one detail they gave"
    return [Line(there >= needed, f"{said}: {there} of {needed}", "Copy them from their words or cards.")]


def reading_age(text: str) -> Line:
    """Warned above 11; above 13 a supervisor has to give a reason."""
    age = prose.reading_age(text)
    advice = "Shorter words and sentences would help: aim for 11 or lower."
    if age > READING_AGE_REASONED:
        advice = f"{advice} Above {READING_AGE_REASONED} your supervisor has to give a reason."
    return Line(age <= READING_AGE_WARNED, f"Reading age: {age:g}", advice)


def _wording(findings: list[wording.Finding]) -> Line:
    stopped = sum(finding.strength == wording.BLOCK for finding in findings)
    return Line(not stopped, f"{stopped or 'Nothing'} stopped by the wording check", "See below.")


def _place(text: str, signposts: list[Signpost]) -> list[Line]:
    if not signposts:
        return []
    there = bool(placing.named(text, signposts))
    return [Line(there, "A place to turn to", "Name one from “Places to send them”, where it helps.")]


def length(text: str) -> Line:
    """100 to 350 words are suggested; fewer or more stop nothing."""
    count = len(text.split())
    advice = "A bit more of you in it?" if count < FEWEST_WORDS else "Could it be shorter?"
    said = f"{FEWEST_WORDS} to {MOST_WORDS} words suit most answers: {count}"
    return Line(FEWEST_WORDS <= count <= MOST_WORDS, said, advice)
