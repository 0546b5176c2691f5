"""What an advisor may see of a question: texts with personal details masked, never a contact or a receipt."""

import json
from typing import NamedTuple

from django.utils.safestring import mark_safe

from advisors.drafting import masking, timing
from questions.intake import helping, languages
from questions.models import Message, Question, Signpost

AGES = {"rather-not-say": "Age not said"}
YEARS = {"11-12": (11, 12), "13-15": (13, 15), "16-17": (16, 17), "18-21": (18, 21), "22-25": (22, 25)}
ANY_AGE = (99, 0)  # not said: every service is shown, with the ages it is for
MOST_SIGNPOSTS = 8
WANTS = {"listening": "someone to listen", "ideas": "ideas", "facts": "facts"}
OURS = {
    Message.Kind.CLARIFICATION: "We asked",
    Message.Kind.ANSWER: "Our answer",
    Message.Kind.HOLDING: "Our first reply",
    Message.Kind.REDIRECT: "Where we sent them",
}
THEIRS = {Message.Kind.QUESTION: "They", Message.Kind.FOLLOW_UP: "They, again", Message.Kind.REPLY: "They replied"}


class Said(NamedTuple):
    """One text of the thread as the message tag takes it: voice asker or us, with the asker's cards and moments."""

    voice: str
    by: str
    when: str
    body: str
    cards: list[str]
    timeline: list[str]


class Sheet(NamedTuple):
    """A question as its advisor reads it. waiting: something they sent is still with a supervisor."""

    topic: str
    age: str
    wants: list[str]
    notes: list[str]
    summary: str
    thread: list[Said]
    waiting: bool


def for_advisor(question: Question) -> Sheet:
    """Build the sheet; only texts that triage has passed are opened."""
    messages = list(Message.objects.filter(round__question=question).select_related("round").order_by("sent_at", "id"))
    for message in messages:
        message.round.question = question
    names = masking.names_of(question)
    return Sheet(
        topic=question.topic.label if question.topic else "No topic yet",
        age=AGES.get(question.age_band or "", question.age_band or ""),
        wants=[WANTS[want] for want in question.wants if want in WANTS],
        notes=question.content_notes,
        summary=masking.mask(question.summary or "", names),
        thread=[_said(message, names) for message in messages if message.passed_at],
        waiting=any(message.passed_at is None for message in messages),
    )


def signposts(question: Question) -> list[Signpost]:
    """At most eight services for this topic, age and place, with their ways in; those for a crisis first.

    Where no nation was said, the language that was asked in tells the country. 2 SQL.
    """
    youngest, oldest = YEARS.get(question.age_band or "", ANY_AGE)
    nation = question.nation or ""
    country = nation[:2] or languages.country_of(question.language) or helping.home()
    about = {"topics": question.topic_id} if question.topic_id else {"crisis": True}
    rows = Signpost.objects.filter(**about).prefetch_related("channels")
    there = [row for row in rows if row.country == country]
    whole = {one for row in there for one in row.nations}
    near = [row for row in there if _reaches(row, nation, whole)]
    right = [row for row in near if row.min_age <= youngest and oldest <= row.max_age]
    return sorted(right, key=lambda row: not row.crisis)[:MOST_SIGNPOSTS]


def _reaches(row: Signpost, nation: str, whole: set[str]) -> bool:
    """Whether it is there for this nation; for a nation not said, whether it is there for all of them."""
    return not row.nations or (nation in row.nations if nation else set(row.nations) == whole)


def _said(message: Message, names: tuple[str, ...]) -> Said:
    if not message.is_from_asker:
        # Rendered and cleaned once, when two people had approved it.
        return Said(
            "us",
            OURS[Message.Kind(message.kind)],
            timing.moment(message.sent_at),
            mark_safe(message.html or ""),  # nosec B308 B703
            [],
            [],
        )
    extras = json.loads(message.extras) if message.extras else {}
    return Said(
        voice="asker",
        by=THEIRS[Message.Kind(message.kind)],
        when=timing.moment(message.sent_at),
        body=masking.mask(message.text, names),
        cards=extras.get("cards", []),
        timeline=[masking.mask(moment, names) for moment in extras.get("timeline", [])],
    )
