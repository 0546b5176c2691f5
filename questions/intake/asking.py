"""Asking a question: one transaction, and the six words that open it afterwards."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from askpeer import calendars, history, prose, receipts
from askpeer.errors import Refused
from questions import deadlines, moves, states
from questions.intake import languages, promising, risk, trustees
from questions.intake.cards import LABELS, MOMENT_LIMIT, MOMENTS
from questions.models import Contact, Message, Question, Round, Topic
from questions.partners.models import Partner

LIMIT = 3000  # characters
ELSEWHERE = "other"  # the nation of somebody who is in none of ours


class TooYoung(Refused):
    """Under 11: nothing is stored, and other people are named."""

    def __init__(self) -> None:
        super().__init__(_("You're not in trouble. These people talk to children your age."))


class Full(Refused):
    """More wait already than can be answered in time, or nobody takes new ones now: nothing is stored."""

    def __init__(self) -> None:
        super().__init__(_("We can't take new questions right now, because we could not answer them in time."))


@dataclass(frozen=True)
class Asked:
    """A question as it was just saved. receipt is the six words, known here and nowhere else."""

    question: Question
    receipt: str = field(repr=False)
    level: str = states.GREEN


@transaction.atomic
def ask(
    *,
    text: str,
    age_band: str,
    now: datetime,
    cards: Sequence[str] = (),
    timeline: Sequence[str] = (),
    nation: str = "",
    wants: Sequence[str] = (),
    writer: str = "anyone",
    may_know_advisor: bool = False,
    about_staff: bool = False,
    about_lead: bool = False,
    topic: Topic | str | None = None,
    email: str = "",
    language: str = "en",
    partner: Partner | None = None,
    by_button: bool = False,
    promised_at: datetime | None = None,
    quarantined: bool = False,
) -> Asked:
    """Save a question and give its promise: promised_at where one was shown earlier, else reckoned from now.

    about_staff is read by the safeguarding lead alone, about_lead by a trustee alone. by_button says that the partner's
    button led to our own pages: it sees nothing of what was asked there.

    Raises TooYoung for under-11, Full where no promise was shown and no new question is taken, Refused for input that
    cannot be used; nothing is stored then.
    """
    if age_band == "under-11":
        raise TooYoung
    if promised_at is None and promising.room(now).full:
        raise Full
    check_choices(age_band=age_band, nation=nation, wants=wants, writer=writer)
    # Who began in a language while it was offered is promised an answer in it.
    if not (languages.is_offered(language) or (promised_at and language in dict(settings.LANGUAGES))):
        raise Refused(_("We can't answer in that language yet."))
    text, extras = opening_words(text, cards, timeline, limit=LIMIT)
    email = check_email(email)
    if about_lead:
        trustees.lock(now=now)
    receipt = receipts.draw()
    question = Question(
        receipt_digest=receipts.digest(receipt),
        asked_at=now,
        entered_at=now,
        level=risk.level_of("\n".join([text, *extras["timeline"]])).level,
        topic=_topic(topic, begun=promised_at is not None),
        partner=partner,
        by_button=by_button,
        language=language,
        age_band=age_band,
        nation=nation,
        wants=sorted(set(wants), key=Question.WANTS.index),
        writer=writer,
        may_know_advisor=may_know_advisor,
        about_staff=about_staff or about_lead,
        about_lead=about_lead,
        quarantined=quarantined,
    )
    _save(question, text, extras, promised_at=promised_at, email=email, now=now)
    return Asked(question, receipt, question.level)


def _save(
    question: Question, text: str, extras: dict, *, promised_at: datetime | None, email: str, now: datetime
) -> None:
    calendar = calendars.current()
    promised = promised_at or promising.promise(now)
    turn = Round(question=question, number=1, asked_at=now, promised_at=promised, due_at=promised)
    # What was shown holds, also where that day was closed while they wrote; then they read so at once.
    if moved := deadlines.instead_of(calendar, promised, now=now):
        turn.redated_at, turn.redated_for = moved, Round.Why.CLOSED
    rung = deadlines.next_alarm(calendar, moves.course(question, turn), after=now)
    if rung:
        question.alarm_at, question.alarm_kind = rung.at, rung.kind
    question.save()
    turn.save()
    say(turn, Message.Kind.QUESTION, text, extras, now=now)
    if email:
        Contact(question=question, email=email).save()
    facts = {"level": question.level, "quarantined": question.quarantined}
    history.record(subject=question.subject, kind="asked", actor=moves.ASKER.name, now=now, facts=facts)
    if question.level == states.RED:
        risk.alert(question, now=now)


def say(turn: Round, kind: str, text: str, extras: dict[str, list[str]], *, now: datetime) -> Message:
    """Add what the asker said to a round; triage has not passed it yet."""
    message = Message(round=turn, kind=kind, text=text, sent_at=now)
    if any(extras.values()):
        message.extras = json.dumps(extras)
    message.save()
    return message


def opening_words(
    text: str, cards: Sequence[str], timeline: Sequence[str], *, limit: int
) -> tuple[str, dict[str, list[str]]]:
    """The canonical text and its cards and timeline. Raises Refused when there is nothing, or too much."""
    text = fitting(text, limit=limit)
    if not all(card in LABELS for card in cards):
        raise Refused(_("One of those cards is not in our set. Choose from the cards on the page."))
    if len(timeline) > MOMENTS:
        raise Refused(_("The timeline has room for {count} moments.").format(count=MOMENTS))
    extras = {
        "cards": list(dict.fromkeys(cards)),
        "timeline": [moment for moment in (fitting(moment, limit=MOMENT_LIMIT) for moment in timeline) if moment],
    }
    if not text and not any(extras.values()):
        raise Refused(_("Write something, or choose a card. One word is enough."))
    return text, extras


def fitting(text: str, *, limit: int) -> str:
    """The canonical text. Raises Refused with both numbers when it is over the limit, in characters."""
    text = prose.canonical(text)
    if len(text) > limit:
        sentence = _("There is room for {limit} characters. This has {found}. Nothing is lost: make it shorter.")
        raise Refused(sentence.format(limit=_grouped(limit), found=_grouped(len(text))))
    return text


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


def check_choices(*, age_band: str, nation: str, wants: Sequence[str], writer: str) -> None:
    """Raises Refused, with the sentence of the first thing that is not on its list."""
    known: list[tuple[Any, str]] = [
        (age_band in states.AGE_BANDS, _("Choose how old you are. You can say you'd rather not.")),
        (is_nation(nation), _("We don't know that place. Leave it out, or choose one from the list.")),
        (set(wants) <= set(Question.WANTS), _("Choose what would help from the list: listening, ideas or facts.")),
        (
            writer in Question.WRITERS,
            _("Choose who may write: anyone, someone 18 or over, or an expert."),
        ),
    ]
    for holds, sentence in known:
        if not holds:
            raise Refused(sentence)


def is_nation(nation: str) -> bool:
    """Whether this is an ISO 3166-2 code, "other", or nothing said."""
    return nation in {"", ELSEWHERE} or bool(re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", nation))


def check_email(email: str) -> str:
    """The address to write to, "" for none. Raises Refused."""
    email = prose.canonical(email)
    if not email:
        return ""
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("That e-mail address doesn't look right. Check it, or leave it out.")) from None
    return email


def held(topic: Topic) -> Topic:
    """The topic, held until the transaction ends. Raises Refused where it is not there any more. 1 SQL."""
    return _topic(topic.slug, begun=True) or topic


def _topic(topic: Topic | str | None, *, begun: bool) -> Topic | None:
    """Who began while a topic could be chosen sends with it, also where it was retired since.

    It is held, so that a manager who deletes it at this moment waits, and then finds the question. Else what is
    missing would only be missed when everything is saved.
    """
    if not isinstance(topic, str):
        return topic
    found = Topic.objects.select_for_update(no_key=True).filter(slug=topic).first() if topic else None
    if topic and (found is None or (found.retired and not begun)):
        raise Refused(_("We don't have that topic. Choose one from the list, or leave it out."))
    return found
